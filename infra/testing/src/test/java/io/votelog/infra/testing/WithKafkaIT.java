// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@WithKafka
final class WithKafkaIT {
    @SuppressWarnings("NullAway.Init") // injected
    private static KafkaBroker inStatic;

    @SuppressWarnings("NullAway.Init") // injected
    private KafkaBroker inField;

    private final KafkaBroker inConstructor;

    WithKafkaIT(KafkaBroker broker) {
        this.inConstructor = broker;
    }

    @BeforeAll
    static void shouldInjectBeforeAll(KafkaBroker broker) {
        assertThat(inStatic).isSameAs(broker);
    }

    @Test
    void shouldInjectOneBrokerEverywhere(KafkaBroker broker) {
        assertThat(broker).isSameAs(inStatic).isSameAs(inField).isSameAs(inConstructor);
    }

    @Test
    void shouldReadBackWhatWasWritten(KafkaBroker broker) throws Exception {
        String topic = topic(broker, 3);
        try (KafkaProducer<byte[], byte[]> producer = producer(broker, Map.of("acks", "all"))) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, i % 3, bytes("k" + i), bytes("v" + i))));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
        List<String> expected = IntStream.range(0, 3)
                .boxed()
                .flatMap(p -> IntStream.range(0, 100).mapToObj(o -> p + "/" + o + "/v" + (o * 3 + p)))
                .toList();
        assertThat(TopicReader.readAll(broker.bootstrapServers(), topic))
                .extracting(r -> r.partition() + "/" + r.offset() + "/" + new String(r.value(), StandardCharsets.UTF_8))
                .isEqualTo(expected);
    }

    @Test
    void shouldLeaveOutWhatWasAborted(KafkaBroker broker) throws Exception {
        String topic = topic(broker, 1);
        try (KafkaProducer<byte[], byte[]> producer = producer(broker, Map.of("transactional.id", topic))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, bytes("kept"))).get();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, bytes("aborted"))).get();
            producer.abortTransaction();
        }
        TopicReader reader = TopicReader.of(broker.bootstrapServers());
        assertThat(values(reader, topic)).containsExactly("kept", "aborted");
        assertThat(values(reader.readCommitted(), topic)).containsExactly("kept");
    }

    @Test
    void shouldReadAnEmptyTopicAndRefuseAMissingOne(KafkaBroker broker) throws Exception {
        assertThat(TopicReader.readAll(broker.bootstrapServers(), topic(broker, 2)))
                .isEmpty();
        assertThatThrownBy(() -> TopicReader.readAll(broker.bootstrapServers(), "no-such-topic"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no-such-topic");
    }

    @Test
    void shouldHaveTheSameSettingsOnEveryRoad(KafkaBroker broker) throws Exception {
        try (Admin admin = admin(broker)) {
            String node =
                    admin.describeCluster().nodes().get().iterator().next().idString();
            ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, node);
            var config = admin.describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .values()
                    .iterator()
                    .next();
            assertThat(List.of(
                            "auto.create.topics.enable",
                            "transaction.abort.timed.out.transaction.cleanup.interval.ms",
                            "group.initial.rebalance.delay.ms",
                            "offsets.topic.replication.factor",
                            "transaction.state.log.replication.factor",
                            "transaction.state.log.min.isr",
                            "default.replication.factor"))
                    .extracting(key -> config.get(key).value())
                    .containsExactly("false", "1000", "0", "1", "1", "1", "1");
        }
    }

    @Nested
    final class ANestedClass {
        @Test
        void shouldGetTheSameBroker(KafkaBroker broker) {
            assertThat(broker).isSameAs(inStatic);
        }
    }

    static String topic(KafkaBroker broker, int partitions) throws Exception {
        String topic = "topic-" + UUID.randomUUID();
        try (Admin admin = admin(broker)) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
        return topic;
    }

    static Admin admin(KafkaBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static KafkaProducer<byte[], byte[]> producer(KafkaBroker broker, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", broker.bootstrapServers());
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static List<String> values(TopicReader reader, String topic) {
        return reader.readAll(topic).stream()
                .map(r -> new String(r.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
