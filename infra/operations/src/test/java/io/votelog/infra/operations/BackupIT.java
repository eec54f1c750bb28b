// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.broker.FileTrees;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.SystemFolders;
import io.votelog.infra.testing.WholeSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** All brokers and all state are lost, and the log comes back from a backup, by the commands of the page. */
@WholeSystem
class BackupIT {
    private static final int VOTERS = 40;

    @TempDir
    Path dir;

    @Test
    void shouldComeBackAsItWas() throws Exception {
        List<String> blocks = OperatorShell.blocks("BACKUP.md");
        assertThat(blocks).hasSize(4);
        Secrets secrets = Secrets.drawn();
        JsonNode results;
        JsonNode vote;
        try (OperatedSystem system = OperatedSystem.withBroker(dir, secrets, Map.of())) {
            system.startApps().publish();
            for (int voter = 1; voter <= VOTERS; voter++) {
                system.cast("voter-" + voter, voter % 2 == 0 ? "01" : "02", "25");
            }
            vote = system.cast("ada", "03", "27");
            system.cast("ada", "04", "28");
            system.annul(system.cast("mallory", "05", "29"));
            results = system.awaitResults(VOTERS + 3, 1);
            system.shell().run(blocks.get(0));
            // It is after the backup, and will be gone.
            system.cast("too-late", "01", "25");
        }
        FileTrees.delete(SystemFolders.in(dir).kafka());

        try (OperatedSystem system = OperatedSystem.withBroker(dir, secrets, Map.of())) {
            system.shell().run(blocks.get(1));
            FileTrees.delete(SystemFolders.in(dir).stores());
            system.startApps();
            JsonNode restored = system.awaitResults(VOTERS + 3, 1);
            for (String part : List.of("turnout", "sections", "positions", "asOf", "version", "revision")) {
                assertThat(restored.path(part)).as(part).isEqualTo(results.path(part));
            }
            assertThat(system.receipt(vote).path("recordedAt")).isEqualTo(vote.path("recordedAt"));

            JsonNode again = system.cast("ada", "03", "27");
            assertThat(again.path("receipt")).isEqualTo(vote.path("receipt"));
            JsonNode late = system.cast("too-late", "06", "30");
            system.awaitResults(VOTERS + 5, 1);
            assertThat(system.receipt(late).path("status").stringValue()).isEqualTo("accepted");
            system.shell().run(blocks.get(2));
            system.shell().run(blocks.get(3));
        }
    }
}
