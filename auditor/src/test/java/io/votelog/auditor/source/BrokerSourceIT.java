// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.PartitionTally;
import io.votelog.events.Sha256;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a broker tells beside records. */
@WithKafka(freshTopics = true)
class BrokerSourceIT {
    private static final String VOTES = Topics.VOTES.name();
    private static final String DECISIONS = Topics.DECISIONS.name();
    private static final String TALLIES = Topics.TALLIES.name();
    private static final String RESULTS = Topics.RESULTS.name();

    private static String address;

    @BeforeAll
    static void makeTopics(KafkaBroker broker) {
        address = broker.bootstrapServers();
        broker.createTopics(
                new NewTopic(VOTES, 2, (short) 1).configs(Map.of("message.timestamp.type", "LogAppendTime")),
                new NewTopic(DECISIONS, 1, (short) 1),
                new NewTopic(TALLIES, 2, (short) 1),
                new NewTopic(RESULTS, 1, (short) 1));
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", address));
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", address);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Test
    void shouldTellHowFarAGroupHasCounted() throws Exception {
        try (BrokerSource source = new BrokerSource(address, Map.of());
                Admin admin = admin()) {
            assertThat(source.counted("nobody")).isEmpty();
            admin.alterConsumerGroupOffsets(
                            "counting",
                            Map.of(
                                    new TopicPartition(VOTES, 1), new OffsetAndMetadata(7),
                                    new TopicPartition(DECISIONS, 0), new OffsetAndMetadata(9)))
                    .all()
                    .get();
            assertThat(source.counted("counting")).contains(new CountedOffsets("counting", Map.of(1, 7L)));
        }
    }

    /** Of the tallies that stand there, what the group has not taken tells nothing. */
    @Test
    void shouldTellHowFarTheGroupThatAddsUpHasCome() throws Exception {
        try (BrokerSource source = new BrokerSource(address, Map.of());
                Admin admin = admin();
                KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            assertThat(source.merged("counting")).isEmpty();
            for (int next = 5; next < 8; next++) {
                for (int partition = 0; partition < 2; partition++) {
                    producer.send(new ProducerRecord<>(
                                    TALLIES, 1, null, Events.encode(tally("fruits", partition, next + partition))))
                            .get();
                }
            }
            producer.send(new ProducerRecord<>(TALLIES, 0, null, Events.encode(tally("other", 0, 9))))
                    .get();
            producer.send(new ProducerRecord<>(TALLIES, 1, null, new byte[] {1}))
                    .get();
            admin.alterConsumerGroupOffsets(
                            "counting-results", Map.of(new TopicPartition(TALLIES, 1), new OffsetAndMetadata(3)))
                    .all()
                    .get();
            assertThat(source.merged("counting"))
                    .contains(new MergedOffsets("counting-results", Map.of("fruits", Map.of(0, 6L, 1, 6L))));
        }
    }

    private static PartitionTally tally(String ballotId, int partition, long nextOffset) {
        return PartitionTally.newBuilder()
                .setBallotId(ballotId)
                .setDigest(new Sha256(new byte[32]))
                .setPartition(partition)
                .setPartitionCount(2)
                .setOpensAt(Instant.EPOCH)
                .setHiddenUntilFinal(false)
                .setNextOffset(nextOffset)
                .setAsOf(Instant.EPOCH)
                .setReceived(0)
                .setAccepted(0)
                .setRetried(0)
                .setRejected(List.of())
                .setLate(0)
                .setVotes(List.of())
                .build();
    }

    @Test
    void shouldTellWhoStampsVotes() throws Exception {
        ConfigResource votes = new ConfigResource(ConfigResource.Type.TOPIC, VOTES);
        try (BrokerSource source = new BrokerSource(address, Map.of());
                Admin admin = admin();
                KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            assertThat(source.timestampType()).contains(LogSource.LOG_APPEND_TIME);
            producer.send(new ProducerRecord<>(VOTES, 0, 1L, null, new byte[] {1}))
                    .get();
            ConfigEntry writers = new ConfigEntry("message.timestamp.type", "CreateTime");
            admin.incrementalAlterConfigs(Map.of(votes, List.of(new AlterConfigOp(writers, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            assertThat(source.timestampType()).contains("CreateTime");
            producer.send(new ProducerRecord<>(VOTES, 0, 1L, null, new byte[] {1}))
                    .get();
            List<TimestampType> stamped = new ArrayList<>();
            source.read(source.ranges(VOTES).get(0), record -> stamped.add(record.timestampType()));
            assertThat(stamped).startsWith(TimestampType.LOG_APPEND_TIME).endsWith(TimestampType.CREATE_TIME);
        }
    }

    /** An instance that was given up while it counted has sent what never came to be. */
    @Test
    void shouldReadNothingOfATransactionThatWasAborted() throws Exception {
        try (BrokerSource source = new BrokerSource(address, Map.of());
                KafkaProducer<byte[], byte[]> given = producer(Map.of("transactional.id", "given-up"));
                KafkaProducer<byte[], byte[]> other = producer(Map.of())) {
            given.initTransactions();
            given.beginTransaction();
            given.send(new ProducerRecord<>(RESULTS, 0, null, new byte[] {1})).get();
            given.abortTransaction();
            long committed = other.send(new ProducerRecord<>(RESULTS, 0, null, new byte[] {2}))
                    .get()
                    .offset();
            List<Long> offsets = new ArrayList<>();
            source.read(source.ranges(RESULTS).get(0), record -> offsets.add(record.offset()));
            assertThat(offsets).containsExactly(committed);
        }
    }

    /** What is written already, and counted perhaps, is within the end, and waited for. */
    @Test
    void shouldWaitForATransactionThatIsNotDone() throws Exception {
        try (BrokerSource source = new BrokerSource(address, Map.of());
                KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "decides"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(DECISIONS, 0, null, new byte[] {1}))
                    .get();
            OffsetRange range = source.ranges(DECISIONS).get(0);
            assertThat(range.end()).isEqualTo(1);
            List<Long> offsets = new ArrayList<>();
            CompletableFuture<Void> reading =
                    CompletableFuture.runAsync(() -> source.read(range, record -> offsets.add(record.offset())));
            producer.commitTransaction();
            reading.get(30, TimeUnit.SECONDS);
            assertThat(offsets).containsExactly(0L);
        }
    }
}
