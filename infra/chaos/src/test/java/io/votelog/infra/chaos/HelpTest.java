// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.chaos.power.Power;
import io.votelog.infra.testing.ScriptWithoutJdk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

/** {@code --help} of {@code infra/chaos/run} and {@code power} tells what there is before anything is built, so its text is a file. */
final class HelpTest {
    private static final Path RESOURCES = Path.of("src/main/resources/io/votelog/infra/chaos");
    private static final Path HELP = RESOURCES.resolve("help.txt");
    private static final Path HELP_OF_POWER = RESOURCES.resolve("power/help.txt");

    @Test
    void shouldBeWhatTheProgramsSay() throws IOException {
        shouldBe(HELP, Chaos.commandLine().getUsageMessage(Ansi.OFF));
        shouldBe(HELP_OF_POWER, Power.commandLine().getUsageMessage(Ansi.OFF));
    }

    private static void shouldBe(Path help, String usage) throws IOException {
        if (Boolean.getBoolean("votelog.write-tables")) {
            Files.writeString(help, usage);
        }
        assertThat(help).content(StandardCharsets.UTF_8).isEqualTo(usage);
    }

    @ParameterizedTest
    @CsvSource({"run,--help", "run,-h", "power,--help", "power,-h"})
    void shouldBeSaidWithoutABuild(String program, String option) throws Exception {
        ScriptWithoutJdk.Answer said = ScriptWithoutJdk.run(program, option);
        assertThat(said.text()).isEqualTo(Files.readString(program.equals("run") ? HELP : HELP_OF_POWER));
        assertThat(said.code()).isZero();
    }
}
