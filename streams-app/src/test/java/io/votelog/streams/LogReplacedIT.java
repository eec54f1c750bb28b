// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.events.BallotResults;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Topics;
import io.votelog.streams.hosting.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The topic of votes is deleted and made anew under a running count, and soon holds more records than were counted. */
@WithKafka(freshTopics = true)
@WholeSystem
final class LogReplacedIT {
    private static final int VOTES = 20;

    @Test
    void shouldSayInMetricHealthAndResultsThatTheLogIsAnother(KafkaBroker broker, @TempDir Path dir) throws Exception {
        AtomicReference<ChildJvm> jvm = new AtomicReference<>();
        Path state = Files.createDirectory(dir.resolve("state"));
        try (RunningApp app = RunningApp.startChild(broker.bootstrapServers(), "replaced-it", state, jvm::set)) {
            BallotDefinition ballot;
            try (LogWriter log = new LogWriter(broker.bootstrapServers())) {
                ballot = log.publishOpen("replaced");
                castInEveryPartition(log, VOTES);
                await("all votes counted")
                        .atMost(Duration.ofSeconds(60))
                        .ignoreExceptions()
                        .until(() -> app.json("/v1/ballots/replaced/results")
                                        .at("/turnout/accepted")
                                        .asInt()
                                == VOTES * LogWriter.PARTITIONS);
            }
            assertThat(gauge(app, "votelog_log_replaced_records")).isZero();
            assertThat(gauge(app, "votelog_log_topic_replaced")).isZero();

            makeAnew(broker);
            try (LogWriter log = new LogWriter(broker.bootstrapServers())) {
                for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
                    log.stand(ballot, partition);
                }
                castInEveryPartition(log, 2 * VOTES);
                await("the fault in metrics")
                        .atMost(Duration.ofSeconds(90))
                        .pollInterval(Duration.ofMillis(500))
                        // It answers no more a moment before its process has ended.
                        .ignoreExceptionsInstanceOf(IllegalStateException.class)
                        .untilAsserted(() -> {
                            if (jvm.get().exitCode().isPresent()) {
                                return;
                            }
                            // At the next record the tally notices what the watch has seen.
                            log.vote("replaced", "a1", "b1");
                            assertThat(gauge(app, "votelog_log_topic_replaced")).isEqualTo(1);
                            assertThat(gauge(app, "votelog_log_replaced_records"))
                                    .isPositive();
                        });
            }
            if (jvm.get().exitCode().isPresent()) {
                // Kafka Streams noticed that the topic was gone and rebalanced; each task checks the topic's id when it
                // starts.
                assertThat(jvm.get().exitCode()).hasValue(ExitCodes.LOG_CUT);
                return;
            }
            JsonNode health = RunningApp.JSON.readTree(
                    app.management("/actuator/health/readiness").body());
            assertThat(health.at("/components/log/details/topic").asString()).contains("made anew");
            assertThat(health.at("/components/log/details/replacedRecords").asLong())
                    .isPositive();
            assertThat(results(broker)).last().satisfies(results -> {
                assertThat(results.getReplaced()).isPositive();
                assertThat(results.getAccepted()).isGreaterThanOrEqualTo(VOTES * LogWriter.PARTITIONS);
            });
        }
    }

    private static void castInEveryPartition(LogWriter log, int votes) {
        for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
            for (int n = 0; n < votes; n++) {
                Pseudonym voter = log.voterOf(partition);
                log.vote("replaced", voter, log.voteId(), "a1", "b1");
            }
        }
    }

    private static void makeAnew(KafkaBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.deleteTopics(List.of(Topics.VOTES.name())).all().get(30, TimeUnit.SECONDS);
            await("votes made anew")
                    .atMost(Duration.ofSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .ignoreExceptionsMatching(e -> e.getCause() instanceof TopicExistsException)
                    .until(() -> {
                        admin.createTopics(List.of(Topics.VOTES.newTopic(LogWriter.PARTITIONS, 1)))
                                .all()
                                .get(30, TimeUnit.SECONDS);
                        return true;
                    });
        }
    }

    private static double gauge(RunningApp app, String name) {
        return app.management("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    private static List<BallotResults> results(KafkaBroker broker) {
        return TopicReader.of(broker.bootstrapServers()).readCommitted().readAll(Topics.RESULTS.name()).stream()
                .map(LogReplacedIT::decode)
                .toList();
    }

    private static BallotResults decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Events.decode(record.value(), BallotResults.class);
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }
}
