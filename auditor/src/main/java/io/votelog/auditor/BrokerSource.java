package io.votelog.auditor;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
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
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MIB = 1 << 20;

    private final String bootstrapServers;
    private final Map<String, Object> config = new HashMap<>();

    /**
     * @param bootstrapServers {@code host:port}, several with commas between
     * @param clientProperties further settings of the consumer, such as TLS and SASL
     */
    BrokerSource(String bootstrapServers, Map<String, String> clientProperties) {
        this.bootstrapServers = bootstrapServers;
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

    @Override
    public String name() {
        return bootstrapServers;
    }

    @Override
    public List<Span> spans(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.listTopics(PATIENCE).getOrDefault(topic, List.of()).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .sorted(Comparator.comparingInt(TopicPartition::partition))
                    .toList();
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, PATIENCE);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
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

    private final class Polled implements Records {
        private final Span span;
        private final TopicPartition at;
        private final KafkaConsumer<byte[], byte[]> consumer;
        private Iterator<ConsumerRecord<byte[], byte[]>> polled = Collections.emptyIterator();

        Polled(Span span) {
            this.span = span;
            this.at = new TopicPartition(span.topic(), span.partition());
            this.consumer = consumer();
            consumer.assign(List.of(at));
            consumer.seek(at, span.begin());
        }

        @Override
        public @Nullable ConsumerRecord<byte[], byte[]> next() {
            if (!polled.hasNext()) {
                poll();
            }
            if (!polled.hasNext()) {
                return null;
            }
            ConsumerRecord<byte[], byte[]> record = polled.next();
            return record.offset() < span.end() ? record : null;
        }

        /** Gets records, unless the end is reached: a transaction's marker, or what was aborted, may be all that is left. */
        private void poll() {
            try {
                long progressNs = System.nanoTime();
                while (!polled.hasNext() && consumer.position(at, PATIENCE) < span.end()) {
                    long before = consumer.position(at);
                    polled = consumer.poll(Duration.ofSeconds(1)).iterator();
                    long nowNs = System.nanoTime();
                    if (consumer.position(at) > before) {
                        progressNs = nowNs;
                    } else if (nowNs - progressNs > PATIENCE.toNanos()) {
                        throw new AuditException("%s gives nothing behind offset %d of %s for %d s"
                                .formatted(bootstrapServers, before, span, PATIENCE.toSeconds()));
                    }
                }
            } catch (KafkaException e) {
                throw unreachable(e);
            }
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private AuditException unreachable(KafkaException cause) {
        return new AuditException("%s cannot be read: %s".formatted(bootstrapServers, cause.getMessage()), cause);
    }

    @Override
    public void close() {
        // Every read has a consumer of its own.
    }
}
