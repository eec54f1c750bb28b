// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A system moves from another build to this one and back under load, with an account of every vote. It builds the other one, which takes
 * minutes, so it runs where {@value #FROM} names a revision: a tag or a commit.
 */
final class UpgradeIT {
    private static final String FROM = "votelog.upgrade.from";

    @Test
    void shouldMoveToAndFroUnderLoad(@TempDir Path dir) throws Exception {
        String from = System.getProperty(FROM, "");
        if (from.isEmpty()) {
            System.out.println("an upgrade under load skipped: -D" + FROM + "=REVISION has it run");
        }
        assumeTrue(!from.isEmpty());
        Path json = dir.resolve("account.json");
        Process upgrade = new ProcessBuilder(
                        "bash", "upgrade", "--from", from, "--rate", "15", "--json", json.toString())
                .inheritIO()
                .start();
        assertThat(upgrade.waitFor(20, TimeUnit.MINUTES)).isTrue();

        JsonNode account = new JsonMapper().readTree(json.toFile());
        for (Map.Entry<String, JsonNode> law : account.path("laws").properties()) {
            assertThat(law.getValue()).as(law.getKey()).isEmpty();
        }
        assertThat(upgrade.exitValue()).isZero();
        assertThat(account.path("faults"))
                .extracting(kind -> kind.path("fault").stringValue())
                .containsAll(List.of("move-brokers", "move-gateways", "move-streams", "move-sealer"));
    }
}
