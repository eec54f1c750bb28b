// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.compare;

import io.votelog.auditor.compare.Comparison.Difference;
import io.votelog.auditor.compare.Comparison.Partition;
import io.votelog.auditor.compare.Comparison.Tallies;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.LogSource.Records;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.VoteAnnulled;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Compares two logs record by record, and decides the votes of both. Partitions are read one after the other, from both
 * logs at a time; only the counts are kept.
 */
public final class LogComparison {
    /** The topics that make a log. Everything else that is published is derived from them. */
    private static final List<Topic> TOPICS = List.of(Topics.BALLOTS, Topics.VOTES);

    private final Log a;
    private final Log b;
    private final Progress progress;

    /**
     * Compares two copies of what is said to be one log.
     *
     * @param keys whose control records are obeyed in both
     * @param progress told how many records were read
     */
    public LogComparison(LogSource a, LogSource b, LogKeys keys, Progress progress) {
        this.a = new Log(a, keys);
        this.b = new Log(b, keys);
        this.progress = progress;
    }

    /** One of the two logs, with its ballots as counted so far. */
    private static final class Log {
        private final LogSource source;
        private final LogKeys keys;
        private final Map<String, List<PartitionBallot>> partitionBallots = new TreeMap<>();

        Log(LogSource source, LogKeys keys) {
            this.source = source;
            this.keys = keys;
        }

        Map<Integer, OffsetRange> ranges(Topic topic) {
            return source.ranges(topic.name()).stream()
                    .collect(Collectors.toMap(
                            OffsetRange::partition, range -> range, (one, other) -> one, TreeMap::new));
        }

        @Nullable
        Tally tally(String ballotId) {
            List<PartitionBallot> found = partitionBallots.get(ballotId);
            return found == null ? null : Tally.of(found);
        }
    }

    /** One partition of one log while it is read. */
    private static final class Reader implements AutoCloseable {
        private final Log log;
        private final long end;
        private final Records records;
        private final @Nullable PartitionReplay replay;
        private @Nullable ConsumerRecord<byte[], byte[]> record;

        Reader(Log log, @Nullable OffsetRange range, boolean votes) {
            this.log = log;
            this.end = range == null ? 0 : range.end();
            this.records = range == null ? new NoRecords() : log.source.open(range);
            this.replay = votes && range != null
                    ? new PartitionReplay(range.partition(), log.keys, ballotId -> Long.MAX_VALUE, Map.of())
                    : null;
            advance();
        }

        void advance() {
            record = records.next();
            if (record != null && replay != null) {
                replay.take(record);
            }
        }

        long offset() {
            return record == null ? Long.MAX_VALUE : record.offset();
        }

        String describe() {
            if (record == null) {
                return "nothing";
            }
            SpecificRecord event = event(record.value());
            String verdict =
                    replay == null ? "" : RecordOutcome.text(replay.outcomes().at(record.offset()));
            if (event instanceof VoteCast vote) {
                return "a vote on %s for %s: %s"
                        .formatted(vote.getBallotId(), String.join(", ", vote.getChoices()), verdict);
            }
            if (event instanceof VoteAnnulled annulled) {
                return "the annulment of vote %s on %s: %s"
                        .formatted(annulled.getVoteId(), annulled.getBallotId(), annulled.getReason());
            }
            return event == null ? "no event" : event.getSchema().getName();
        }

        void keep() {
            if (replay != null) {
                replay.ballots().forEach(ballot -> log.partitionBallots
                        .computeIfAbsent(ballot.ballot().id(), any -> new ArrayList<>())
                        .add(ballot));
            }
        }

        @Override
        public void close() {
            records.close();
        }
    }

    /** The records of a partition that a log does not have. */
    private static final class NoRecords implements Records {
        @Override
        public @Nullable ConsumerRecord<byte[], byte[]> next() {
            return null;
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    /**
     * @throws AuditException when a log cannot be read
     */
    public Comparison run() {
        List<Partition> partitions = new ArrayList<>();
        for (Topic topic : TOPICS) {
            Map<Integer, OffsetRange> inA = a.ranges(topic);
            Map<Integer, OffsetRange> inB = b.ranges(topic);
            if (inA.isEmpty() && inB.isEmpty() && topic.equals(Topics.VOTES)) {
                throw new AuditException(
                        "neither %s nor %s has %s".formatted(a.source.name(), b.source.name(), topic.name()));
            }
            Set<Integer> all = new TreeSet<>(inA.keySet());
            all.addAll(inB.keySet());
            for (int partition : all) {
                partitions.add(compare(topic, partition, inA.get(partition), inB.get(partition)));
            }
        }
        List<Tallies> ballots = Stream.concat(
                        a.partitionBallots.keySet().stream(), b.partitionBallots.keySet().stream())
                .distinct()
                .sorted()
                .map(id -> new Tallies(id, a.tally(id), b.tally(id)))
                .toList();
        return Comparison.of(a.source.name(), b.source.name(), partitions, ballots);
    }

    private Partition compare(Topic topic, int partition, @Nullable OffsetRange inA, @Nullable OffsetRange inB) {
        boolean votes = topic.equals(Topics.VOTES);
        long differing = 0;
        Difference first = null;
        try (Reader ofA = new Reader(a, inA, votes);
                Reader ofB = new Reader(b, inB, votes)) {
            progress.begin("comparing %s/%d".formatted(topic.name(), partition), Math.max(ofA.end, ofB.end));
            while (ofA.record != null || ofB.record != null) {
                long offset = Math.min(ofA.offset(), ofB.offset());
                Optional<String> what = difference(offset, ofA, ofB, inA != null && inB != null);
                if (what.isPresent()) {
                    differing++;
                    first = first == null ? found(topic, partition, offset, what.get(), ofA, ofB) : first;
                }
                boolean next = ofA.offset() == offset;
                if (ofB.offset() == offset) {
                    ofB.advance();
                }
                if (next) {
                    ofA.advance();
                }
                progress.at(offset + 1);
            }
            progress.end();
            ofA.keep();
            ofB.keep();
            return new Partition(topic.name(), partition, ofA.end, ofB.end, differing, first);
        }
    }

    /**
     * What differs at an offset where at least one log has a record; empty where nothing does, or the other log has
     * ended.
     */
    private static Optional<String> difference(long offset, Reader ofA, Reader ofB, boolean inBoth) {
        if (ofA.record == null || ofA.offset() != offset) {
            return offset >= ofA.end && inBoth ? Optional.empty() : Optional.of("missing in A");
        }
        if (ofB.record == null || ofB.offset() != offset) {
            return offset >= ofB.end && inBoth ? Optional.empty() : Optional.of("missing in B");
        }
        List<String> what = differences(ofA.record, ofB.record);
        return what.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", what));
    }

    private static Difference found(Topic topic, int partition, long offset, String what, Reader ofA, Reader ofB) {
        long recordedAtMs = Stream.of(ofA, ofB)
                .filter(reader -> reader.offset() == offset)
                .mapToLong(reader -> reader.record == null ? Long.MAX_VALUE : reader.record.timestamp())
                .min()
                .orElse(0);
        return new Difference(
                topic.name(),
                partition,
                offset,
                Instant.ofEpochMilli(recordedAtMs),
                what,
                ofA.offset() == offset ? ofA.describe() : "nothing",
                ofB.offset() == offset ? ofB.describe() : "nothing");
    }

    private static List<String> differences(ConsumerRecord<byte[], byte[]> inA, ConsumerRecord<byte[], byte[]> inB) {
        List<String> what = new ArrayList<>();
        boolean sameKey = Arrays.equals(inA.key(), inB.key());
        boolean sameValue = Arrays.equals(inA.value(), inB.value());
        boolean sameHeaders = inA.headers().equals(inB.headers());
        if (sameKey && sameValue && sameHeaders && inA.timestamp() == inB.timestamp()) {
            return what;
        }
        if (!sameKey) {
            what.add("another voter");
        }
        if (!sameValue) {
            addDifferences(what, event(inA.value()), event(inB.value()));
        }
        if (inA.timestamp() != inB.timestamp()) {
            what.add("another time (%s in A, %s in B)"
                    .formatted(Instant.ofEpochMilli(inA.timestamp()), Instant.ofEpochMilli(inB.timestamp())));
        }
        if (!sameHeaders) {
            what.add("other headers");
        }
        return what;
    }

    private static void addDifferences(List<String> what, @Nullable SpecificRecord inA, @Nullable SpecificRecord inB) {
        int before = what.size();
        if (inA instanceof VoteCast one && inB instanceof VoteCast other) {
            if (!one.getVoteId().equals(other.getVoteId())) {
                what.add("another vote id");
            }
            if (!one.getBallotId().equals(other.getBallotId())) {
                what.add("another ballot");
            }
            if (!Set.copyOf(one.getChoices()).equals(Set.copyOf(other.getChoices()))) {
                what.add("other choices");
            } else if (!one.getChoices().equals(other.getChoices())) {
                what.add("the choices in another order, or repeated");
            }
            if (!one.getSalt().equals(other.getSalt())) {
                what.add("another salt");
            }
        } else if (inA != null && inB != null && !inA.getSchema().equals(inB.getSchema())) {
            what.add("another kind of event");
        }
        if (what.size() == before) {
            what.add("another value");
        }
    }

    private static @Nullable SpecificRecord event(byte @Nullable [] value) {
        try {
            return Events.decode(value).event();
        } catch (MalformedEventException e) {
            return null;
        }
    }
}
