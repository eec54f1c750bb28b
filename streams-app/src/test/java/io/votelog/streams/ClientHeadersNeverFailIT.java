// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.infra.testing.contract.HeaderTrial;
import io.votelog.infra.testing.contract.LoggedFailures;
import io.votelog.infra.testing.contract.OddRequests;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever a client sends in headers, query and path is no failure of the read side, on any described route: each request has
 * an answer, the description has that answer, and the application's log has no stack trace.
 *
 * <p>The seed is printed. {@code -Dvotelog.fuzz.seed=N} sets another one, {@code -Dvotelog.fuzz.rounds=N} more rounds.
 */
@WithKafka(freshTopics = true)
final class ClientHeadersNeverFailIT {
    private static final Logger LOG = LoggerFactory.getLogger(ClientHeadersNeverFailIT.class);
    private static final long SEED = Long.getLong("votelog.fuzz.seed", 20211205L);
    private static final int ROUNDS = Integer.getInteger("votelog.fuzz.rounds", 1_000);

    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(
                broker.bootstrapServers(),
                "headers-it",
                state,
                "--votelog.results.catch-up=10ms",
                "--votelog.limits.reads.rate=0");
        log = new LogWriter(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @Test
    void shouldAnswerWhateverHeadersAndParametersAreSent() throws Exception {
        log.publishOpen("odd");
        LogWriter.Written vote = log.vote("odd", "a1", "b1");
        ResultsIT.awaitReceived(app, "odd", 1);
        OddRequests.Plain plain = new OddRequests.Plain(
                "Bearer x",
                Map.of(
                        "ballotId",
                        "odd",
                        "receipt",
                        vote.receipt().toString(),
                        "voterRef",
                        vote.voter().toString()),
                Map.of());
        LOG.info("seed {}, {} rounds", SEED, ROUNDS);
        try (LoggedFailures logged = new LoggedFailures()) {
            HeaderTrial.Outcome outcome =
                    HeaderTrial.run(app.uri("/"), RunningApp.CONTRACT.document(), plain, SEED, ROUNDS);
            LOG.info("answers: {}", outcome.statuses());
            assertThat(outcome.failures()).as("seed " + SEED).isEmpty();
            assertThat(logged.all()).isEmpty();
        }
        RunningApp.CONTRACT.mustHold();
    }
}
