// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka clients as the tests of this module use them: numbered records in partition 0 of a topic. */
final class Clients {
    static final String TOPIC = "numbers";

    private Clients() {}

    static Admin admin(KafkaCluster cluster) {
        return Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
    }

    static void createTopic(KafkaCluster cluster, int replicas, int minInSync) throws Exception {
        try (Admin admin = admin(cluster)) {
            NewTopic topic = new NewTopic(TOPIC, 1, (short) replicas)
                    .configs(Map.of("min.insync.replicas", Integer.toString(minInSync)));
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    /** An idempotent producer with acks=all that gives a record up after {@code deliveryTimeoutMs}. */
    static KafkaProducer<byte[], byte[]> producer(KafkaCluster cluster, int deliveryTimeoutMs) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        cluster.bootstrapServers(),
                        "acks",
                        "all",
                        "request.timeout.ms",
                        Math.min(2_000, deliveryTimeoutMs),
                        "linger.ms",
                        0,
                        "delivery.timeout.ms",
                        deliveryTimeoutMs,
                        "max.block.ms",
                        deliveryTimeoutMs),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends the numbers {@code [from, to)} and returns when each is acknowledged. */
    static void send(KafkaProducer<byte[], byte[]> producer, int from, int to) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            byte[] number = ByteBuffer.allocate(4).putInt(i).array();
            sent.add(producer.send(new ProducerRecord<>(TOPIC, 0, null, number)));
        }
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }

    /**
     * Every number in the topic, in its order. A broker that led the topic, was paused and has just gone on tells an end that is too early until it
     * hears that another one leads; so the end is asked for until there are as many numbers as there must be.
     *
     * @param atLeast how many numbers there must be
     */
    static List<Integer> read(KafkaCluster cluster, int atLeast) {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        List<Integer> numbers = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "enable.auto.commit", false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while ((numbers.size() < atLeast || consumer.position(partition) < end(consumer, partition))
                    && System.nanoTime() < giveUp) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record ->
                                numbers.add(ByteBuffer.wrap(record.value()).getInt()));
            }
        }
        return numbers;
    }

    private static long end(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        return consumer.endOffsets(List.of(partition)).values().iterator().next();
    }
}
