// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.RawConnection;
import io.votelog.infra.testing.RawConnection.Answer;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Receipt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests with invented receipts are answered from the stores or refused; those with genuine receipts are answered as before.
 */
@WithKafka(freshTopics = true)
final class StrangersReceiptsCostNoBrokerIT {
    private static final int READS = 5;
    private static final int WAITS = 3;

    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(
                broker.bootstrapServers(),
                "strangers-it",
                state,
                "--votelog.receipts.log-reads.rate=0.001",
                "--votelog.receipts.log-reads.burst=" + READS,
                "--votelog.receipts.max-waiting-per-address=" + WAITS);
        log = new LogWriter(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @Test
    void shouldAnswerFromTheStoreWhereTheVoterSentNoSuchVote() {
        log.publishOpen("invented");
        LogWriter.Written vote = counted("invented");
        double before = reads();
        try (RawConnection stranger = RawConnection.from("127.0.0.21", app.port())) {
            for (int i = 0; i < 3 * READS; i++) {
                // The receipts are of nobody, and of a voter under another id.
                String invented = new Receipt(log.voterOf(vote.partition()), UUID.randomUUID()).toString();
                String another = new Receipt(vote.voter(), UUID.randomUUID()).toString();
                assertThat(ask(stranger, "invented", invented, vote.offset()).status())
                        .isEqualTo(404);
                assertThat(ask(stranger, "invented", another, vote.offset()).status())
                        .isEqualTo(404);
            }
        }
        assertThat(reads()).isEqualTo(before);
    }

    @Test
    void shouldReadTheLogForAnAddressSoOftenAndNoMore() {
        log.publishOpen("before");
        LogWriter.Written vote = counted("before");
        LogWriter.Written retry = log.vote("before", vote.voter(), vote.voteId(), "a1", "b1");
        awaitVerdict("before", retry);
        try (RawConnection stranger = RawConnection.from("127.0.0.22", app.port());
                RawConnection voter = RawConnection.from("127.0.0.23", app.port())) {
            // Before a ballot's beginning only the log knows what was sent for it.
            for (int i = 0; i < READS; i++) {
                String invented = new Receipt(log.voterOf(vote.partition()), UUID.randomUUID()).toString();
                assertThat(ask(stranger, "before", invented, 0).status()).isEqualTo(404);
            }
            String invented = new Receipt(log.voterOf(vote.partition()), UUID.randomUUID()).toString();
            Answer refused = ask(stranger, "before", invented, 0);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.text()).contains("too-many-requests");
            assertThat(refused.header("Retry-After")).isPresent();
            assertThat(refused.header("RateLimit-Policy").orElseThrow()).startsWith("\"log-reads\";q=" + READS);
            // The same address is still told what the store has, and others are told what the log has.
            assertThat(ask(stranger, "before", vote.receipt(), vote.offset()).status())
                    .isEqualTo(200);
            Answer retried = ask(voter, "before", retry.receipt(), retry.offset());
            assertThat(retried.status()).isEqualTo(200);
            assertThat(retried.text()).contains("retried");
        }
    }

    @Test
    void shouldAnswerAtOnceWhoWouldBeOneTooManyToWait() {
        log.publishOpen("waiting");
        LogWriter.Written vote = counted("waiting");
        String receipt = new Receipt(log.voterOf(vote.partition()), UUID.randomUUID()).toString();
        List<RawConnection> all = new ArrayList<>();
        try {
            for (int i = 0; i < WAITS; i++) {
                RawConnection waits = RawConnection.from("127.0.0.24", app.port());
                all.add(waits);
                waits.send(request("waiting", receipt, vote.offset() + 1_000_000, "Prefer: wait=8\r\n"));
            }
            await().untilAsserted(() ->
                    assertThat(app.metric("votelog_receipts_waiting")).containsEntry("", (double) WAITS));
            try (RawConnection oneMore = RawConnection.from("127.0.0.24", app.port())) {
                oneMore.send(request("waiting", receipt, vote.offset() + 1_000_000, "Prefer: wait=8\r\n"));
                Answer atOnce = oneMore.next().orElseThrow();
                assertThat(atOnce.status()).isEqualTo(200);
                assertThat(atOnce.text()).contains("pending");
                assertThat(atOnce.header("Preference-Applied")).isEmpty();
                assertThat(app.metric("votelog_receipts_waiting")).containsEntry("", (double) WAITS);
            }
            for (RawConnection waits : all) {
                assertThat(waits.next().orElseThrow().header("Preference-Applied"))
                        .hasValue("wait=8");
            }
        } finally {
            all.forEach(RawConnection::close);
        }
        await().untilAsserted(
                        () -> assertThat(app.metric("votelog_receipts_waiting")).containsEntry("", 0.0));
    }

    /** A client that closes its connection looks like one that half-closes it; neither is waited for. */
    @Test
    void shouldWaitForNobodyWhoSendsNothingMore() {
        log.publishOpen("gone");
        LogWriter.Written vote = counted("gone");
        String receipt = new Receipt(log.voterOf(vote.partition()), UUID.randomUUID()).toString();
        String asked = request("gone", receipt, vote.offset() + 1_000_000, "Prefer: wait=30\r\n");
        long before = System.nanoTime();
        try (RawConnection says = RawConnection.from("127.0.0.25", app.port())) {
            says.send(asked);
            awaitWaiting(1);
            Answer atOnce = says.end().next().orElseThrow();
            assertThat(atOnce.status()).isEqualTo(200);
            assertThat(atOnce.text()).contains("pending");
        }
        RawConnection closes = RawConnection.from("127.0.0.26", app.port());
        closes.send(asked);
        awaitWaiting(1);
        closes.close();
        awaitWaiting(0);
        assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(25));
    }

    private static void awaitWaiting(int clients) {
        await().untilAsserted(
                        () -> assertThat(app.metric("votelog_receipts_waiting")).containsEntry("", (double) clients));
    }

    private static LogWriter.Written counted(String ballotId) {
        LogWriter.Written vote = log.vote(ballotId, "a1", "b1");
        awaitVerdict(ballotId, vote);
        return vote;
    }

    private static void awaitVerdict(String ballotId, LogWriter.Written vote) {
        await().ignoreExceptions()
                .until(() -> app.json("/v1/ballots/" + ballotId + "/results")
                                .at("/positions/" + vote.partition())
                                .asLong()
                        > vote.offset());
    }

    private static double reads() {
        return app.metric("votelog_receipts_log_reads_total").getOrDefault("", 0.0);
    }

    private static Answer ask(RawConnection client, String ballotId, String receipt, long offset) {
        client.send(request(ballotId, receipt, offset, ""));
        return client.next().orElseThrow();
    }

    private static String request(String ballotId, String receipt, long offset, String header) {
        return "GET /v1/ballots/%s/receipts/%s?offset=%d HTTP/1.1\r\nHost: a\r\n%s\r\n"
                .formatted(ballotId, receipt, offset, header);
    }
}
