// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.ScriptWithoutJdk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code infra/images/build --help} tells what there is before anything is built, so its text is a file. */
class HelpTest {
    private static final Path HELP = Path.of("src/main/resources/io/votelog/infra/images/help.txt");

    @ParameterizedTest
    @CsvSource({"--help", "-h"})
    void shouldBeSaidWithoutABuild(String option) throws Exception {
        ScriptWithoutJdk.Answer said = ScriptWithoutJdk.run("build", option);
        assertThat(said.text()).isEqualTo(Files.readString(HELP));
        assertThat(said.code()).isZero();
    }

    @Test
    void shouldHaveTheOptionsOfTheProgram() throws IOException {
        List<String> described = Pattern.compile("(?m)^ {2}(--[a-z-]+)")
                .matcher(Files.readString(HELP))
                .results()
                .map(option -> option.group(1))
                .toList();
        assertThat(new Options().commandLine().getCommandSpec().optionsMap().keySet())
                .containsExactlyInAnyOrderElementsOf(described);
    }

    @ParameterizedTest
    @CsvSource({
        "--app=auditors,         --app is auditors; producer",
        "--measure=0,            --measure is 0; 1 to 100 is allowed",
        "--app=producer --measure=3, --measure goes without --app",
        "--nothing,              Unknown option: '--nothing'"
    })
    void shouldBeSaidBesideWhatIsWrong(String options, String wrong) throws IOException {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Images.run(options.split(" "), System.out, new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(wrong).endsWith(Files.readString(HELP));
    }

    @Test
    void shouldBeSaidOfAnUnknownOptionWithoutABuild() throws Exception {
        ScriptWithoutJdk.Answer said = ScriptWithoutJdk.run("build", "--engine");
        assertThat(said.text()).contains("there is no option --engine").endsWith(Files.readString(HELP));
        assertThat(said.code()).isEqualTo(2);
    }
}
