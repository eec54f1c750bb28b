// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SumTest {
    @TempDir
    Path dir;

    @Test
    void shouldTellWhatSeveralAccountsComeTo() throws IOException {
        Path first = file(
                "1.json",
                """
                {"seed": 1, "struck": [
                  {"fault": "poison", "recoveredSeconds": 3.04, "trouble": ""},
                  {"fault": "broker-kill", "recoveredSeconds": 6.5, "trouble": ""},
                  {"fault": "broker-kill", "recoveredSeconds": -1, "trouble": "not recovered in 120 s"}],
                 "votes": {"votes meant": 1200, "acknowledged": 1000, "refused": 150, "unknown": 50, "outcome ACCEPTED": 900},
                 "laws": {"not-recovered": ["broker-kill of broker 2"], "double": []}}
                """);
        Path second = file(
                "2.json",
                """
                {"seed": 2, "struck": [{"fault": "broker-kill", "recoveredSeconds": 4.5, "trouble": ""}],
                 "votes": {"votes meant": 5, "acknowledged": 4, "refused": 1, "unknown": 0, "outcome ACCEPTED": 3},
                 "laws": {"not-recovered": [], "double": []}}
                """);

        assertThat(Sum.of(List.of(first, second)).markdown())
                .isEqualTo(
                        """
                | fault | struck | recovered | half of them within | 99 of 100 within |
                |---|---|---|---|---|
                | `broker-kill` | 3 | 2 | 4.5 s | 6.5 s |
                | `poison` | 1 | 1 | 3.0 s | 3.0 s |

                | seed | votes meant | acknowledged | refused | unknown | accepted | what offends a law |
                |---|---|---|---|---|---|---|
                | 1 | 1,200 | 1,000 | 150 | 50 | 900 | 1 |
                | 2 | 5 | 4 | 1 | 0 | 3 | 0 |
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"struck\": []}", "{\"struck\": 1, \"laws\": {}}"})
    void shouldNameAFileThatIsNoAccount(String text) throws IOException {
        Path file = file("other.json", text);
        assertThatThrownBy(() -> Sum.of(List.of(file)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void shouldSayThatThereIsNoSuchFile() {
        Path file = dir.resolve("none.json");
        assertThatThrownBy(() -> Sum.of(List.of(file)))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no file " + file);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text);
    }
}
