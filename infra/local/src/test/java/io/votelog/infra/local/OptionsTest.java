// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.system.ProgramHelp;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParameterException;

class OptionsTest {
    @Test
    void shouldAskForNothingByDefault() {
        Options options = parse();
        assertThat(options.fresh()).isFalse();
        assertThat(options.cluster()).isFalse();
        assertThat(options.flush()).isFalse();
        assertThat(options.help()).isFalse();
        assertThat(options.demo()).isZero();
        assertThat(options.portOffset()).isZero();
        assertThat(options.ballot()).isNull();
        assertThat(options.dir()).isNull();
    }

    @Test
    void shouldTakeAllFlagsTogether() {
        Options options = parse(
                "--fresh",
                "--cluster",
                "--flush",
                "--demo",
                "500",
                "--ballot",
                "mine.yaml",
                "--port-offset",
                "1000",
                "--dir",
                "/tmp/x");
        assertThat(options.fresh()).isTrue();
        assertThat(options.cluster()).isTrue();
        assertThat(options.flush()).isTrue();
        assertThat(options.demo()).isEqualTo(500);
        assertThat(options.portOffset()).isEqualTo(1000);
        assertThat(options.ballot()).isEqualTo(Path.of("mine.yaml"));
        assertThat(options.dir()).isEqualTo(Path.of("/tmp/x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-mine.yaml", "-here.yaml", "--mine.yaml", "@mine.yaml", "my ballot.yaml", "+", "a=b", "盗用.yaml"
            })
    void shouldTakeAFileWhateverItsNameBeginsWith(String name) {
        assertThat(parse("--ballot", name, "--dir", name).ballot()).isEqualTo(Path.of(name));
        assertThat(parse("--dir=" + name).dir()).isEqualTo(Path.of(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help"})
    void shouldBeAskedForHelp(String flag) {
        assertThat(parse(flag).help()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "--demo,0,--demo is 0; 1 to 20000 is allowed",
        "--demo,20001,--demo is 20001; 1 to 20000 is allowed",
        "--demo,many,many",
        "--port-offset,-1,--port-offset is -1; 0 to 56000 is allowed",
        "--port-offset,56001,--port-offset is 56001; 0 to 56000 is allowed",
        "--bogus,1,--bogus"
    })
    void shouldRefuseWhatItDoesNotKnow(String flag, String value, String said) {
        assertThatThrownBy(() -> parse(flag, value))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining(said);
    }

    private static Options parse(String... args) {
        Options options = new Options();
        options.commandLine().parseArgs(ProgramHelp.plain(args));
        return options;
    }
}
