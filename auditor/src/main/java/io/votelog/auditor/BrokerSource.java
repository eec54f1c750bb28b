package io.votelog.auditor;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** A running log. Reads what is committed, joins no group and leaves no trace. */
final class BrokerSource implements LogSource {
    /** Kafka's own setting of how long an answer is waited for. */
    private static final String PATIENCE_MS = "default.api.timeout.ms";

    private static final int MIB = 1 << 20;

    private final String bootstrapServers;
    private final Duration patience;
    private final Map<String, Object> config = new HashMap<>();

    /**
     * @param bootstrapServers {@code host:port}, several with commas between
     * @param clientProperties further settings of the consumer, such as TLS and SASL; an answer is waited for {@value #PATIENCE_MS}
     *     of them, by default 30,000
     */
    BrokerSource(String bootstrapServers, Map<String, String> clientProperties) {
        this.bootstrapServers = bootstrapServers;
        this.patience = patience(clientProperties.getOrDefault(PATIENCE_MS, "30000"));
        config.put("fetch.max.bytes", Integer.toString(32 * MIB));
        config.put("max.partition.fetch.bytes", Integer.toString(8 * MIB));
        // More at a time live long enough to be copied by the collector.
        config.put("max.poll.records", "1000");
        config.put("receive.buffer.bytes", Integer.toString(MIB));
        config.putAll(clientProperties);
        config.put("bootstrap.servers", bootstrapServers);
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", "false");
        config.put("allow.auto.create.topics", "false");
        config.put("enable.metrics.push", "false");
    }

    private static Duration patience(String text) {
        try {
            return Duration.ofMillis(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new AuditException("%s is '%s'; milliseconds are needed".formatted(PATIENCE_MS, text), e);
        }
    }

    @Override
    public String name() {
        return bootstrapServers;
    }

    @Override
    public List<Span> spans(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.listTopics(patience).getOrDefault(topic, List.of()).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .sorted(Comparator.comparingInt(TopicPartition::partition))
                    .toList();
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, patience);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, patience);
            return partitions.stream()
                    .map(at -> new Span(topic, at.partition(), begins.getOrDefault(at, 0L), ends.getOrDefault(at, 0L)))
                    .toList();
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    @Override
    public Records open(Span span) {
        try {
            return new Polled(span);
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    /** Follows one partition. */
    Tail tail(String topic, int partition) {
        return new Tail(consumer(), new TopicPartition(topic, partition), patience);
    }

    private final class Polled implements Records {
        private final Span span;
        private final Tail tail;

        Polled(Span span) {
            this.span = span;
            this.tail = tail(span.topic(), span.partition());
            tail.seek(span.begin());
        }

        @Override
        public @Nullable ConsumerRecord<byte[], byte[]> next() {
            ConsumerRecord<byte[], byte[]> record = tail.peek(span.end());
            tail.take();
            return record;
        }

        @Override
        public void close() {
            tail.close();
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private AuditException unreachable(KafkaException cause) {
        return new AuditException("%s cannot be read: %s".formatted(bootstrapServers, Texts.reason(cause)), cause);
    }

    @Override
    public void close() {
        // Every read has a consumer of its own.
    }
}
