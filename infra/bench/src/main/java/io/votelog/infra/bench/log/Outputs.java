// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.log;

import io.votelog.events.BallotResults;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.RegistryForm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What came of the log, as committed records have it, held against what was put into it. */
public final class Outputs {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final String bootstrapServers;
    private final MadeLog log;

    /**
     * @param bootstrapServers where the topics are
     * @param log what was put in
     */
    public Outputs(String bootstrapServers, MadeLog log) {
        this.bootstrapServers = bootstrapServers;
        this.log = log;
    }

    /** Where each topic that is looked at ends now: what is written behind is of the next reader. */
    public Map<TopicPartition, Long> ends(String... topics) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.endOffsets(partitions(consumer, topics));
        }
    }

    /** @throws BenchException where no results behind {@code from} are those of the log within half a minute */
    public void requireResults(Map<TopicPartition, Long> from) {
        require("the results", () -> {
            BallotResults[] last = new BallotResults[1];
            read(from, Topics.RESULTS.name(), record -> last[0] = results(record.value()));
            BallotResults results = last[0];
            return results != null
                    && results.getAccepted() == log.accepted()
                    && results.getRetried() == log.retried()
                    && results.getRejected().isEmpty()
                    && log.tally().equals(results.getVotes());
        });
        require("the decisions", () -> count(from, Topics.DECISIONS.name()) == log.accepted() + log.retried());
    }

    /** @throws BenchException where that does not hold within half a minute */
    public static void require(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new BenchException(what + " are not those of the log: the figures are of a wrong count");
            }
            TestSystem.pause(LOOK_AGAIN);
        }
    }

    /** The committed records of a topic behind {@code from}. */
    public long count(Map<TopicPartition, Long> from, String topic) {
        long[] records = new long[1];
        read(from, topic, record -> records[0]++);
        return records[0];
    }

    /** Reads them. */
    public void read(Map<TopicPartition, Long> from, String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(partition, from.getOrDefault(partition, 0L)));
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(reader);
            }
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String... topics) {
        return List.of(topics).stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
    }

    private static BallotResults results(byte[] value) {
        try {
            return Events.decode(value, BallotResults.class);
        } catch (MalformedEventException e) {
            throw new BenchException("results holds what are no results: " + e.getMessage());
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "enable.auto.commit", "false",
                        "isolation.level", "read_committed",
                        "max.partition.fetch.bytes", "4194304",
                        "max.poll.records", "5000"),
                new ByteArrayDeserializer(),
                RegistryForm.deserializer());
    }
}
