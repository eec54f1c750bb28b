// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.system.App;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.testing.WholeSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A ballot goes its whole way by the commands of the page: published, voted on, paused, closed early, archived; then its pepper is gone. */
@WholeSystem
class VoteIT {
    private static final int CHECK = 0;
    private static final int DRY_RUN = 1;
    private static final int PUBLISH = 2;
    private static final int DIGEST = 3;
    private static final int OPENING = 4;
    private static final int CLOSE = 5;
    private static final int ANNUL = 6;
    private static final int ARCHIVE = 7;

    private static final String BALLOT = "staff-2026";

    @TempDir
    Path dir;

    @ParameterizedTest(name = "secured: {0}")
    @ValueSource(booleans = {false, true})
    void shouldGoItsWholeWay(boolean secured) throws Exception {
        List<String> blocks = OperatorShell.blocks("VOTE.md");
        assertThat(blocks).hasSize(ARCHIVE + 1);
        Secrets secrets = Secrets.drawn();
        writeBallot();
        JsonNode results;
        try (OperatedSystem system = started(secured, secrets)) {
            OperatorShell shell = system.startApps().shell();
            Map<String, String> organiser = Map.of("TOKEN", system.token("organiser", "ballots:write"));
            // One broker keeps one copy, of which the check warns.
            assertThat(shell.run(blocks.get(CHECK))).doesNotContain("error");

            assertThat(shell.run(blocks.get(DRY_RUN), organiser)).contains("\"dryRun\":true");
            assertThat(system.ballots()).isEmpty();
            shell.run(blocks.get(PUBLISH), organiser);
            shell.run(blocks.get(PUBLISH), organiser);
            assertThat(shell.run(blocks.get(DIGEST))).contains("\"digest\":\"");
            assertThat(shell.run(blocks.get(OPENING))).contains("\"status\":\"open\"");

            JsonNode stolen = system.castOn(BALLOT, "mallory", "01");
            // A pause: no gateway takes votes, and what was cast before is told meanwhile.
            system.stop(App.PRODUCER);
            assertThat(system.receipt(BALLOT, stolen).path("status").stringValue())
                    .isEqualTo("accepted");
            system.startAgain(App.PRODUCER);
            system.castOn(BALLOT, "ada", "02");
            String annulled = shell.run(
                    blocks.get(ANNUL),
                    Map.of(
                            "AUDITOR_TOKEN",
                            system.token("auditor", "votes:annul"),
                            "RECEIPT",
                            stolen.path("receipt").stringValue()));
            assertThat(annulled).contains("\"status\":\"accepted\"");

            shell.run(blocks.get(CLOSE), organiser);
            results = system.results(BALLOT);
            assertThat(results.path("turnout").path("accepted").longValue()).isEqualTo(2);
            assertThat(results.path("turnout").path("annulled").longValue()).isEqualTo(1);
            assertThat(system.tryToCast(BALLOT, "late", "01").body()).contains("urn:votelog:problem:closed");
            assertThat(shell.run(blocks.get(ARCHIVE))).contains("Verified");
        }
        try (OperatedSystem system = started(secured, secrets.withPepper(Secrets.drawnPepper()))) {
            system.startApps();
            assertThat(system.tryToCast(BALLOT, "ada", "02").body()).contains("urn:votelog:problem:pepper-mismatch");
            assertThat(system.ballots()).containsKey(BALLOT);
            assertThat(system.results(BALLOT).path("turnout")).isEqualTo(results.path("turnout"));
            system.publish().cast("ada", "01", "25");
        }
    }

    private OperatedSystem started(boolean secured, Secrets secrets) throws Exception {
        return secured
                ? OperatedSystem.withSecuredBroker(dir, secrets, Map.of())
                : OperatedSystem.withBroker(dir, secrets, Map.of());
    }

    private void writeBallot() throws Exception {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Files.writeString(
                dir.resolve("staff-2026.yaml"),
                """
                ballotId: %s
                organiser: The staff council
                title: Where we meet
                window:
                  opensAt: %s
                  closesAt: %s
                picks: {min: 1, max: 1}
                sections:
                  - id: places
                    title: Places
                    picks: {min: 1, max: 1}
                    options:
                      - {id: "01", title: Indoors}
                      - {id: "02", title: Outdoors}
                """
                        .formatted(BALLOT, now.minusSeconds(60), now.plus(7, ChronoUnit.DAYS)));
    }
}
