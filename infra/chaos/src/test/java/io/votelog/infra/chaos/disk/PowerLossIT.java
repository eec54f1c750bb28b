// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A real broker acknowledges records, loses power, and starts on what its disk had. */
@EnabledOnOs(OS.LINUX)
final class PowerLossIT {
    private static final int RECORDS = 50;
    private static final String FLUSHED = "flushed";
    private static final String NOT_FLUSHED = "not-flushed";

    @Test
    void shouldLoseAcknowledgedRecordsUnlessTheyAreFlushedBefore(@TempDir Path dir) throws Exception {
        Path records = dir.resolve("records");
        Path record = records.resolve("broker-1");
        Path kafka = dir.resolve("kafka");
        String agent = SyncAgent.option(dir, records);
        KafkaCluster.Builder builder = KafkaCluster.single(kafka).heap("512m").processes(node -> node.jvmArgs(agent));
        try (KafkaCluster cluster = builder.start()) {
            create(cluster);
            // The broker syncs the folder of new partitions with its next checkpoint.
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> Files.readString(SyncRecord.lines(record)).contains("\t" + NOT_FLUSHED + "-0\t"));
            assertThat(send(cluster, FLUSHED)).hasSize(RECORDS);
            assertThat(send(cluster, NOT_FLUSHED)).hasSize(RECORDS);
            cluster.processes().forEach(ChildJvm::kill);
        }
        assertThat(Disk.putBack(kafka.resolve("broker-1").resolve("storage"), record)
                        .bytes())
                .isPositive();

        try (KafkaCluster cluster = builder.start()) {
            assertThat(end(cluster, FLUSHED)).isEqualTo(RECORDS);
            assertThat(end(cluster, NOT_FLUSHED)).isLessThan(RECORDS);
        }
    }

    private static void create(KafkaCluster cluster) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            Map<String, String> asVotes =
                    Topics.allFlushed().get(0).newTopic(1, 1).configs();
            admin.createTopics(List.of(
                            new NewTopic(FLUSHED, 1, (short) 1).configs(asVotes),
                            new NewTopic(NOT_FLUSHED, 1, (short) 1).configs(Topics.VOTES.settings())))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    /** The offsets of records that were acknowledged. */
    private static List<Long> send(KafkaCluster cluster, String topic) throws Exception {
        List<Long> acknowledged = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int number = 0; number < RECORDS; number++) {
                acknowledged.add(producer.send(new ProducerRecord<>(topic, new byte[100]))
                        .get(10, TimeUnit.SECONDS)
                        .offset());
            }
        }
        return acknowledged;
    }

    private static long end(KafkaCluster cluster, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return consumer.endOffsets(List.of(partition)).getOrDefault(partition, -1L);
        }
    }
}
