// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.ScriptWithoutJdk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Help.Ansi;

/** {@code infra/bench/run --help} and {@code infra/bench/run COMMAND --help} answer before anything is built, so their texts are files. */
final class HelpTest {
    private static final Path TEXTS = Path.of("src/main/resources/io/votelog/infra/bench");

    @Test
    void shouldBeWhatTheProgramSays() throws IOException {
        Map<Path, String> usages = usages();
        if (Boolean.getBoolean("votelog.write-tables")) {
            Files.createDirectories(TEXTS.resolve("help"));
            for (Map.Entry<Path, String> usage : usages.entrySet()) {
                Files.writeString(usage.getKey(), usage.getValue());
            }
        }
        for (Map.Entry<Path, String> usage : usages.entrySet()) {
            assertThat(usage.getKey()).content(StandardCharsets.UTF_8).isEqualTo(usage.getValue());
        }
        try (Stream<Path> texts = Files.list(TEXTS.resolve("help"))) {
            assertThat(texts).as("texts of commands").allMatch(usages::containsKey);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void shouldBeSaidWithoutABuild(String option) throws Exception {
        assertSaid(TEXTS.resolve("help.txt"), option);
        assertSaid(TEXTS.resolve("help.txt"), option, "load");
    }

    @Test
    void shouldBeSaidOfACommandWithoutABuild() throws Exception {
        for (String command : Bench.commandLine().getSubcommands().keySet()) {
            assertSaid(text(command), command, "--help");
        }
        assertSaid(text("load"), "load", "-h");
        assertSaid(text("load"), "load", "--rate", "100", "--help");
    }

    @ParameterizedTest
    @ValueSource(strings = {"loads", "../bench/help/load", "LOAD", "--load"})
    void shouldBeLeftToTheProgramWhereThereIsNoSuchCommand(String command) throws Exception {
        ScriptWithoutJdk.Answer answer = ScriptWithoutJdk.run("run", command, "--help");
        assertThat(answer.text()).contains("no JDK found");
        assertThat(answer.code()).isEqualTo(1);
    }

    private static Map<Path, String> usages() {
        Map<Path, String> usages = new TreeMap<>();
        usages.put(TEXTS.resolve("help.txt"), Bench.commandLine().getUsageMessage(Ansi.OFF));
        Bench.commandLine()
                .getSubcommands()
                .forEach((name, command) -> usages.put(text(name), command.getUsageMessage(Ansi.OFF)));
        return usages;
    }

    private static Path text(String command) {
        return TEXTS.resolve("help").resolve(command + ".txt");
    }

    private static void assertSaid(Path text, String... words) throws Exception {
        ScriptWithoutJdk.Answer answer = ScriptWithoutJdk.run("run", words);
        assertThat(answer.text()).as(String.join(" ", words)).isEqualTo(Files.readString(text));
        assertThat(answer.code()).isZero();
    }
}
