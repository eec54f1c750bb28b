// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.schemas.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Topics as everybody reads them: committed records alone. */
public final class LogReader {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private final String bootstrapServers;

    /** Nothing is read yet. */
    public LogReader(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Reads a topic from its beginning to where it ends now; says whether it came there. */
    public boolean read(Topic topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed", Map.of())) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long heardNs = System.nanoTime();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
                    heardNs = System.nanoTime();
                    if (end != null && record.offset() < end) {
                        reader.accept(record);
                    }
                }
                if (System.nanoTime() - heardNs > SILENCE.toNanos()) {
                    return false;
                }
            }
            return true;
        }
    }

    /** By partition, where a topic ends for who reads committed records. */
    Map<Integer, Long> committedEnds(Topic topic) {
        return ends(topic, "read_committed");
    }

    /** Where it ends, open transactions included. */
    Map<Integer, Long> ends(Topic topic) {
        return ends(topic, "read_uncommitted");
    }

    private Map<Integer, Long> ends(Topic topic, String isolation) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation, Map.of())) {
            return byPartition(consumer.endOffsets(partitions(consumer, topic)));
        }
    }

    /** By partition, the offset that a consumer group has committed; none where it has not. */
    Map<Integer, Long> committed(String group, Topic topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed", Map.of("group.id", group))) {
            Map<TopicPartition, Long> offsets = new HashMap<>();
            consumer.committed(Set.copyOf(partitions(consumer, topic)))
                    .forEach((partition, committed) -> put(offsets, partition, committed));
            return byPartition(offsets);
        }
    }

    private static void put(
            Map<TopicPartition, Long> offsets, TopicPartition partition, @Nullable OffsetAndMetadata committed) {
        if (committed != null) {
            offsets.put(partition, committed.offset());
        }
    }

    private static Map<Integer, Long> byPartition(Map<TopicPartition, Long> offsets) {
        Map<Integer, Long> all = new TreeMap<>();
        offsets.forEach((partition, offset) -> all.put(partition.partition(), offset));
        return all;
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrapServers,
                "enable.auto.commit", "false",
                "isolation.level", isolation,
                "auto.offset.reset", "earliest",
                "max.poll.records", "5000"));
        settings.putAll(more);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, Topic topic) {
        return consumer.partitionsFor(topic.name()).stream()
                .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                .toList();
    }
}
