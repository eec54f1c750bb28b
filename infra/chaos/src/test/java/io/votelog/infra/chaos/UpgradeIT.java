// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A system moves from another build to this one and back under load, with an account of every vote. It builds the other one, which takes
 * minutes, so each test runs where a property asks for it: {@value #FROM} names a revision, a tag or a commit, or is {@value #NEWEST} for the
 * newest tag; {@value #KAFKA} names a version of Kafka that the other build of this very commit has.
 */
final class UpgradeIT {
    private static final String FROM = "votelog.upgrade.from";
    private static final String KAFKA = "votelog.upgrade.kafka";
    private static final String NEWEST = "tag";

    @Test
    void shouldMoveToAndFroUnderLoad(@TempDir Path dir) throws Exception {
        String from = asked(FROM, "REVISION");
        move(dir, from.equals(NEWEST) ? List.of() : List.of("--from", from));
    }

    @Test
    void shouldMoveBrokersBetweenPatchesOfKafkaUnderLoad(@TempDir Path dir) throws Exception {
        move(dir, List.of("--kafka", asked(KAFKA, "VERSION")));
    }

    private static String asked(String property, String what) {
        String value = System.getProperty(property, "");
        if (value.isEmpty()) {
            System.out.println("an upgrade under load skipped: -D" + property + "=" + what + " has it run");
        }
        assumeTrue(!value.isEmpty());
        return value;
    }

    private static void move(Path dir, List<String> other) throws Exception {
        Path json = dir.resolve("account.json");
        List<String> command = new ArrayList<>(List.of("bash", "upgrade", "--rate", "15", "--json", json.toString()));
        command.addAll(other);
        Process upgrade = new ProcessBuilder(command).inheritIO().start();
        assertThat(upgrade.waitFor(20, TimeUnit.MINUTES)).isTrue();
        assertThat(json).as("the account, where the run could be made").exists();

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
