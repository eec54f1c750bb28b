// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.system.App;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.testing.WholeSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Partitions and instances are added by the commands of the page, and a ballot that is published then uses them. */
@WholeSystem
class ScalingIT {
    private static final int WHAT_TO_ADD = 0;
    private static final int PARTITIONS = 1;
    private static final int ADD_PARTITIONS = 2;
    private static final int ADD_TO_THE_OTHERS = 3;
    private static final int AWAIT_PARTITIONS = 4;
    private static final int MEMBERS = 5;
    private static final int BROKERS = 6;

    private static final Pattern SPREAD = Pattern.compile("(?m)^votelog_log_partitions_new_ballots (\\S+)$");

    @TempDir
    Path dir;

    @ParameterizedTest(name = "secured: {0}")
    @ValueSource(booleans = {false, true})
    void shouldServeMoreWithMore(boolean secured) throws Exception {
        List<String> blocks = OperatorShell.blocks("SCALING.md");
        assertThat(blocks).hasSize(BROKERS + 1);
        try (OperatedSystem system = secured
                ? OperatedSystem.withSecuredBroker(dir, Secrets.drawn(), Map.of())
                : OperatedSystem.withBroker(dir, Secrets.drawn(), Map.of())) {
            OperatorShell shell = system.startApps().shell();
            assertThat(shell.run(blocks.get(WHAT_TO_ADD)))
                    .contains("votelog_votes_under_way_max", "votelog_results_live 1.0", "LAG");
            assertThat(shell.run(blocks.get(PARTITIONS))).contains("PartitionCount: 4");
            shell.run(blocks.get(ADD_PARTITIONS));
            if (secured) {
                await().atMost(OperatedSystem.PATIENCE)
                        .untilAsserted(() -> assertThat(shell.run("curl -s localhost:9081/actuator/health/readiness"))
                                .contains("nobody counts"));
                shell.run(blocks.get(ADD_TO_THE_OTHERS));
            }
            shell.run(blocks.get(AWAIT_PARTITIONS));
            assertThat(spread(shell)).isEqualTo("4.0");
            system.stop(App.PRODUCER);
            system.startAgain(App.PRODUCER);
            assertThat(spread(shell)).isEqualTo("6.0");

            system.start(App.STREAMS);
            await().atMost(OperatedSystem.PATIENCE).untilAsserted(() -> assertThat(
                            shell.run(blocks.get(MEMBERS)).lines())
                    .filteredOn(line -> line.matches("votelog-streams +\\S+-StreamThread-.*"))
                    .hasSize(4));
            assertThat(shell.run(blocks.get(BROKERS))).isBlank();
            // The page on upgrades looks at the same system.
            String looked = shell.run(String.join("\n", OperatorShell.blocks("UPGRADING.md")));
            assertThat(looked).contains("votelog-streams").doesNotContain("error");

            system.publish();
            int cast = 0;
            for (int partitions = 0; partitions < 6; partitions++) {
                int wanted = partitions;
                JsonNode vote;
                do {
                    vote = system.cast("voter-" + ++cast, "01", "25");
                } while (vote.path("partition").intValue() != wanted);
            }
            system.awaitResults(cast, 0);
        }
    }

    private static String spread(OperatorShell shell) throws Exception {
        return SPREAD.matcher(shell.run("curl -s localhost:9080/actuator/prometheus"))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElse("none");
    }
}
