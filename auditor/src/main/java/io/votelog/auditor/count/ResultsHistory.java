// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.events.Sha256;
import io.votelog.rules.Ballot;
import io.votelog.rules.Reason;
import io.votelog.rules.Visibility;
import io.votelog.schemas.Reasons;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Checks the earlier records of results, which readers saw before newer ones replaced them. Each must hold the counts
 * at its positions, and none may have lower positions, version or revision than the one before it. The order is checked
 * for all records; the counts of at most {@value #MOST} of them, drawn at random.
 *
 * <p>For each record two weighted sums of its numbers are kept, with random weights that are drawn for each run. Each
 * partition, in its one pass over the log, subtracts what it has counted at the record's position; both sums must be
 * zero at the end.
 */
public final class ResultsHistory {
    /** The step's title in the report. */
    public static final String TITLE = "Every earlier record of results was true when it was written";

    /** The most records that are kept; each takes some 300 bytes. */
    public static final int MOST = 50_000;

    /**
     * Greater than any count. Without this bound two lists of numbers could differ in the highest bits of a product
     * alone.
     */
    private static final long TOO_MANY = 1L << 40;

    // Indices of the numbers among the weights: turnout from 0 on, then reasons, then options.
    private static final int REASONS = 8;
    private static final int OPTIONS = 32;
    private static final long[] WEIGHTS = weights();
    private static final long[] MORE_FACTORS = weights();

    private final int most;
    private final Random random = new SecureRandom();
    private final Map<String, Latest> latest = new HashMap<>();
    private final List<EarlierResults> kept = new ArrayList<>();
    private long records;
    private @Nullable String regression;
    private final Map<String, Map<Integer, List<EarlierResults>>> byPartition = new HashMap<>();

    /** @param most records that are kept */
    public ResultsHistory(int most) {
        this.most = most;
    }

    /** A history without records. */
    public static ResultsHistory none() {
        return new ResultsHistory(0);
    }

    private static long[] weights() {
        SecureRandom random = new SecureRandom();
        long[] weights = new long[OPTIONS + Ballot.MAX_OPTIONS];
        for (int at = 0; at < weights.length; at++) {
            weights[at] = random.nextLong();
        }
        return weights;
    }

    /** The newest record of results of a ballot so far. */
    private record Latest(int partition, long offset, BallotResults results) {}

    /** Takes the next record of results, in their order. */
    public void take(ConsumerRecord<byte[], byte[]> record, BallotResults results) {
        Latest before = latest.put(results.getBallotId(), new Latest(record.partition(), record.offset(), results));
        if (before == null) {
            return;
        }
        if (regression == null) {
            regression = regression(record, before.results(), results);
        }
        // Reservoir sampling: of all records but the newest of each ballot, every one is equally likely to be kept.
        records++;
        EarlierResults earlier = new EarlierResults(before);
        if (kept.size() < most) {
            kept.add(earlier);
        } else if (most > 0) {
            long at = (long) (random.nextDouble() * records);
            if (at < most) {
                kept.set((int) at, earlier);
            }
        }
    }

    private static @Nullable String regression(
            ConsumerRecord<byte[], byte[]> record, BallotResults before, BallotResults results) {
        String what = null;
        if (results.getVersion() < before.getVersion()) {
            what = "version %,d behind version %,d".formatted(results.getVersion(), before.getVersion());
        } else if (results.getRevision() < before.getRevision()) {
            what = "revision %,d behind revision %,d".formatted(results.getRevision(), before.getRevision());
        } else {
            Map<Integer, Long> now = positions(results);
            for (CountedPosition position : before.getPositions()) {
                long next = now.getOrDefault(position.getPartition(), -1L);
                if (next < position.getNextOffset()) {
                    what = next < 0
                            ? "partition %d is no longer counted".formatted(position.getPartition())
                            : "partition %d is counted up to %d behind %d"
                                    .formatted(position.getPartition(), next, position.getNextOffset());
                }
            }
        }
        return what == null
                ? null
                : "%s: the results of %s go back: %s"
                        .formatted(place(record.partition(), record.offset()), results.getBallotId(), what);
    }

    private static Map<Integer, Long> positions(BallotResults results) {
        Map<Integer, Long> positions = new TreeMap<>();
        results.getPositions().forEach(position -> positions.put(position.getPartition(), position.getNextOffset()));
        return positions;
    }

    private static String place(int partition, long offset) {
        return "results partition %d, offset %d".formatted(partition, offset);
    }

    /** Ends the taking of records; the log may be counted after that. */
    public void index() {
        for (EarlierResults earlier : kept) {
            for (int at = 0; at < earlier.partitions.length; at++) {
                byPartition
                        .computeIfAbsent(earlier.ballotId, any -> new HashMap<>())
                        .computeIfAbsent(earlier.partitions[at], any -> new ArrayList<>())
                        .add(earlier);
            }
        }
    }

    /** The positions in one partition at which the counts of a ballot are needed. */
    Positions positions(String ballotId, int partition) {
        List<EarlierResults> wanted =
                byPartition.getOrDefault(ballotId, Map.of()).getOrDefault(partition, List.of());
        return new Positions(partition, wanted);
    }

    /** The positions of a ballot in one partition, in ascending order. Used by one thread. */
    static final class Positions {
        private final int partition;
        private final EarlierResults[] wanted;
        private int at;

        private Positions(int partition, List<EarlierResults> wanted) {
            this.partition = partition;
            this.wanted = wanted.stream()
                    .sorted(Comparator.comparingLong(earlier -> earlier.position(partition)))
                    .toArray(EarlierResults[]::new);
        }

        /** The next position; {@code Long.MAX_VALUE} after the last. */
        long next() {
            return at < wanted.length ? wanted[at].position(partition) : Long.MAX_VALUE;
        }

        /** Passes the counts to every record whose position is at most this offset; returns the next position. */
        long reach(long offset, PartitionCount count) {
            while (next() <= offset) {
                wanted[at++].counted(partition, count);
            }
            return next();
        }
    }

    /** One earlier record of results, with the rest of its weighted sums. */
    private static final class EarlierResults {
        private static final Reason[] REASONS_OF_RULES = Reason.values();

        private final int topicPartition;
        private final long topicOffset;
        private final String ballotId;
        private final Sha256 digest;
        private final long version;
        private final BallotStatus status;
        private final long asOfMs;
        private final int options;
        private final int[] partitions;
        private final long[] positions;
        private final long[] ends;
        private final @Nullable String contradiction;

        private long left;
        private long moreLeft;
        private int met;
        private int ended;
        private boolean otherEnds;
        private long latestMs = Long.MIN_VALUE;

        EarlierResults(Latest record) {
            BallotResults results = record.results();
            topicPartition = record.partition();
            topicOffset = record.offset();
            ballotId = results.getBallotId();
            digest = results.getDigest();
            version = results.getVersion();
            status = results.getStatus();
            asOfMs = results.getAsOf().toEpochMilli();
            options = results.getVotes() == null ? -1 : results.getVotes().size();
            List<CountedPosition> named = results.getPositions();
            partitions = named.stream().mapToInt(CountedPosition::getPartition).toArray();
            positions = named.stream().mapToLong(CountedPosition::getNextOffset).toArray();
            ends = named.stream()
                    .mapToLong(position ->
                            position.getEndOffset() == null ? PartitionBallot.OPEN : position.getEndOffset())
                    .toArray();
            contradiction = contradiction(results);
            take(0, results.getReceived());
            take(1, results.getAccepted());
            take(2, results.getRetried());
            take(3, results.getAnnulled());
            take(4, results.getLate());
            for (ReasonCount count : results.getRejected()) {
                take(REASONS + count.getReason().ordinal(), count.getCount());
            }
            List<Long> votes = results.getVotes();
            for (int option = 0; option < Math.min(options, Ballot.MAX_OPTIONS); option++) {
                take(OPTIONS + option, votes.get(option));
            }
        }

        /** What is wrong with a record in itself, without the log; null when nothing is. */
        private @Nullable String contradiction(BallotResults results) {
            Map<Integer, Long> named = ResultsHistory.positions(results);
            long sum = 0;
            for (int at = 0; at < positions.length; at++) {
                sum += Math.min(positions[at], ends[at]);
            }
            if (named.size() < positions.length) {
                return "it names a partition twice";
            }
            if (sum != version) {
                return "its version is not the sum of its positions";
            }
            if (results.getRevision() != results.getAnnulled()) {
                return "its revision is not the number of its annulments";
            }
            if (results.getMissing() != 0 || results.getReplaced() != 0) {
                return "it says that %,d records are missing and %,d were replaced"
                        .formatted(results.getMissing(), results.getReplaced());
            }
            List<ReasonCount> rejected = results.getRejected();
            boolean possible = rejected.stream()
                    .allMatch(count -> possible(count.getCount())
                            && count.getCount() > 0
                            && count.getReason() != RejectionReason.UNSPECIFIED);
            possible &= rejected.stream().map(ReasonCount::getReason).distinct().count() == rejected.size();
            possible &= Stream.of(
                            results.getReceived(),
                            results.getAccepted(),
                            results.getRetried(),
                            results.getAnnulled(),
                            results.getLate())
                    .allMatch(EarlierResults::possible);
            List<Long> votes = results.getVotes();
            possible &= votes == null
                    || votes.size() <= Ballot.MAX_OPTIONS && votes.stream().allMatch(EarlierResults::possible);
            return possible ? null : "it has numbers that no count comes to";
        }

        private static boolean possible(long number) {
            return number >= 0 && number < TOO_MANY;
        }

        private void take(int which, long number) {
            left += WEIGHTS[which] * number;
            moreLeft += MORE_FACTORS[which] * number;
        }

        private int at(int partition) {
            int at = 0;
            while (partitions[at] != partition) {
                at++;
            }
            return at;
        }

        long position(int partition) {
            return positions[at(partition)];
        }

        /** Subtracts the counts of a partition at the record's position. */
        synchronized void counted(int partition, PartitionCount count) {
            long rejected = 0;
            for (Reason reason : REASONS_OF_RULES) {
                long number = count.rejected(reason);
                rejected += number;
                take(REASONS + Reasons.toWire(reason).ordinal(), -number);
            }
            take(0, -(count.accepted() + count.retried() + rejected));
            take(1, -count.accepted());
            take(2, -count.retried());
            take(3, -count.annulledVotes().size());
            take(4, -count.late());
            if (options >= 0) {
                for (int option = 0; option < count.options(); option++) {
                    take(OPTIONS + option, -count.votes(option));
                }
            }
            met++;
            ended += count.endOffset() == PartitionBallot.OPEN ? 0 : 1;
            otherEnds |= count.endOffset() != ends[at(partition)];
            latestMs = Math.max(latestMs, count.asOfMs());
        }

        /** What is wrong with the record, once all partitions are counted; null when nothing is. */
        @Nullable
        String fault(List<PartitionBallot> partitionBallots) {
            if (contradiction != null) {
                return contradiction;
            }
            if (partitionBallots.isEmpty()) {
                return "its ballot stands nowhere in this log";
            }
            PartitionBallot first = partitionBallots.get(0);
            Ballot ballot = first.ballot();
            if (!digest.equals(first.definition().digest())) {
                return "it is on another definition";
            }
            if (met < partitions.length) {
                return "it counts further than the log goes";
            }
            if (options >= 0 && options != ballot.optionCount()) {
                return "it has %d options of %d".formatted(options, ballot.optionCount());
            }
            if (left != 0 || moreLeft != 0) {
                return "its numbers are not the counts at its positions";
            }
            if (otherEnds) {
                return "its partitions do not end where it says";
            }
            boolean all = ended == first.published().getPartitionCount();
            BallotStatus here = all
                    ? BallotStatus.FINAL
                    : ended > 0
                            ? BallotStatus.CLOSED
                            : latestMs < ballot.opensAt().toEpochMilli() ? BallotStatus.SCHEDULED : BallotStatus.OPEN;
            if (status != here || asOfMs != latestMs) {
                return "it is not %s as of the time that it names"
                        .formatted(status.toString().toLowerCase(Locale.ROOT));
            }
            boolean hides = ballot.visibility() == Visibility.AFTER_CLOSE && !all;
            return options < 0 == hides
                    ? null
                    : hides ? "it shows what its ballot hides" : "it hides the votes of its options";
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%s, version %,d of %s", place(topicPartition, topicOffset), version, ballotId);
        }
    }

    /**
     * Adds the step to a report.
     *
     * @param ids of the ballots that the audit is about
     */
    public void reportTo(Report report, List<PartitionReplay> replays, Set<String> ids) {
        long faults = 0;
        String first = regression;
        for (EarlierResults earlier : kept) {
            String fault = ids.contains(earlier.ballotId)
                    ? earlier.fault(Tally.partitionBallots(replays, earlier.ballotId))
                    : null;
            if (fault != null) {
                faults++;
                first = first == null ? earlier + ": " + fault : first;
            }
        }
        if (first != null) {
            long more = faults - (regression == null ? 1 : 0);
            report.fail(
                    TITLE,
                    first + (more > 0 ? "\nand " + Texts.count(more, "record") + " more that was never true" : ""));
            return;
        }
        report.pass(
                TITLE,
                records == kept.size()
                        ? Texts.count(records, "record") + ", none of them behind the one before it"
                        : String.format(
                                Locale.ROOT,
                                "%,d of %,d records, drawn at random; none of all is behind the one before it",
                                kept.size(),
                                records));
    }
}
