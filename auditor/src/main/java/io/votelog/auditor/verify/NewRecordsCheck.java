// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.seal.Commitments;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.schemas.Topics;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Holds the leaves of a tree of votes that are new against their records, and says how much of the log is not sealed.
 * Nothing is decided or counted; {@link SealedRecordsCheck} does that, and reads the whole log.
 */
public final class NewRecordsCheck {
    private final LogSource source;
    private final SealedTreeView votes;

    /**
     * Up to where leaves were held against records.
     *
     * @param leaves the number of leaves of the tree of votes; a seal begins behind them
     * @param sealedTo by partition: the offset after the last record that these leaves seal
     */
    public record Place(long leaves, List<Long> sealedTo) {
        /** Before the first leaf. */
        public static final Place BEGIN = new Place(0, List.of());

        /** The place, with a list of its own. */
        public Place {
            sealedTo = List.copyOf(sealedTo);
        }

        private long to(int partition) {
            return partition < sealedTo.size() ? sealedTo.get(partition) : 0;
        }
    }

    /**
     * What was found.
     *
     * @param upTo where the next check begins
     * @param wrong the first leaf that is not of its record; null where there is none
     * @param behind what is sealed and not in a copy of the log, which was made before it was sealed; null where nothing
     *     is. Then those leaves were not held against records, and {@code upTo} is where this check began
     * @param unsealed the number of records that are not sealed
     * @param oldestMs the broker's time of the oldest of these, milliseconds since 1970; {@link Long#MAX_VALUE} where
     *     there is none
     */
    public record Found(Place upTo, @Nullable String wrong, @Nullable String behind, long unsealed, long oldestMs) {}

    /**
     * @param source the log
     * @param votes a tree of votes whose leaves are in order
     */
    public NewRecordsCheck(LogSource source, SealedTreeView votes) {
        this.source = source;
        this.votes = votes;
    }

    /**
     * Reads the records of the leaves behind a place, and the first record of each partition that is not sealed.
     *
     * @throws io.votelog.auditor.report.AuditException when the log cannot be read
     * @throws io.votelog.auditor.tlog.TlogException when the sealed log cannot be read
     */
    public Found run(Place from) {
        long size = votes.checkpoint().size();
        long[] begins = from.sealedTo().stream().mapToLong(Long::longValue).toArray();
        SealIndex seals = SealIndex.read(votes.reader(), from.leaves(), begins, size);
        Place upTo = new Place(size, ends(from, seals));
        SealedRecordsCheck.Leaves leaves = new SealedRecordsCheck.Leaves(votes.reader(), seals);
        List<OffsetRange> ranges = source.ranges(Topics.VOTES.name());
        String behind = behind(upTo, ranges);
        String wrong = null;
        long unsealed = 0;
        long oldestMs = Long.MAX_VALUE;
        int partitions = Math.max(upTo.sealedTo().size(), ranges.size());
        for (int partition = 0; partition < partitions; partition++) {
            int wanted = partition;
            OffsetRange range = ranges.stream()
                    .filter(one -> one.partition() == wanted)
                    .findFirst()
                    .orElse(new OffsetRange(Topics.VOTES.name(), partition, 0, 0));
            long to = upTo.to(partition);
            if (behind == null && wrong == null && to > from.to(partition)) {
                wrong = compare(range, from.to(partition), to, leaves.of(partition));
            }
            if (range.end() > to) {
                unsealed += range.end() - to;
                oldestMs = Math.min(oldestMs, firstTimeMs(range, to));
            }
        }
        return new Found(behind == null ? upTo : from, wrong, behind, unsealed, oldestMs);
    }

    private static List<Long> ends(Place from, SealIndex seals) {
        List<Long> ends = from.sealedTo();
        for (SealIndex.Placed placed : seals.seals()) {
            if (placed.seal() instanceof Seal.OfLog seal) {
                ends = Arrays.stream(seal.ends()).boxed().toList();
            }
        }
        return ends;
    }

    /** A copy may be older than the seals; brokers hold whatever was sealed of them. */
    private @Nullable String behind(Place upTo, List<OffsetRange> ranges) {
        if (source.grows()) {
            return null;
        }
        for (int partition = 0; partition < upTo.sealedTo().size(); partition++) {
            int wanted = partition;
            long end = ranges.stream()
                    .filter(range -> range.partition() == wanted)
                    .mapToLong(OffsetRange::end)
                    .findFirst()
                    .orElse(0);
            if (end < upTo.to(partition)) {
                return "%s ends at offset %d of partition %d, and it is sealed up to offset %d: it was made before that, or cut"
                        .formatted(source.name(), end, partition, upTo.to(partition));
            }
        }
        return null;
    }

    private @Nullable String compare(OffsetRange range, long from, long to, Iterator<byte[]> leaves) {
        if (range.begin() > from) {
            return "votes partition %d: the log begins at offset %d, and offset %d is sealed"
                    .formatted(range.partition(), range.begin(), from);
        }
        OffsetRange sealed = new OffsetRange(range.topic(), range.partition(), from, Math.min(to, range.end()));
        Comparison comparison = new Comparison(sealed, leaves);
        if (sealed.begin() < sealed.end()) {
            source.read(sealed, comparison::take);
        }
        return comparison.wrong(to);
    }

    /** Some sources read more than the range that is asked for, and say only at the end whether it was undamaged. */
    private static final class Comparison {
        private final OffsetRange range;
        private final Iterator<byte[]> leaves;
        private final Commitments commitments = new Commitments();
        private long next;
        private @Nullable String wrong;

        Comparison(OffsetRange range, Iterator<byte[]> leaves) {
            this.range = range;
            this.leaves = leaves;
            this.next = range.begin();
        }

        void take(ConsumerRecord<byte[], byte[]> record) {
            if (wrong != null || record.offset() < range.begin() || record.offset() >= range.end()) {
                return;
            }
            if (record.offset() != next) {
                wrong = "offset %d is missing in the log, and it is sealed".formatted(next);
            } else if (!leaves.hasNext()
                    || !Arrays.equals(leaves.next(), commitments.leaf(record).entry())) {
                wrong = "offset %d holds another record than the one that is sealed".formatted(next);
            }
            next++;
        }

        @Nullable
        String wrong(long to) {
            if (wrong == null && next < to) {
                wrong = "the log ends at offset %d, and more of it is sealed: it was cut short".formatted(next);
            }
            return wrong == null ? null : "votes partition %d: %s".formatted(range.partition(), wrong);
        }
    }

    private long firstTimeMs(OffsetRange range, long from) {
        long begin = Math.max(range.begin(), from);
        try (LogSource.Records records =
                source.open(new OffsetRange(range.topic(), range.partition(), begin, range.end()))) {
            for (var record = records.next(); record != null; record = records.next()) {
                if (record.offset() >= begin) {
                    return record.timestamp();
                }
            }
            return Long.MAX_VALUE;
        }
    }
}
