// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.Decided;
import io.votelog.auditor.count.EventBytes;
import io.votelog.auditor.count.Marks;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.count.RecordOutcomes;
import io.votelog.auditor.count.Workers;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.Span;
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
 * Holds every verdict that was published against the one that was found here. A vote is named by its partition and offset: the
 * same verdict may stand there more than once, since a vote that is met again is decided again.
 */
public final class DecisionsCheck {
    public static final String TITLE = "Every published verdict is the one found here";

    /** The id of a decision's event: the vote's partition, a slash and its offset. */
    private static final String EVENT_ID = "ce_id";

    /** A partition's number and the slash behind it are not longer. */
    private static final int MOST_DIGITS = 10;

    private final LogSource source;
    private final List<Span> spans;
    private final IntToLongFunction countedTo;
    private final Map<Integer, PartitionReplay> replays;

    private long differences;
    private @Nullable Difference first;

    /**
     * @param spans of decisions, as they were before it was noted where votes end
     * @param countedTo for a partition of votes: every vote below this offset must have its verdict
     */
    DecisionsCheck(LogSource source, List<Span> spans, IntToLongFunction countedTo, List<PartitionReplay> replays) {
        this.source = source;
        this.spans = spans;
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
        if (spans.isEmpty()) {
            report.skip(TITLE, "there is no " + Topics.DECISIONS.name());
            return;
        }
        long beginNs = System.nanoTime();
        Progress.Total total = progress.total(
                "comparing verdicts",
                spans.stream().mapToLong(span -> span.end() - span.begin()).sum());
        List<Part> parts = spans.stream().map(span -> new Part(span, total)).toList();
        try {
            Workers.run(threads, List.copyOf(parts));
        } finally {
            progress.end();
        }
        Map<Integer, BitSet> seen = new HashMap<>();
        long read = 0;
        long decisions = 0;
        long unexplained = 0;
        for (Part part : parts) {
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

    /** One partition of decisions. A verdict in it may be on a vote in another one. */
    private final class Part implements Runnable {
        private final Span span;
        private final Progress.Total total;
        private final EventBytes bytes = new EventBytes();
        private final Marks marks = new Marks();
        private final Map<Integer, BitSet> seen = new HashMap<>();
        private long read;
        private long decisions;
        private long unexplained;
        private long differences;
        private @Nullable Difference first;

        Part(Span span, Progress.Total total) {
            this.span = span;
            this.total = total;
        }

        @Override
        public void run() {
            source.read(span, record -> {
                take(record);
                read++;
                total.one();
            });
        }

        private void take(ConsumerRecord<byte[], byte[]> record) {
            Decided decided;
            try {
                decided = Decided.read(bytes, record.value());
                if (decided == null) {
                    decided = Decided.of(Events.decode(record.value(), VoteDecided.class));
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
                if (source.inOrder()) {
                    differ(
                            partition,
                            offset,
                            "published %s on a vote that is not there: the partition ends at offset %d"
                                    .formatted(RecordOutcome.text(decided.finding()), replay.nextOffset()));
                } else {
                    unexplained++;
                }
                return;
            }
            decisions++;
            RecordOutcomes findings = replay.findings();
            byte here = findings.kind(offset);
            byte there = decided.finding();
            if (here != there) {
                differ(
                        partition,
                        offset,
                        "published %s, found here %s".formatted(RecordOutcome.text(there), RecordOutcome.text(here)));
            } else if (!sameVote(record.key(), decided, findings.markAt(offset))) {
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

        private boolean sameVote(byte @Nullable [] key, Decided decided, long mark) {
            if (key == null || key.length != Pseudonym.LENGTH) {
                return false;
            }
            ByteBuffer voter = ByteBuffer.wrap(key);
            return mark
                    == marks.of(
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

    /** Where the vote stands; it is the decision's own partition unless the vote's is not that of its key. */
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

    /** Votes that were counted and that nothing was published on; says how many others have no verdict yet. */
    private long findMissing(Map<Integer, BitSet> seen) {
        long waiting = 0;
        for (PartitionReplay replay : replays.values()) {
            BitSet published = seen.getOrDefault(replay.partition(), new BitSet());
            long needed = countedTo.applyAsLong(replay.partition());
            for (long offset = 0; offset < replay.findings().end(); offset++) {
                byte here = replay.findings().kind(offset);
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
