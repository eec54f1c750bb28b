// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Topics;
import io.votelog.streams.topology.EmitPace;
import io.votelog.streams.topology.voters.OpenStores;
import io.votelog.streams.topology.voters.VotersStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the clients of the count do otherwise than Kafka's. */
@WithKafka(freshTopics = true)
final class CountClientsIT {
    private static final TopicPartition PARTITION = new TopicPartition(Topics.VOTES.name(), 0);
    private static final String GROUP = "steady-offsets-it";
    private static final int VOTES = 25_000;

    private final OpenStores openStores = new OpenStores();

    private static Map<String, Object> config(KafkaBroker broker) {
        return new HashMap<>(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrapServers(),
                AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG,
                false));
    }

    private static void makeVotes(Admin admin) throws InterruptedException, ExecutionException {
        try {
            admin.createTopics(Set.of(new NewTopic(PARTITION.topic(), 1, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** A standby may not put what the group has not committed, and Kafka Streams keeps in memory what it was given of that. */
    @Test
    void shouldHoldBackVotesThatAStandbyMayNotTakeYet(KafkaBroker broker, @TempDir Path folder) throws Exception {
        try (Admin admin = Admin.create(config(broker))) {
            makeVotes(admin);
        }
        Map<String, Object> writing = config(broker);
        writing.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        try (KafkaProducer<byte[], byte[]> log =
                new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int vote = 0; vote < VOTES; vote++) {
                log.send(new ProducerRecord<>(PARTITION.topic(), 0, null, new byte[] {1}));
            }
        }
        VotersStore store = store(folder);
        Map<String, Object> reading = config(broker);
        reading.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
        try (Consumer<byte[], byte[]> restorer =
                new CountClients(openStores, new EmitPace(Duration.ofMillis(100))).getRestoreConsumer(reading)) {
            restorer.assign(List.of(PARTITION));
            restorer.seekToBeginning(List.of(PARTITION));
            long bound = CountClients.MAX_AHEAD;
            assertThat(readUntil(restorer, 0, bound + 1)).isBetween(bound + 1, bound + 500);
            assertThat(readForASecond(restorer))
                    .as("while the store stays where it is")
                    .isZero();
            assertThat(restorer.paused()).as("what Kafka Streams sees paused").isEmpty();

            store.decided(11_999);
            assertThat(readUntil(restorer, bound, 12_000 + bound + 1))
                    .isBetween(12_000 + bound + 1, 12_000 + bound + 500);
            assertThat(readForASecond(restorer)).isZero();

            store.decided(VOTES - 1);
            assertThat(readUntil(restorer, 0, VOTES)).isEqualTo(VOTES);
        } finally {
            store.close();
        }
    }

    /** Reads until it has got so far at least; gives the offset that it has got to. */
    private static long readUntil(Consumer<byte[], byte[]> restorer, long from, long offset) {
        AtomicLong next = new AtomicLong(from);
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            restorer.poll(Duration.ofMillis(100)).forEach(vote -> {
                assertThat(vote.key())
                        .as("Kafka Streams leaves out what has no key")
                        .isEmpty();
                next.set(vote.offset() + 1);
            });
            return next.get() >= offset;
        });
        return next.get();
    }

    private static int readForASecond(Consumer<byte[], byte[]> restorer) {
        int read = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (System.nanoTime() < end) {
            read += restorer.poll(Duration.ofMillis(100)).count();
        }
        return read;
    }

    private VotersStore store(Path folder) {
        VotersStore store = new VotersStore("voters", partition -> Long.MAX_VALUE, openStores, of -> vote -> {});
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        store.init(
                new MockProcessorContext<>(
                                config, new TaskId(0, 0), folder.resolve("0_0").toFile())
                        .getStateStoreContext(),
                store);
        return store;
    }

    /** Kafka Streams ends a thread with a standby whose group has committed less than before; a coordinator may say so for a moment. */
    @Test
    void shouldNotBelieveAtOnceThatAGroupHasLostItsOffsets(KafkaBroker broker) throws Exception {
        AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1_000_000_000);
        try (Admin group = Admin.create(config(broker));
                Admin admin = new SteadyOffsetsAdmin(config(broker), nanoTime::get)) {
            makeVotes(group);
            assertThat(committed(admin)).as("a group that is new").isNull();
            commit(group, 5);
            assertThat(committed(admin)).isEqualTo(5);

            group.deleteConsumerGroups(Set.of(GROUP)).all().get();
            assertThatThrownBy(() -> committed(admin))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("%s had committed 5 of %s, and nothing now", GROUP, PARTITION);
            commit(group, 4);
            assertThatThrownBy(() -> committed(admin)).isInstanceOf(TimeoutException.class);
            commit(group, 6);
            assertThat(committed(admin)).isEqualTo(6);

            nanoTime.addAndGet(2 * SteadyOffsetsAdmin.DOUBT.toNanos());
            group.deleteConsumerGroups(Set.of(GROUP)).all().get();
            assertThatThrownBy(() -> committed(admin)).as("another doubt").isInstanceOf(TimeoutException.class);
            nanoTime.addAndGet(SteadyOffsetsAdmin.DOUBT.toNanos() - 1);
            assertThatThrownBy(() -> committed(admin)).isInstanceOf(TimeoutException.class);
            nanoTime.incrementAndGet();
            assertThat(committed(admin)).isNull();
            commit(group, 2);
            assertThat(committed(admin)).isEqualTo(2);
        }
        try (Admin ofTheCount =
                new CountClients(openStores, new EmitPace(Duration.ofMillis(100))).getAdmin(config(broker))) {
            assertThat(ofTheCount).isInstanceOf(SteadyOffsetsAdmin.class);
            try (Metrics metrics = new Metrics()) {
                assertThat(metrics.metrics()).isNotEmpty();
                // Kafka Streams does so, and logs an error for each metric that is refused.
                metrics.metrics().values().forEach(metric -> {
                    ofTheCount.registerMetricForSubscription(metric);
                    ofTheCount.unregisterMetricFromSubscription(metric);
                });
            }
        }
    }

    private static void commit(Admin admin, long offset) throws Exception {
        admin.alterConsumerGroupOffsets(GROUP, Map.of(PARTITION, new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    /** Asks as Kafka Streams does. */
    private static @Nullable Long committed(Admin admin) throws Exception {
        return Optional.ofNullable(admin.listConsumerGroupOffsets(
                                Map.of(GROUP, new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(PARTITION))),
                                new ListConsumerGroupOffsetsOptions().requireStable(true))
                        .partitionsToOffsetAndMetadata(GROUP)
                        .get()
                        .get(PARTITION))
                .map(OffsetAndMetadata::offset)
                .orElse(null);
    }
}
