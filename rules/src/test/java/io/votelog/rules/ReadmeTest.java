// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the module's README shows is what the code does. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");

    @Test
    void shouldListTheReasonsInTheirPrecedence() throws IOException {
        List<String> rows = Files.readAllLines(README).stream()
                .filter(line -> line.matches("\\| `[A-Z_]+` \\|.*"))
                .map(line -> line.substring(3, line.indexOf('`', 3)))
                .toList();
        assertThat(rows)
                .isEqualTo(Arrays.stream(Reason.values()).map(Enum::name).toList());
    }

    @Test
    void shouldShowTheFaultsOfItsRefusedBallot() throws IOException {
        Map<String, Object> file = BallotFiles.map(
                "ballotId", "Spring_2030",
                "title", BallotFiles.map("en", "Best case of the spring", "zh", " "),
                "window", BallotFiles.map("opensAt", "2030-03-01", "closesAt", "2030-03-08T00:00:00+08:00"),
                "picks", BallotFiles.map("min", 2, "max", 3),
                "sections",
                        BallotFiles.list(
                                BallotFiles.section(
                                        "A",
                                        "Part one",
                                        BallotFiles.map("min", 3),
                                        BallotFiles.list(
                                                BallotFiles.map("id", 1, "title", "First case"),
                                                BallotFiles.map(
                                                        "id", "02", "title", "Second case", "link", "example.org/02"))),
                                BallotFiles.section(
                                        "B",
                                        "Part two",
                                        null,
                                        BallotFiles.list(
                                                BallotFiles.map("id", "02", "title", "Third case", "votes", 7)))),
                "order", "random");
        String faults = BallotFiles.faults(file).stream().map(Fault::toString).collect(Collectors.joining("\n"));
        assertThat(Files.readString(README)).contains("```\n" + faults + "\n```");
    }
}
