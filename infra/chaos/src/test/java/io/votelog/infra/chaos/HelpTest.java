// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Help.Ansi;

/** {@code infra/chaos/run --help} tells what there is before anything is built, so its text is a file. */
final class HelpTest {
    private static final Path HELP = Path.of("src/main/resources/io/votelog/infra/chaos/help.txt");

    @Test
    void shouldBeWhatTheProgramSays() throws IOException {
        String usage = Chaos.commandLine().getUsageMessage(Ansi.OFF);
        if (Boolean.getBoolean("votelog.write-tables")) {
            Files.writeString(HELP, usage);
        }
        assertThat(HELP).content(StandardCharsets.UTF_8).isEqualTo(usage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void shouldBeSaidWithoutABuild(String option) throws Exception {
        // JAVA_HOME has no JDK, and a build would say so.
        ProcessBuilder run = new ProcessBuilder("bash", "run", option).redirectErrorStream(true);
        run.environment().put("JAVA_HOME", "/none");
        Process process = run.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(said).isEqualTo(Files.readString(HELP));
        assertThat(process.exitValue()).isZero();
    }
}
