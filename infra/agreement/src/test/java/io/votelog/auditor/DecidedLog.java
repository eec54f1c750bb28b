// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor;

import io.votelog.auditor.source.Dump;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.VoteDecided;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.RegistryForm;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.streams.topology.VerdictListener;
import io.votelog.streams.topology.VotelogTopology;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** A random log together with everything that the topology published about it, as the auditor reads them. */
final class DecidedLog implements LogSource {
    private static final Duration LONG_ENOUGH_TO_EMIT = Duration.ofSeconds(1);

    private final Map<String, List<ConsumerRecord<byte[], byte[]>>> topics = new TreeMap<>();

    /**
     * Has the topology decide and count the log.
     *
     * @param schemas in which form it writes
     * @param shownAt the number of records that the last published results count; results for half as many are
     *     published too
     */
    DecidedLog(DrawnLog drawn, SchemaIds schemas, int shownAt, Path stateDir) {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "agreement");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        Topology topology = new VotelogTopology(
                        DrawnLog.keys(),
                        partition -> Long.MAX_VALUE,
                        VotelogTopology.RESULTS_INTERVAL,
                        results -> {},
                        turnout -> {},
                        (key, row) -> {},
                        VerdictListener.NONE,
                        schemas)
                .whole();
        for (var topic : Dump.TOPICS) {
            topics.put(topic.name(), new ArrayList<>());
        }
        drawn.claims().forEach(claim -> add(Topics.BALLOTS.name(), null, claim, 0, new RecordHeaders()));
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, config)) {
            TestInputTopic<byte[], byte[]> votes =
                    driver.createInputTopic(Topics.VOTES.name(), new ByteArraySerializer(), new ByteArraySerializer());
            int piped = 0;
            for (DrawnLog.Record record : drawn.records()) {
                if (piped == shownAt / 2 || piped == shownAt) {
                    // Two timers that trigger one after the other: the tally's, then the merge's.
                    driver.advanceWallClockTime(LONG_ENOUGH_TO_EMIT);
                    driver.advanceWallClockTime(LONG_ENOUGH_TO_EMIT);
                    take(driver, Topics.RESULTS.name());
                }
                piped++;
                votes.pipeInput(new TestRecord<>(
                        record.key(),
                        record.value(),
                        new RecordHeaders(record.headers()),
                        Instant.ofEpochMilli(record.timestampMs())));
                add(Topics.VOTES.name(), record.key(), record.value(), record.timestampMs(), record.headers());
            }
            take(driver, Topics.DECISIONS.name());
            take(driver, Topics.DEAD_LETTERS.name());
        }
    }

    private void take(TopologyTestDriver driver, String topic) {
        driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList()
                .forEach(record -> add(topic, record.key(), record.value(), record.timestamp(), record.headers()));
    }

    private void add(String topic, byte[] key, byte[] value, long timestampMs, Headers headers) {
        List<ConsumerRecord<byte[], byte[]>> records = topics.get(topic);
        records.add(new ConsumerRecord<>(
                topic,
                0,
                records.size(),
                timestampMs,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key,
                value,
                headers,
                Optional.empty()));
    }

    /** The same log, of which this many records of votes were written. */
    LogSource upTo(int votes) {
        DecidedLog whole = this;
        return new LogSource() {
            @Override
            public String name() {
                return whole.name();
            }

            @Override
            public List<OffsetRange> ranges(String topic) {
                return topic.equals(Topics.VOTES.name())
                        ? List.of(new OffsetRange(topic, 0, 0, votes))
                        : whole.ranges(topic);
            }

            @Override
            public Records stored(OffsetRange range) {
                return whole.stored(range);
            }

            @Override
            public void close() {
                whole.close();
            }
        };
    }

    /** The records of a topic, events in single-object encoding. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return topics.get(topic).stream().map(RegistryForm::toSingleObject).toList();
    }

    /** The topology's outcome of each record of votes, by offset, in the auditor's words; control records have none. */
    Map<Long, String> outcomes() throws MalformedEventException {
        Map<Long, String> outcomes = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records(Topics.DECISIONS.name())) {
            VoteDecided decided = Events.decode(record.value(), VoteDecided.class);
            String reason = decided.getReason() == null ? "" : " " + decided.getReason();
            outcomes.put(decided.getVoteOffset(), decided.getOutcome() + reason);
        }
        for (ConsumerRecord<byte[], byte[]> record : records(Topics.DEAD_LETTERS.name())) {
            outcomes.put(
                    Long.parseLong(header(record, DeadLetters.OFFSET)),
                    "no vote: " + header(record, DeadLetters.CAUSE));
        }
        return outcomes;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Override
    public String name() {
        return "a drawn log";
    }

    @Override
    public List<OffsetRange> ranges(String topic) {
        return List.of(new OffsetRange(topic, 0, 0, records(topic).size()));
    }

    @Override
    public Records stored(OffsetRange range) {
        Iterator<ConsumerRecord<byte[], byte[]>> records =
                topics.get(range.topic()).iterator();
        return new Records() {
            @Override
            public ConsumerRecord<byte[], byte[]> next() {
                return records.hasNext() ? records.next() : null;
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
