// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.EventBytes;
import io.votelog.auditor.count.ParallelTasks;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.PublishedVerdict;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.count.RecordOutcomes;
import io.votelog.auditor.count.VoteHasher;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.VoteDecided;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Checks every published verdict against the one that is decided here. A verdict names its vote by partition and
 * offset. The same verdict may be published more than once, since a vote that is read again is decided again.
 */
public final class DecisionsCheck {
    /** The step's title in the report. */
    public static final String TITLE = "Every published verdict is the one found here";

    /** The header with the id of a decision's event: the vote's partition, a slash and the vote's offset. */
    private static final String EVENT_ID = "ce_id";

    /** The most characters of a partition's number with the slash after it. */
    private static final int MOST_DIGITS = 10;

    private final LogSource source;
    private final List<OffsetRange> ranges;
    private final IntToLongFunction countedTo;
    private final Map<Integer, PartitionReplay> replays;

    private long differences;
    private @Nullable Difference first;

    /**
     * @param ranges of decisions, noted before the ends of votes
     * @param countedTo gives, for a partition of votes, the offset below which every vote must have its verdict
     */
    DecisionsCheck(
            LogSource source, List<OffsetRange> ranges, IntToLongFunction countedTo, List<PartitionReplay> replays) {
        this.source = source;
        this.ranges = ranges;
        this.countedTo = countedTo;
        this.replays = replays.stream().collect(Collectors.toMap(PartitionReplay::partition, Function.identity()));
    }

    private record Difference(int partition, long offset, String what) {
        boolean before(Difference other) {
            return partition < other.partition || partition == other.partition && offset < other.offset;
        }

        @Override
        public String toString() {
            return "votes partition %d, offset %d: %s".formatted(partition, offset, what);
        }
    }

    void run(Report report, int threads, Progress progress) {
        if (ranges.isEmpty()) {
            report.skip(TITLE, "there is no " + Topics.DECISIONS.name());
            return;
        }
        long beginNs = System.nanoTime();
        Progress.Total total = progress.total(
                "comparing verdicts",
                ranges.stream().mapToLong(range -> range.end() - range.begin()).sum());
        List<DecisionsPartition> parts = ranges.stream()
                .map(range -> new DecisionsPartition(range, total))
                .toList();
        try {
            ParallelTasks.run(threads, List.copyOf(parts));
        } finally {
            progress.end();
        }
        Map<Integer, BitSet> seen = new HashMap<>();
        long read = 0;
        long decisions = 0;
        long unexplained = 0;
        for (DecisionsPartition part : parts) {
            part.seen.forEach((partition, offsets) ->
                    seen.computeIfAbsent(partition, any -> new BitSet()).or(offsets));
            read += part.read;
            decisions += part.decisions;
            unexplained += part.unexplained;
            differences += part.differences;
            first = part.first != null && (first == null || part.first.before(first)) ? part.first : first;
        }
        long waiting = findMissing(seen);
        report.read(Topics.DECISIONS.name(), read, Duration.ofNanos(System.nanoTime() - beginNs));
        if (first != null) {
            report.fail(TITLE, Texts.count(differences, "difference") + ", the first one at " + first);
            return;
        }
        if (unexplained > 0) {
            report.skip(
                    TITLE,
                    "%s on what is behind the end of votes. This copy does not tell whether votes were cut: where its topics ended was"
                                    .formatted(Texts.count(unexplained, "verdict"))
                            + " not noted in their order");
            return;
        }
        report.pass(
                TITLE,
                Texts.count(decisions, "verdict")
                        + (waiting == 0
                                ? ""
                                : "; " + Texts.count(waiting, "vote") + " behind what was counted wait for one"));
    }

    /** Checks one partition of decisions. Its verdicts may be on votes of another partition. */
    private final class DecisionsPartition implements Runnable {
        private final OffsetRange range;
        private final Progress.Total total;
        private final EventBytes bytes = new EventBytes();
        private final VoteHasher hasher = new VoteHasher();
        private final Map<Integer, BitSet> seen = new HashMap<>();
        private long read;
        private long decisions;
        private long unexplained;
        private long differences;
        private @Nullable Difference first;

        DecisionsPartition(OffsetRange range, Progress.Total total) {
            this.range = range;
            this.total = total;
        }

        @Override
        public void run() {
            source.read(range, record -> {
                take(record);
                read++;
                total.one();
            });
        }

        private void take(ConsumerRecord<byte[], byte[]> record) {
            PublishedVerdict decided;
            try {
                decided = PublishedVerdict.read(bytes, record.value());
                if (decided == null) {
                    decided = PublishedVerdict.of(Events.decode(record.value(), VoteDecided.class));
                }
            } catch (MalformedEventException e) {
                differ(
                        record.partition(),
                        -1,
                        "%s, offset %d, holds no verdict: %s"
                                .formatted(record.topic(), record.offset(), e.getMessage()));
                return;
            }
            int partition = partitionOf(record);
            long offset = decided.voteOffset();
            PartitionReplay replay = replays.get(partition);
            if (replay == null) {
                differ(partition, offset, "a verdict on a vote of a partition that this log does not have");
                return;
            }
            if (offset >= replay.nextOffset()) {
                if (source.derivedTopicsFirst()) {
                    differ(
                            partition,
                            offset,
                            "published %s on a vote that is not there: the partition ends at offset %d"
                                    .formatted(RecordOutcome.text(decided.outcome()), replay.nextOffset()));
                } else {
                    unexplained++;
                }
                return;
            }
            decisions++;
            RecordOutcomes outcomes = replay.outcomes();
            byte here = outcomes.at(offset);
            byte there = decided.outcome();
            if (here != there) {
                differ(
                        partition,
                        offset,
                        "published %s, found here %s".formatted(RecordOutcome.text(there), RecordOutcome.text(here)));
            } else if (!sameVote(record.key(), decided, outcomes.voteHash(offset))) {
                differ(
                        partition,
                        offset,
                        "the verdict is on another vote or another voter: id %s on ballot %s of %s"
                                .formatted(
                                        new UUID(decided.idHigh(), decided.idLow()),
                                        decided.ballotId(),
                                        Instant.ofEpochMilli(decided.recordedAtMs())));
            }
            if (offset >= 0) {
                seen.computeIfAbsent(partition, any -> new BitSet()).set((int) offset);
            }
        }

        private boolean sameVote(byte @Nullable [] key, PublishedVerdict decided, long voteHash) {
            if (key == null || key.length != Pseudonym.LENGTH) {
                return false;
            }
            ByteBuffer voter = ByteBuffer.wrap(key);
            return voteHash
                    == hasher.of(
                            voter.getLong(),
                            voter.getLong(),
                            decided.idHigh(),
                            decided.idLow(),
                            decided.ballotId(),
                            decided.recordedAtMs());
        }

        private void differ(int partition, long offset, String what) {
            differences++;
            Difference difference = new Difference(partition, offset, what);
            first = first == null || difference.before(first) ? difference : first;
        }
    }

    /**
     * The partition of the vote. It is the decision's own partition, unless the vote's partition is not the one of its
     * key.
     */
    private static int partitionOf(ConsumerRecord<byte[], byte[]> record) {
        Header id = record.headers().lastHeader(EVENT_ID);
        if (id == null || id.value() == null) {
            return record.partition();
        }
        byte[] text = id.value();
        int partition = 0;
        for (int at = 0; at < text.length && at < MOST_DIGITS; at++) {
            if (text[at] == '/' && at > 0) {
                return partition;
            }
            if (text[at] < '0' || text[at] > '9') {
                break;
            }
            partition = 10 * partition + text[at] - '0';
        }
        return record.partition();
    }

    /** Finds counted votes without a published verdict; returns how many other votes have no verdict yet. */
    private long findMissing(Map<Integer, BitSet> seen) {
        long waiting = 0;
        for (PartitionReplay replay : replays.values()) {
            BitSet published = seen.getOrDefault(replay.partition(), new BitSet());
            long needed = countedTo.applyAsLong(replay.partition());
            for (long offset = 0; offset < replay.outcomes().end(); offset++) {
                byte here = replay.outcomes().at(offset);
                if (!RecordOutcome.isVerdict(here) || published.get((int) offset)) {
                    continue;
                }
                if (offset < needed) {
                    differ(replay.partition(), offset, "published nothing, found here " + RecordOutcome.text(here));
                } else {
                    waiting++;
                }
            }
        }
        return waiting;
    }

    private void differ(int partition, long offset, String what) {
        differences++;
        Difference difference = new Difference(partition, offset, what);
        if (first == null || difference.before(first)) {
            first = difference;
        }
    }
}
