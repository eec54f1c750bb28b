// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole system is broken once, for half a minute: a broker and a streams-app are killed, and every vote is accounted for. */
final class ChaosIT {
    /** Draws {@code streams-kill} before {@code broker-kill}. */
    private static final String SEED = "3";

    @Test
    void shouldBreakAWholeSystemAndAccountForEveryVote(@TempDir Path dir) {
        Path json = dir.resolve("account.json");
        int exitCode = Chaos.commandLine()
                .execute(
                        "--seed", SEED,
                        "--minutes", "0.4",
                        "--rate", "20",
                        "--faults", "broker-kill,streams-kill",
                        "--json", json.toString());
        JsonNode account = new JsonMapper().readTree(json.toFile());

        for (Map.Entry<String, JsonNode> law : account.path("laws").properties()) {
            assertThat(law.getValue()).as(law.getKey()).isEmpty();
        }
        assertThat(exitCode).isZero();
        assertThat(account.path("laws").properties()).hasSizeGreaterThan(15);
        assertThat(account.path("faults")).isNotEmpty().allSatisfy(kind -> assertThat(kind.path("recovered"))
                .isEqualTo(kind.path("times")));
        JsonNode votes = account.path("votes");
        assertThat(votes.path("acknowledged").longValue()).isGreaterThan(200);
        assertThat(votes.path("outcome ACCEPTED").longValue()).isGreaterThan(100);
        assertThat(votes.path("outcome ALREADY_VOTED").longValue()).isPositive();
        assertThat(votes.path("outcome RETRIED").longValue()).isPositive();
        assertThat(votes.path("receipts told at the end").longValue()).isGreaterThan(200);
    }
}
