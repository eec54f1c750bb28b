// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.bench.account.VoteLedger;
import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.infra.bench.voters.SigningKey;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.voters.TokenStore;
import io.votelog.infra.system.BallotSource;
import io.votelog.rules.Ballot;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadGeneratorTest {
    private static final Ballot SEED = BallotSource.seed(Path.of("../..")).ballot();
    private static final UUID VOTE_ID = UUID.fromString("01234567-89ab-8def-8123-456789abcdef");

    @TempDir
    Path dir;

    private final LoadGenerator generator = new LoadGenerator();

    @AfterEach
    void close() {
        generator.close();
    }

    private VoteRequests requests(URI server) {
        TokenStore tokens = new TokenStore(dir, SigningKey.readOrMake(dir, TokenAlgorithm.HS256), 1, Clock.systemUTC());
        tokens.ensure(0, 1, left -> {});
        return new VoteRequests(server, SEED.id(), new DrawnVotes(SEED, 1), tokens);
    }

    private static String accepted(long offset) {
        return TinyServer.response(202, "{\"voteId\":\"%s\",\"partition\":2,\"offset\":%d}".formatted(VOTE_ID, offset));
    }

    private static Duration ms(long ms) {
        return Duration.ofMillis(ms);
    }

    /** The server holds every answer for a second, half a second after it was first asked. */
    private static TinyServer stalling(Duration length) throws Exception {
        AtomicLong firstNs = new AtomicLong();
        return new TinyServer(head -> {
            firstNs.compareAndSet(0, System.nanoTime());
            long sinceNs = System.nanoTime() - firstNs.get();
            long endNs = ms(500).plus(length).toNanos();
            if (sinceNs > ms(500).toNanos() && sinceNs < endNs) {
                // A stall is what is tested here, not something to be waited for.
                new CountDownLatch(1).await(endNs - sinceNs, TimeUnit.NANOSECONDS);
            }
            return accepted(1);
        });
    }

    @Test
    void shouldChargeAStalledServerWithEveryVoteThatItKeptWaiting() throws Exception {
        try (TinyServer server = stalling(ms(800))) {
            Load load = Load.open(server.url(), 4, 200, Duration.ZERO, ms(2_000), 0);
            LoadReport report = generator.run(load, requests(server.url()), null, LoadGenerator.Span.IGNORED);

            assertThat(report.byStatus()).isEqualTo(Map.of(202, 400L));
            assertThat(report.notSent()).isZero();
            // 800 ms at 200 a second: those of the first 600 ms waited for 200 ms and more.
            long waited = report.fromIntended().getCountBetweenValues(200_000, Long.MAX_VALUE >> 8);
            assertThat(waited).isBetween(100L, 140L);
            assertThat(report.fromIntended().getMaxValue()).isGreaterThan(700_000);
            // A clock that begins with the write sees the four that were under way.
            assertThat(report.fromWrite().getCountBetweenValues(200_000, Long.MAX_VALUE >> 8))
                    .isBetween(1L, 4L);
        }
    }

    @Test
    void shouldNotSendWhatFoundNoConnectionInTime() throws Exception {
        try (TinyServer server = stalling(ms(2_000))) {
            Load load = Load.open(server.url(), 4, 200, Duration.ZERO, ms(3_000), 0);
            LoadReport report = generator.run(load, requests(server.url()), null, LoadGenerator.Span.IGNORED);

            // Of the 400 votes due in the stall, those of its first second were given up.
            assertThat(report.notSent()).isBetween(170L, 220L);
            assertThat(report.byStatus().getOrDefault(202, 0L) + report.notSent())
                    .isEqualTo(600);
            assertThat(report.voters()).isEqualTo(600);
        }
    }

    @Test
    void shouldKeepEachVotesFate() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (TinyServer server = new TinyServer(head -> switch (asked.getAndIncrement()) {
                    case 0 -> accepted(77);
                    case 1 -> TinyServer.response(422, "{\"type\":\"urn:votelog:problem:rule-violations\"}");
                    case 2 -> TinyServer.response(503, "{\"type\":\"urn:votelog:problem:overloaded\"}");
                    case 3 -> TinyServer.response(503, "{\"type\":\"urn:votelog:problem:outcome-unknown\"}");
                    case 4 -> null;
                    default -> accepted(99);
                });
                VoteLedger ledger = new VoteLedger(dir.resolve("ledger"), 10)) {
            Load load = Load.closed(server.url(), 1, Duration.ZERO, Duration.ofSeconds(20), 0, 6);
            LoadReport report = generator.run(load, requests(server.url()), ledger, LoadGenerator.Span.IGNORED);

            assertThat(report.ranOut()).isTrue();
            assertThat(report.byStatus()).isEqualTo(Map.of(202, 2L, 422, 1L, 503, 2L));
            assertThat(report.byProblem())
                    .isEqualTo(Map.of("rule-violations", 1L, "overloaded", 1L, "outcome-unknown", 1L));
            assertThat(report.unknown()).isEqualTo(2);
            assertThat(report.connectionsLost()).isEqualTo(1);
            VoteLedger.VoteIdStart id = VoteLedger.VoteIdStart.of(VOTE_ID);
            VoteLedger.VoteIdStart none = new VoteLedger.VoteIdStart(0, 0);
            assertThat(ledger.of(0)).isEqualTo(new VoteLedger.Fate(1, 0, 0, 202, 2, 77, id));
            assertThat(ledger.of(1)).isEqualTo(new VoteLedger.Fate(0, 1, 0, 422, 0, 0, none));
            assertThat(ledger.of(2)).isEqualTo(new VoteLedger.Fate(0, 1, 0, 503, 0, 0, none));
            assertThat(ledger.of(3)).isEqualTo(new VoteLedger.Fate(0, 0, 1, 0, 0, 0, none));
            assertThat(ledger.of(4)).isEqualTo(new VoteLedger.Fate(0, 0, 1, 0, 0, 0, none));
            assertThat(ledger.of(5)).isEqualTo(new VoteLedger.Fate(1, 0, 0, 202, 2, 99, id));
            assertThat(ledger.of(6)).isEqualTo(new VoteLedger.Fate(0, 0, 0, 0, 0, 0, none));
        }
    }

    @Test
    void shouldSendAgainWhatIsPutOffOrUnknown() throws Exception {
        Map<String, Integer> attempts = new ConcurrentHashMap<>();
        try (TinyServer server = new TinyServer(head -> {
                    int attempt = attempts.merge(head, 1, Integer::sum);
                    return switch (attempt) {
                        case 1 -> TinyServer.response(503, "{\"type\":\"urn:votelog:problem:outcome-unknown\"}");
                        case 2 -> null;
                        case 3 -> TinyServer.response(429, "{\"type\":\"urn:votelog:problem:too-many-requests\"}");
                        default -> accepted(5);
                    };
                });
                VoteLedger ledger = new VoteLedger(dir.resolve("ledger"), 40)) {
            Load load = Load.closed(server.url(), 2, Duration.ZERO, Duration.ofSeconds(20), 0, 40)
                    .retrying(ms(20));
            LoadReport report = generator.run(load, requests(server.url()), ledger, LoadGenerator.Span.IGNORED);

            assertThat(attempts).hasSize(40).allSatisfy((vote, sent) -> assertThat(sent)
                    .isEqualTo(4));
            assertThat(report.retries()).isEqualTo(120);
            for (int voter = 0; voter < 40; voter++) {
                assertThat(ledger.of(voter))
                        .isEqualTo(new VoteLedger.Fate(1, 1, 2, 202, 2, 5, VoteLedger.VoteIdStart.of(VOTE_ID)));
            }
        }
    }

    @Test
    void shouldGiveUpAnAnswerThatDoesNotCome() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TinyServer server = new TinyServer(head -> {
            never.await();
            return null;
        })) {
            Load load =
                    new Load(server.url(), 1, 0, Duration.ZERO, ms(100), 0, 5, ms(300), Load.PATIENCE, Duration.ZERO);
            LoadReport report = generator.run(load, requests(server.url()), null, LoadGenerator.Span.IGNORED);
            assertThat(report.timeouts()).isEqualTo(1);
            assertThat(report.unknown()).isEqualTo(1);
            assertThat(report.throughput()).isZero();
        }
    }
}
