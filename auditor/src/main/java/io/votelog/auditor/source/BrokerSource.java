// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.RegistryForm;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * A running log, read from its brokers. Only committed records are read; no consumer group is joined and nothing is
 * written.
 */
public final class BrokerSource implements LogSource {
    /** Kafka's setting for how long a client waits for an answer, in milliseconds. */
    private static final String PATIENCE_MS = "default.api.timeout.ms";

    private static final int MIB = 1 << 20;

    private final String bootstrapServers;
    private final Map<String, String> clientProperties;
    private final Duration patience;
    private final Map<String, Object> config = new HashMap<>();
    private final LongAdder polls = new LongAdder();

    /**
     * @param bootstrapServers {@code host:port}, several with commas between
     * @param clientProperties further settings of the consumer, such as TLS and SASL; {@value #PATIENCE_MS} among them
     *     says how many milliseconds an answer is waited for, by default 30,000
     */
    public BrokerSource(String bootstrapServers, Map<String, String> clientProperties) {
        this.bootstrapServers = bootstrapServers;
        this.patience = patience(clientProperties.getOrDefault(PATIENCE_MS, "30000"));
        config.put("fetch.max.bytes", Integer.toString(32 * MIB));
        config.put("max.partition.fetch.bytes", Integer.toString(8 * MIB));
        // With more records at a time, objects live long enough for the garbage collector to copy them.
        config.put("max.poll.records", "1000");
        config.put("receive.buffer.bytes", Integer.toString(MIB));
        this.clientProperties = clientProperties;
        config.putAll(clientProperties);
        config.put("bootstrap.servers", bootstrapServers);
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

    /** How often tails have asked for records: while it grows, whoever reads them gets on, or waits for brokers. */
    public long polls() {
        return polls.sum();
    }

    @Override
    public String name() {
        return bootstrapServers;
    }

    @Override
    public List<OffsetRange> ranges(String topic) {
        // The end includes records of open transactions; reading up to it waits for them to finish. Otherwise the
        // verdict on a vote that the results already count could lie after the end of decisions.
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_uncommitted", new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.listTopics(patience).getOrDefault(topic, List.of()).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .sorted(Comparator.comparingInt(TopicPartition::partition))
                    .toList();
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, patience);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, patience);
            return partitions.stream()
                    .map(at -> new OffsetRange(
                            topic, at.partition(), begins.getOrDefault(at, 0L), ends.getOrDefault(at, 0L)))
                    .toList();
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    @Override
    public Optional<CountedOffsets> counted(String group) {
        try (CountingProgress progress = progress(group)) {
            Map<Integer, Long> offsets = progress.counted(Topics.VOTES.name());
            return offsets.isEmpty() ? Optional.empty() : Optional.of(new CountedOffsets(group, offsets));
        } catch (AuditException e) {
            return unlessForbidden(e);
        }
    }

    @Override
    public Optional<MergedOffsets> merged(String group) {
        String merging = MergedOffsets.group(group);
        Map<Integer, Long> taken;
        try (CountingProgress progress = progress(merging)) {
            taken = progress.counted(Topics.TALLIES.name());
        } catch (AuditException e) {
            return unlessForbidden(e);
        }
        return taken.isEmpty() ? Optional.empty() : Optional.of(MergedOffsets.of(this, merging, taken));
    }

    @Override
    public Optional<String> timestampType() {
        try (CountingProgress progress = progress(CountedOffsets.GROUP)) {
            return progress.setting(Topics.VOTES.name(), TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
        } catch (AuditException e) {
            return unlessForbidden(e);
        }
    }

    @Override
    public boolean grows() {
        return true;
    }

    private CountingProgress progress(String group) {
        Map<String, Object> settings = new HashMap<>(clientProperties);
        settings.put("bootstrap.servers", bootstrapServers);
        try {
            return new CountingProgress(Admin.create(settings), group);
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    /**
     * Empty where the broker forbids the question: a user who may read the log need not be allowed to ask for groups
     * and settings.
     */
    private static <T> Optional<T> unlessForbidden(AuditException failure) {
        Throwable cause = failure.getCause() == null ? null : failure.getCause().getCause();
        if (cause instanceof AuthorizationException || cause instanceof GroupIdNotFoundException) {
            return Optional.empty();
        }
        throw failure;
    }

    @Override
    public Records stored(OffsetRange range) {
        try {
            return new Polled(range);
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    /** Follows one partition as it grows; each event is in single-object encoding, in whichever form it stands there. */
    public PartitionTail tail(String topic, int partition) {
        return tail(topic, partition, RegistryForm.deserializer());
    }

    private PartitionTail tail(String topic, int partition, Deserializer<byte[]> values) {
        return new PartitionTail(
                consumer("read_committed", values), new TopicPartition(topic, partition), patience, polls::increment);
    }

    /**
     * Reads single records of a topic, see {@link RecordReader}; each event is in single-object encoding.
     *
     * @param most how many may be read at a time
     * @param limit how long a call may wait for a free consumer, and then for its record
     */
    public RecordReader records(String topic, int most, Duration limit) {
        return new RecordReader(
                topic,
                most,
                () -> {
                    Map<String, Object> settings = new HashMap<>(config);
                    settings.put("isolation.level", "read_committed");
                    settings.put("max.poll.records", "1");
                    settings.put("auto.offset.reset", "none");
                    settings.put("fetch.max.bytes", Integer.toString(MIB));
                    settings.put("max.partition.fetch.bytes", "16384");
                    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), RegistryForm.deserializer());
                },
                limit);
    }

    private final class Polled implements Records {
        private final OffsetRange range;
        private final PartitionTail tail;

        Polled(OffsetRange range) {
            this.range = range;
            this.tail = tail(range.topic(), range.partition(), new ByteArrayDeserializer());
            tail.seek(range.begin());
        }

        @Override
        public @Nullable ConsumerRecord<byte[], byte[]> next() {
            ConsumerRecord<byte[], byte[]> record = tail.peek(range.end());
            tail.take();
            return record;
        }

        @Override
        public void close() {
            tail.close();
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation, Deserializer<byte[]> values) {
        Map<String, Object> settings = new HashMap<>(config);
        settings.put("isolation.level", isolation);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), values);
    }

    private AuditException unreachable(KafkaException cause) {
        return new AuditException("%s cannot be read: %s".formatted(bootstrapServers, Texts.reason(cause)), cause);
    }

    @Override
    public void close() {
        // Every read has a consumer of its own.
    }
}
