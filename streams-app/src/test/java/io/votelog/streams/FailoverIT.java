// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.WithKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two instances with standby replicas, of which one is killed while votes come in. */
@WithKafka(freshTopics = true)
@WholeSystem
final class FailoverIT {
    private static final String[] SETTINGS = {
        "--votelog.streams.standby-replicas=1", "--votelog.results.heartbeat=200ms"
    };
    private static final String FORWARDED = "Votelog-Forwarded";

    /** The time after which the group takes an instance that it does not hear of for dead. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

    /** Far more than it takes, for a machine that is busy with other things; how long it takes is measured by infra/chaos. */
    private static final Duration BACK_WITHIN = Duration.ofSeconds(40);

    @Test
    void shouldGoOnAnsweringAndNeverGoBackWhenOneOfTwoIsKilled(
            KafkaBroker broker, @TempDir Path victimState, @TempDir Path survivorState) throws Exception {
        AtomicReference<ChildJvm> process = new AtomicReference<>();
        try (LogWriter log = new LogWriter(broker.bootstrapServers());
                RunningApp victim = RunningApp.startChild(
                        broker.bootstrapServers(), "failover-it", victimState, process::set, SETTINGS);
                RunningApp survivor = RunningApp.startChild(
                        broker.bootstrapServers(), "failover-it", survivorState, child -> {}, SETTINGS)) {
            log.publishOpen("failing");
            List<Attempts> probes = new ArrayList<>();
            for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
                probes.add(Attempts.write(log, partition));
            }
            List<Attempts> atVictim = awaitStandbys(probes, victim, survivor);
            assertThat(atVictim).hasSizeBetween(1, LogWriter.PARTITIONS - 1);

            try (SteadyVotes votes = new SteadyVotes(log, "failing");
                    ResultsReaders readers = new ResultsReaders("failing", victim, survivor)) {
                readers.awaitShown(10);
                List<LogWriter.Written> lastBeforeTheKill = votes.last(40);

                long killed = System.nanoTime();
                Objects.requireNonNull(process.get()).kill();

                for (Attempts attempts : atVictim) {
                    assertThat(receipt(survivor, attempts.accepted())
                                    .at("/status")
                                    .asString())
                            .isEqualTo("accepted");
                    assertThat(survivor.json("/v1/ballots/failing/voters/"
                                            + attempts.accepted().voter())
                                    .at("/status")
                                    .asString())
                            .isEqualTo("accepted");
                }
                assertThat(since(killed))
                        .as("the standbys have answered before the group knew")
                        .isLessThan(SESSION_TIMEOUT);

                for (Attempts attempts : probes) {
                    for (LogWriter.Written attempt : attempts.all()) {
                        awaitReceipt(survivor, attempt, killed);
                    }
                }
                for (LogWriter.Written vote : lastBeforeTheKill) {
                    awaitReceipt(survivor, vote, killed);
                }
                assertThat(probes).allSatisfy(attempts -> attempts.assertVerdicts(survivor));

                readers.awaitShown(10);
                votes.stop();
                ShownTotals end = await("all that was written")
                        .atMost(Duration.ofSeconds(30))
                        .until(
                                () -> ShownTotals.of(survivor.json("/v1/ballots/failing/results")),
                                shown -> shown.counts().equals(written(votes)));
                readers.assertAllWentWellUpTo(end);
            }
        }
    }

    /** The votes that were written to each partition: probes and load. */
    private static Map<String, Long> written(SteadyVotes votes) {
        long probes = LogWriter.PARTITIONS;
        Map<String, Long> counts = new TreeMap<>();
        counts.put("received", 3 * probes + votes.accepted() + votes.retried() + votes.refused());
        counts.put("accepted", probes + votes.accepted());
        counts.put("retried", probes + votes.retried());
        counts.put("rejected", probes + votes.refused());
        counts.put("TOO_FEW_PICKS", probes + votes.refused());
        counts.put("annulled", 0L);
        counts.put("a1", probes);
        counts.put("b1", probes);
        counts.put("a2", votes.accepted());
        counts.put("b2", votes.accepted());
        counts.put("a3", 0L);
        return counts;
    }

    /** The attempts of one voter: one that is refused, one that is accepted, and a retry of it. */
    private record Attempts(LogWriter.Written refused, LogWriter.Written accepted, LogWriter.Written retried) {
        static Attempts write(LogWriter log, int partition) {
            var voter = log.voterOf(partition);
            var id = log.voteId();
            return new Attempts(
                    log.vote("failing", voter, log.voteId(), "a1"),
                    log.vote("failing", voter, id, "a1", "b1"),
                    log.vote("failing", voter, id, "a1", "b1"));
        }

        List<LogWriter.Written> all() {
            return List.of(refused, accepted, retried);
        }

        void assertVerdicts(RunningApp app) {
            assertThat(all().stream()
                            .map(attempt -> receipt(app, attempt).at("/status").asString()))
                    .containsExactly("rejected", "accepted", "retried");
        }
    }

    /**
     * Returns when each instance answers for each voter by itself.
     *
     * @return the attempts whose partition the first instance processes: it alone can decide again what the row does not have
     */
    private static List<Attempts> awaitStandbys(List<Attempts> probes, RunningApp one, RunningApp other) {
        List<Attempts> atOne = new ArrayList<>();
        for (Attempts attempts : probes) {
            for (RunningApp app : List.of(one, other)) {
                await("an answer from a standby").atMost(Duration.ofSeconds(60)).until(() -> {
                    var answer = app.get(attempts.accepted().receiptPath("failing"), FORWARDED, "1");
                    return answer.statusCode() == 200 && answer.body().contains("\"accepted\"");
                });
            }
            String retry = attempts.retried().receiptPath("failing");
            List<Integer> statuses = await("one who decides again")
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> List.of(
                                    one.get(retry, FORWARDED, "1").statusCode(),
                                    other.get(retry, FORWARDED, "1").statusCode()),
                            both -> both.contains(200) && both.contains(503));
            if (statuses.get(0) == 200) {
                atOne.add(attempts);
            }
        }
        return atOne;
    }

    private static JsonNode receipt(RunningApp app, LogWriter.Written vote) {
        return app.json(vote.receiptPath("failing"));
    }

    private static void awaitReceipt(RunningApp app, LogWriter.Written vote, long killed) {
        Duration left = BACK_WITHIN.minus(since(killed));
        assertThat(left).as("time left").isPositive();
        await("a verdict on offset %d of partition %d".formatted(vote.offset(), vote.partition()))
                .atMost(left)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    var answer = app.get(vote.receiptPath("failing"));
                    return answer.statusCode() == 200 && !answer.body().contains("\"pending\"");
                });
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }
}
