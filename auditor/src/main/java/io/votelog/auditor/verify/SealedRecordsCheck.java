// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.Commitments;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.auditor.tlog.tiles.TlogReader;
import io.votelog.events.BallotPublished;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Checks the leaves against the log: each leaf of the tree of votes against its record, and each leaf of the tree of
 * verdicts against the verdict that is decided here. It counts records that are not sealed; no partition may be left
 * out.
 */
public final class SealedRecordsCheck {
    /** The title of the step on leaves and records. */
    public static final String LEAVES = "Each leaf is of the record that stands in votes";
    /** The title of the step on verdicts. */
    public static final String VERDICTS = "Each sealed verdict is the one found here";

    /** The title of the step on partitions. */
    public static final String PARTITIONS = "No partition of votes is left out";
    /** The title of the step on records that are not sealed. */
    public static final String UNSEALED = "What stands in votes is sealed, but for what is named here";

    /** The titles of the steps that need the log itself. */
    static final List<String> TITLES = List.of(LEAVES, PARTITIONS, UNSEALED, FinalResultsCheck.TITLE, VERDICTS);

    /**
     * Tolerance for brokers' clocks that differ, and for records that were appended just now and are not sealed yet.
     */
    static final Duration GRACE = Duration.ofMinutes(10);

    private final Leaves votes;
    private final Leaves verdicts;
    private final Bounds bounds;
    private final List<Seal.OfLog> seals;

    /** By seal: the latest time of a record that it seals. */
    private final long[] newest;

    /**
     * By seal: the earliest time of a record that follows a partition's sealed records, where the seal seals none of
     * that partition.
     */
    private final long[] leftOut;

    private final int[] leftOutPartition;
    private final List<Unsealed> unsealed = new ArrayList<>();
    private long unsealedRecords;
    private long records;
    private int partitionsOfLog;
    private boolean publishedBehind;
    private @Nullable String firstWrongLeaf;
    private @Nullable String firstWrongVerdict;
    private long leaves;
    private long decided;

    SealedRecordsCheck(Leaves votes, Leaves verdicts, Bounds bounds) {
        this.votes = votes;
        this.verdicts = verdicts;
        this.bounds = bounds;
        this.seals = votes.seals().seals().stream()
                .filter(placed -> placed.seal() instanceof Seal.OfLog)
                .map(placed -> (Seal.OfLog) placed.seal())
                .toList();
        this.newest = new long[seals.size()];
        this.leftOut = new long[seals.size()];
        this.leftOutPartition = new int[seals.size()];
        Arrays.fill(newest, Long.MIN_VALUE);
        Arrays.fill(leftOut, Long.MAX_VALUE);
    }

    /**
     * How much of the log may be unsealed.
     *
     * @param mostUnsealed the most records that may be unsealed; null where there is no such bound
     * @param now the time by this machine's clock
     */
    public record Bounds(@Nullable Long mostUnsealed, Instant now) {}

    /**
     * The records of a partition that are not sealed.
     *
     * @param from the first offset that is not sealed
     * @param records the number of these records
     * @param sinceMs the broker's time of the oldest of these records, milliseconds since 1970
     */
    private record Unsealed(int partition, long from, long records, long sinceMs) {
        @Override
        public String toString() {
            return "partition %d: %s from offset %d on, the oldest of %s"
                    .formatted(partition, Texts.count(records, "record"), from, Instant.ofEpochMilli(sinceMs));
        }
    }

    /** A tree with the index of its seals. */
    record Leaves(TlogReader reader, SealIndex seals) {
        /** The entries of one partition's records, in their order. */
        Iterator<byte[]> of(int partition) {
            Iterator<SealIndex.Placed> placed = seals.seals().iterator();
            LeafCursor cursor = new LeafCursor(reader);
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    while (!cursor.hasNext() && placed.hasNext()) {
                        SealIndex.Placed next = placed.next();
                        if (next.seal() instanceof Seal.OfLog seal && partition < seal.ends().length) {
                            long from = next.first() + 1 + seal.recordsBefore(partition);
                            cursor.range(from, from + seal.ends()[partition] - seal.begins()[partition]);
                        }
                    }
                    return cursor.hasNext();
                }

                @Override
                public byte[] next() {
                    return cursor.next();
                }
            };
        }

        /** The number of sealed partitions: those of the newest seal, since partitions are only added. */
        int partitions() {
            return seals.seals().stream()
                    .filter(placed -> placed.seal() instanceof Seal.OfLog)
                    .mapToInt(placed -> ((Seal.OfLog) placed.seal()).ends().length)
                    .max()
                    .orElse(0);
        }
    }

    /**
     * Reads the log.
     *
     * @param keys keys whose control records the log obeys; null where votes are not to be decided
     * @return the replays of the log up to where it is sealed
     */
    List<PartitionReplay> run(LogSource source, @Nullable LogKeys keys, Progress progress) {
        List<PartitionReplay> replays = new ArrayList<>();
        List<OffsetRange> ranges = source.ranges(Topics.VOTES.name());
        partitionsOfLog = ranges.size();
        int partitions = Math.max(votes.partitions(), partitionsOfLog);
        for (int partition = 0; partition < partitions; partition++) {
            int wanted = partition;
            PartitionReplay replay =
                    keys == null ? null : new PartitionReplay(partition, keys, id -> Long.MAX_VALUE, Map.of());
            if (replay != null && partition < votes.partitions()) {
                replays.add(replay);
            }
            PartitionCheck check = new PartitionCheck(partition, replay);
            ranges.stream()
                    .filter(range -> range.partition() == wanted)
                    .findFirst()
                    .ifPresent(range -> {
                        progress.begin("comparing " + range, range.end() - range.begin());
                        source.read(range, check::take);
                        progress.end();
                    });
            check.end();
        }
        return replays;
    }

    private final class PartitionCheck {
        private final int partition;
        private final @Nullable PartitionReplay replay;
        private final Iterator<byte[]> sealed;
        private final Iterator<byte[]> sealedVerdicts;
        private final Commitments commitments = new Commitments();
        private long next;
        private int seal;
        private long waiting;
        private long firstWaiting;
        private long waitingSinceMs = Long.MAX_VALUE;

        PartitionCheck(int partition, @Nullable PartitionReplay replay) {
            this.partition = partition;
            this.replay = replay;
            this.sealed = votes.of(partition);
            this.sealedVerdicts = verdicts.of(partition);
        }

        void take(ConsumerRecord<byte[], byte[]> record) {
            records++;
            seals(record);
            if (!sealed.hasNext()) {
                waits(record);
                return;
            }
            if (record.offset() != next) {
                wrongLeaf("offset %d is missing in the log, and it is sealed".formatted(next));
            }
            next = record.offset() + 1;
            leaves++;
            if (!Arrays.equals(sealed.next(), commitments.leaf(record).entry())) {
                wrongLeaf("offset %d holds another record than the one that is sealed".formatted(record.offset()));
            }
            if (replay != null) {
                replay.take(record);
                if (sealedVerdicts.hasNext()) {
                    compare(
                            sealedVerdicts.next(),
                            record.offset(),
                            replay.outcomes().at(record.offset()));
                }
            }
        }

        /** Notes which seal seals the record, and which seals passed it over. */
        private void seals(ConsumerRecord<byte[], byte[]> record) {
            while (seal < seals.size() && record.offset() >= seals.get(seal).end(partition)) {
                if (seals.get(seal).end(partition) == record.offset() && hasNone(seals.get(seal))) {
                    passedOver(record.timestamp());
                }
                seal++;
            }
            if (seal < seals.size()) {
                newest[seal] = Math.max(newest[seal], record.timestamp());
            }
        }

        private boolean hasNone(Seal.OfLog of) {
            return partition >= of.begins().length || of.begins()[partition] == of.ends()[partition];
        }

        private void passedOver(long timestampMs) {
            if (timestampMs < leftOut[seal]) {
                leftOut[seal] = timestampMs;
                leftOutPartition[seal] = partition;
            }
        }

        private void waits(ConsumerRecord<byte[], byte[]> record) {
            if (waiting++ == 0) {
                firstWaiting = record.offset();
            }
            waitingSinceMs = Math.min(waitingSinceMs, record.timestamp());
            publishedBehind |= publishes(record);
        }

        private void compare(byte[] entry, long offset, byte outcome) {
            decided++;
            if (!Arrays.equals(entry, leaf(outcome, offset).entry()) && firstWrongVerdict == null) {
                firstWrongVerdict = "votes partition %d, offset %d: sealed %s, found here %s"
                        .formatted(partition, offset, said(entry), RecordOutcome.text(outcome));
            }
        }

        private Leaf leaf(byte outcome, long offset) {
            if (RecordOutcome.isPoison(outcome)) {
                return new Leaf.PutAside(
                        partition, offset, RecordOutcome.cause(outcome).name());
            }
            if (RecordOutcome.isRejected(outcome)) {
                return new Leaf.Verdict(
                        partition,
                        offset,
                        "REJECTED",
                        RecordOutcome.reason(outcome).name());
            }
            return outcome == RecordOutcome.CONTROL
                    ? new Leaf.Obeyed(partition, offset)
                    : new Leaf.Verdict(partition, offset, RecordOutcome.text(outcome), "");
        }

        void end() {
            if (sealed.hasNext()) {
                wrongLeaf("the log ends at offset %d, and more of it is sealed: it was cut short".formatted(next));
            }
            if (waiting > 0) {
                unsealed.add(new Unsealed(partition, firstWaiting, waiting, waitingSinceMs));
                unsealedRecords += waiting;
            }
        }

        private void wrongLeaf(String how) {
            if (firstWrongLeaf == null) {
                firstWrongLeaf = "votes partition %d: %s".formatted(partition, how);
            }
        }
    }

    private static boolean publishes(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.key() == null && Events.decode(record.value()).event() instanceof BallotPublished;
        } catch (MalformedEventException e) {
            return false;
        }
    }

    /** The number of records in the log that are not sealed. */
    long unsealed() {
        return unsealedRecords;
    }

    /** The broker's time of the newest record that is sealed, milliseconds since 1970. */
    long newestSealedMs() {
        return Arrays.stream(newest).max().orElse(Long.MIN_VALUE);
    }

    /**
     * Adds the step on partitions. A seal takes what is there from each partition, so a seal that takes nothing from a
     * partition with old unsealed records leaves that partition out. A partition that was added to votes is not left
     * out while it has no records that had to be sealed.
     */
    void reportPartitions(Report report) {
        for (int at = 0; at < newest.length; at++) {
            // A seal of no records passes nothing over.
            boolean sealsRecords = newest[at] > Long.MIN_VALUE;
            if (sealsRecords && leftOut[at] < Long.MAX_VALUE && newest[at] - leftOut[at] > GRACE.toMillis()) {
                report.fail(
                        PARTITIONS,
                        "seal %d takes nothing of partition %d from offset %d on, where a record of %s stands, and seals records of other partitions up to %s"
                                .formatted(
                                        seals.get(at).sequence(),
                                        leftOutPartition[at],
                                        seals.get(at).end(leftOutPartition[at]),
                                        Instant.ofEpochMilli(leftOut[at]),
                                        Instant.ofEpochMilli(newest[at])));
                return;
            }
        }
        report.pass(
                PARTITIONS,
                partitionsOfLog > votes.partitions()
                        ? "the seals are of %s, and votes has %d: what stands in the others came lately, or nothing does"
                                .formatted(Texts.count(votes.partitions(), "partition"), partitionsOfLog)
                        : Texts.count(partitionsOfLog, "partition"));
    }

    /**
     * Adds the step on unsealed records. Where all ballots of the log are final, only records that were appended just
     * now may be unsealed after the last sealed result.
     *
     * @param sealedResults the ballots whose final results are sealed
     * @param replays the replays of the log up to where it is sealed; empty where votes were not decided
     */
    void reportUnsealed(Report report, Set<String> sealedResults, List<PartitionReplay> replays) {
        String told = unsealedRecords == 0
                ? "all of %s".formatted(Texts.count(records, "record"))
                : "%,d of %s not sealed\n%s"
                        .formatted(
                                unsealedRecords,
                                Texts.count(records, "record"),
                                unsealed.stream().map(Unsealed::toString).collect(Collectors.joining("\n")));
        if (bounds.mostUnsealed() != null && unsealedRecords > bounds.mostUnsealed()) {
            report.fail(
                    UNSEALED, "%s\nmore than %,d, which --max-unsealed allows".formatted(told, bounds.mostUnsealed()));
            return;
        }
        long old = bounds.now().minus(GRACE).toEpochMilli();
        Set<String> ballots = replays.stream()
                .flatMap(replay -> replay.ballots().stream())
                .map(partitionBallot -> partitionBallot.ballot().id())
                .collect(Collectors.toSet());
        boolean over = !ballots.isEmpty() && sealedResults.containsAll(ballots) && !publishedBehind;
        if (over && unsealed.stream().anyMatch(waiting -> waiting.sinceMs() < old)) {
            report.fail(UNSEALED, told + "\nand the results of all ballots are final and sealed");
            return;
        }
        report.pass(UNSEALED, told);
    }

    private static String said(byte[] entry) {
        Leaf leaf = Leaf.parse(entry);
        if (leaf instanceof Leaf.Verdict verdict) {
            return (verdict.outcome() + " " + verdict.reason()).strip();
        }
        if (leaf instanceof Leaf.PutAside aside) {
            return "no vote: " + aside.cause();
        }
        return leaf instanceof Leaf.Obeyed ? "a control record" : "nothing";
    }

    void reportLeaves(Report report) {
        if (firstWrongLeaf != null) {
            report.fail(LEAVES, firstWrongLeaf);
        } else {
            report.pass(LEAVES, Texts.count(leaves, "record"));
        }
    }

    void reportVerdicts(Report report) {
        if (firstWrongVerdict != null) {
            report.fail(VERDICTS, firstWrongVerdict);
        } else {
            report.pass(VERDICTS, Texts.count(decided, "record"));
        }
    }
}
