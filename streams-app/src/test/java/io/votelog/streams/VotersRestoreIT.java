// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.BallotDefinition;
import io.votelog.streams.topology.Accidents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Whatever becomes of the process and of the files of voters, the next start knows every voter, from votes: those who have voted, were
 * refused, were annulled, and the ballots too, whose records have no key.
 */
@WithKafka(freshTopics = true)
@WholeSystem
final class VotersRestoreIT {
    private static final String APPLICATION_ID = "restore-it";
    private static final String BALLOT = "restored";

    private long received;

    @Test
    void shouldKnowEveryVoterAfterAKillAndWithFilesDamagedOrLost(KafkaBroker broker, @TempDir Path folder)
            throws Exception {
        Path state = folder.resolve("state");
        List<LogWriter.Written> accepted = new ArrayList<>();
        List<LogWriter.Written> refused = new ArrayList<>();
        LogWriter.Written stolen;
        try (LogWriter log = new LogWriter(broker.bootstrapServers())) {
            AtomicReference<ChildJvm> process = new AtomicReference<>();
            try (RunningApp app =
                    RunningApp.startChild(broker.bootstrapServers(), APPLICATION_ID, state, process::set)) {
                BallotDefinition ballot = log.publishOpen(BALLOT);
                stolen = log.vote(BALLOT, "a2", "b2");
                for (int i = 0; i < 60; i++) {
                    accepted.add(log.vote(BALLOT, "a1", "b1"));
                    refused.add(log.vote(BALLOT, "a1"));
                }
                log.annul(ballot, stolen, "found to be fraud");
                received = 121;
                ResultsIT.awaitReceived(app, BALLOT, received);
                await("the annulment")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> app.json("/v1/ballots/" + BALLOT + "/results")
                                        .at("/turnout/annulled")
                                        .asLong()
                                == 1);
                process.get().kill();
            }

            try (RunningApp app = start(broker, state)) {
                assertAllAreKnown(app, log, accepted, refused, stolen);
            }
            forEachFile(
                    state,
                    file -> Accidents.write(file, Arrays.copyOf(Accidents.bytes(file), (int)
                            (file.toFile().length() / 2))));
            try (RunningApp app = start(broker, state)) {
                assertAllAreKnown(app, log, accepted, refused, stolen);
            }
            forEachFile(state, file -> {
                byte[] bytes = Accidents.bytes(file);
                bytes[100] ^= 1;
                Accidents.write(file, bytes);
            });
            try (RunningApp app = start(broker, state)) {
                assertAllAreKnown(app, log, accepted, refused, stolen);
            }
            forEachFile(state, Accidents::delete);
            try (RunningApp app = start(broker, state)) {
                assertAllAreKnown(app, log, accepted, refused, stolen);
            }
        }
    }

    private static RunningApp start(KafkaBroker broker, Path state) {
        return RunningApp.start(broker.bootstrapServers(), APPLICATION_ID, state);
    }

    private void assertAllAreKnown(
            RunningApp app,
            LogWriter log,
            List<LogWriter.Written> accepted,
            List<LogWriter.Written> refused,
            LogWriter.Written stolen)
            throws Exception {
        assertThat(verdict(app, stolen).at("/annulled/reason").asString()).isEqualTo("found to be fraud");
        for (LogWriter.Written vote : accepted) {
            assertThat(verdict(app, vote).at("/status").asString()).isEqualTo("accepted");
        }
        for (LogWriter.Written vote : refused) {
            assertThat(verdict(app, vote).at("/reason").asString()).isEqualTo("TOO_FEW_PICKS");
        }
        // A second vote of a voter, a retry, and the first valid vote of one who was refused.
        LogWriter.Written again = log.vote(BALLOT, accepted.get(7).voter(), log.voteId(), "a2", "b1");
        log.vote(BALLOT, accepted.get(8).voter(), accepted.get(8).voteId(), "a1", "b1");
        accepted.add(log.vote(BALLOT, refused.remove(0).voter(), log.voteId(), "a1", "b1"));
        received += 3;
        JsonNode results = ResultsIT.awaitReceived(app, BALLOT, received);
        assertThat(verdict(app, again).at("/reason").asString()).isEqualTo("ALREADY_VOTED");
        assertThat(results.at("/turnout/accepted").asLong()).isEqualTo(accepted.size() + 1);
        assertThat(results.at("/sections/0/options/0/votes").asLong()).isEqualTo(accepted.size());
        assertThat(app.management("/actuator/prometheus").body())
                .contains("votelog_log_replaced_records 0.0", "votelog_log_missing_offsets 0.0");
    }

    private static JsonNode verdict(RunningApp app, LogWriter.Written vote) throws Exception {
        return app.json(vote.receiptPath(BALLOT));
    }

    /** The files in which the count has its voters: one of each partition. */
    private static void forEachFile(Path state, Consumer<Path> accident) throws IOException {
        try (Stream<Path> files = Files.list(state.resolve(APPLICATION_ID))) {
            List<Path> ofVoters =
                    files.filter(file -> file.toString().endsWith(".rows")).toList();
            assertThat(ofVoters).hasSize(LogWriter.PARTITIONS);
            ofVoters.forEach(accident);
        }
    }
}
