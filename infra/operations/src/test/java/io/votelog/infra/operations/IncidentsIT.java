// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.system.Secrets;
import io.votelog.infra.testing.WholeSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A stranger's open transaction has results stand still, and is found and ended by the commands of the page. */
@WholeSystem
class IncidentsIT {
    private static final int FIRST = 0;
    private static final int HOW_FAR = 1;
    private static final int FIND = 2;
    private static final int END = 3;
    private static final int READ = 4;
    private static final int EXPORT = 5;
    private static final int REPLAY = 6;

    @TempDir
    Path dir;

    @ParameterizedTest(name = "secured: {0}")
    @ValueSource(booleans = {false, true})
    void shouldGoOnWhenTheTransactionIsEnded(boolean secured) throws Exception {
        List<String> blocks = OperatorShell.blocks("INCIDENTS.md");
        assertThat(blocks).hasSize(REPLAY + 1);
        Map<String, String> ofStreams = Map.of("votelog.streams.standstill-after", "2s");
        try (OperatedSystem system = secured
                ? OperatedSystem.withSecuredBroker(dir, Secrets.drawn(), ofStreams)
                : OperatedSystem.withBroker(dir, Secrets.drawn(), ofStreams)) {
            system.startApps().publish();
            JsonNode vote = system.cast("ada", "01", "25");
            system.awaitResults(1, 0);
            OperatorShell shell = system.shell();
            assertThat(shell.run(blocks.get(FIRST)))
                    .contains(
                            "\"status\":\"UP\"",
                            "votelog_results_live 1.0",
                            "votelog_votes_total{outcome=\"accepted\"");
            assertThat(shell.run(blocks.get(REPLAY))).contains("Verified");
            shell.run(blocks.get(EXPORT));
            assertThat(dir.resolve("exported")).isNotEmptyDirectory();

            try (StrangersTransaction open =
                    new StrangersTransaction(system, vote.path("partition").intValue())) {
                int partition = open.partition();
                // The same voter's, so it stands behind the transaction.
                system.cast("ada", "01", "25");
                await().atMost(OperatedSystem.PATIENCE)
                        .untilAsserted(() -> assertThat(shell.run("curl -s localhost:9081/actuator/health/readiness"))
                                .contains("partition " + partition));
                assertThat(system.results().path("turnout").path("received").longValue())
                        .isEqualTo(1);

                assertThat(shell.run(blocks.get(HOW_FAR))).contains("votelog.votes.v1:" + partition + ":", "LAG");
                String found = shell.run(blocks.get(FIND), Map.of("PARTITION", Integer.toString(partition)));
                Matcher start = Pattern.compile("(?m)(\\d+)\\s*$").matcher(found);
                assertThat(start.find()).as(found).isTrue();
                shell.run(blocks.get(END), Map.of("PARTITION", Integer.toString(partition), "START", start.group(1)));
                system.awaitResults(2, 0);
            }
            assertThat(shell.run(blocks.get(READ))).contains("votelog.decisions.v1:");
            // As the page says, the gap stays.
            assertThat(shell.run("! " + blocks.get(REPLAY).strip() + "\n")).contains("is missing");
        }
    }
}
