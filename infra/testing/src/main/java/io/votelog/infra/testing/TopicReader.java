// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads whole topics as bytes: {@code TopicReader.of(bootstrap).readCommitted().readAll(topic)}. It joins no group and
 * commits nothing.
 */
public final class TopicReader {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final String bootstrapServers;
    private final IsolationLevel isolation;

    private TopicReader(String bootstrapServers, IsolationLevel isolation) {
        this.bootstrapServers = bootstrapServers;
        this.isolation = isolation;
    }

    /** A reader of everything that was written, aborted transactions too, that takes at most 30 seconds. */
    public static TopicReader of(String bootstrapServers) {
        return new TopicReader(bootstrapServers, IsolationLevel.READ_UNCOMMITTED);
    }

    /** The same as {@code of(bootstrapServers).readAll(topic)}. */
    public static List<ConsumerRecord<byte[], byte[]>> readAll(String bootstrapServers, String topic) {
        return of(bootstrapServers).readAll(topic);
    }

    /** Makes the reader leave out aborted records and end before the first open transaction. */
    public TopicReader readCommitted() {
        return new TopicReader(bootstrapServers, IsolationLevel.READ_COMMITTED);
    }

    /**
     * Every record from the first up to the end offsets at the time of the call, partition by partition, each in the
     * order of its offsets.
     *
     * @throws IllegalArgumentException where there is no such topic
     * @throws IllegalStateException where the time is up
     */
    public List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        long end = System.nanoTime() + LIMIT.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, LIMIT).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new IllegalArgumentException("there is no topic " + topic + " at " + bootstrapServers);
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> left = new HashMap<>(consumer.endOffsets(partitions, LIMIT));
            Map<TopicPartition, Long> ends = Map.copyOf(left);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            // The consumer's position is compared, not the last record's offset: the last offset may be a transaction
            // marker or an aborted record.
            while (!removeReached(consumer, left).isEmpty()) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("reading " + topic + " took over " + LIMIT.toMillis()
                            + " ms; not read up to " + new TreeMap<>(byName(left)));
                }
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.offset() < endOf(ends, record)) {
                        records.add(record);
                    }
                });
            }
            records.sort(Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
                    .thenComparingLong(ConsumerRecord::offset));
            return List.copyOf(records);
        }
    }

    private Map<TopicPartition, Long> removeReached(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> left) {
        left.entrySet().removeIf(entry -> consumer.position(entry.getKey(), LIMIT) >= entry.getValue());
        return left;
    }

    private static long endOf(Map<TopicPartition, Long> ends, ConsumerRecord<byte[], byte[]> record) {
        return ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
    }

    private static Map<String, Long> byName(Map<TopicPartition, Long> offsets) {
        Map<String, Long> named = new HashMap<>();
        offsets.forEach((partition, offset) -> named.put(partition.toString(), offset));
        return named;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                isolation.toString().toLowerCase(Locale.ROOT),
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG,
                false);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
