// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.AnnulledVote;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.MergedOffsets;
import io.votelog.auditor.source.Pause;
import io.votelog.events.BallotResults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reports how far a ballot's results lag behind the log. A lag is no fault while votes come in. But results without a
 * ballot's end or an annulment that was merged some time ago are old results that somebody put back. Where it is not
 * known whether it was merged, the step is skipped, and nobody is accused.
 */
final class LagCheck {
    /**
     * How long results are waited for: longer than it takes from reading tallies to publishing their results, and much
     * longer than counting takes.
     */
    private static final Duration RESULTS_DELAY = Duration.ofSeconds(10);

    private static final Duration GRACE = Duration.ofMillis(250);

    private final LogSource source;
    private final String group;
    private final boolean complete;
    private @Nullable MergeProgress mergeProgress;

    /**
     * @param endNs the moment until which results are waited for, by {@link System#nanoTime}
     */
    private record MergeProgress(Optional<MergedOffsets> merged, long endNs) {
        boolean covers(String ballotId, int partition, long offset) {
            return merged.isPresent() && merged.get().covers(ballotId, partition, offset);
        }
    }

    /**
     * @param group the consumer group that counts, where the source does not name it
     * @param complete whether any lag is a fault
     */
    LagCheck(LogSource source, String group, boolean complete) {
        this.source = source;
        this.group = group;
        this.complete = complete;
    }

    /**
     * The progress of merging when it is first needed. The wait begins then, and is the same for all ballots together.
     */
    private MergeProgress mergeProgress() {
        if (mergeProgress == null) {
            Optional<MergedOffsets> merged = source.merged(group);
            mergeProgress = new MergeProgress(merged, System.nanoTime() + RESULTS_DELAY.toNanos());
        }
        return mergeProgress;
    }

    static String title(String ballotId) {
        return "The results of %s leave out neither its end nor an annulment".formatted(ballotId);
    }

    /** A record that changes a ballot's results other than by a vote: its end, or an annulment. */
    private record Change(int partition, long offset, String what) {
        @Override
        public String toString() {
            return "%s at partition %d, offset %d".formatted(what, partition, offset);
        }
    }

    /**
     * @param partitionBallots the ballot in each partition that holds it
     */
    void run(Report report, String ballotId, List<PartitionBallot> partitionBallots) {
        String title = title(ballotId);
        List<Change> changes = changes(partitionBallots);
        long votes = partitionBallots.stream()
                .mapToLong(one -> one.count().votesPastLimit())
                .sum();
        if (changes.isEmpty() && votes == 0) {
            report.pass(title, "nothing of the log is behind them");
            return;
        }
        if (complete) {
            report.fail(
                    title, "%s; the first is %s".formatted(behind(votes, changes), first(changes, partitionBallots)));
            return;
        }
        if (changes.isEmpty()) {
            report.pass(title, "%s behind them".formatted(Texts.count(votes, "vote")));
            return;
        }
        List<Change> left = left(ballotId, changes);
        Optional<Change> due = left.stream()
                .filter(change -> mergeProgress().covers(ballotId, change.partition(), change.offset()))
                .findFirst();
        if (due.isPresent()) {
            report.fail(
                    title,
                    "%s; the group %s has added up %s, and the results leave it out"
                            .formatted(behind(votes, changes), mergingGroup(), due.get()));
        } else if (!left.isEmpty()) {
            report.skip(
                    title,
                    "%s; the first is %s. Whether it has been added up is not known here; --complete takes results that are behind for"
                                    .formatted(behind(votes, changes), left.get(0))
                            + " a fault");
        } else {
            report.pass(title, behind(votes, changes) + "; newer results have what was counted of them");
        }
    }

    private String mergingGroup() {
        return mergeProgress().merged().map(MergedOffsets::group).orElse(MergedOffsets.group(group));
    }

    private static String behind(long votes, List<Change> changes) {
        String counts = Stream.of(
                        votes == 0 ? "" : Texts.count(votes, "vote"),
                        changes.isEmpty() ? "" : Texts.count(changes.size(), "end or annulment", "ends or annulments"))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" and "));
        return counts + " behind them";
    }

    private static String first(List<Change> changes, List<PartitionBallot> partitionBallots) {
        List<Change> all = new ArrayList<>(changes);
        for (PartitionBallot one : partitionBallots) {
            if (one.count().votesPastLimit() > 0) {
                all.add(new Change(one.partition(), one.count().firstVotePastLimit(), "a vote"));
            }
        }
        return inOrder(all).get(0).toString();
    }

    private static List<Change> changes(List<PartitionBallot> partitionBallots) {
        List<Change> changes = new ArrayList<>();
        for (PartitionBallot one : partitionBallots) {
            if (one.count().endPastLimit() != PartitionBallot.OPEN) {
                changes.add(new Change(one.partition(), one.count().endPastLimit(), "the end"));
            }
            for (AnnulledVote vote : one.count().annulledPastLimit()) {
                changes.add(new Change(one.partition(), vote.offset(), "the annulment of vote " + vote.voteId()));
            }
        }
        return inOrder(changes);
    }

    private static List<Change> inOrder(List<Change> changes) {
        return changes.stream()
                .sorted(Comparator.comparingInt(Change::partition).thenComparingLong(Change::offset))
                .toList();
    }

    /** The changes that the results still lack, after waiting for them where the log is being counted. */
    private List<Change> left(String ballotId, List<Change> changes) {
        List<Change> left = changes;
        long endNs = mergeProgress().endNs();
        while (source.grows()) {
            BallotResults newest = PublishedRecords.newest(source).get(ballotId);
            left = changes.stream()
                    .filter(change ->
                            newest == null || PublishedRecords.countedTo(newest, change.partition()) <= change.offset())
                    .toList();
            if (left.isEmpty() || System.nanoTime() >= endNs) {
                break;
            }
            Pause.of(GRACE);
        }
        return left;
    }

    /** Adds the step for a ballot without any results. */
    void withoutResults(Report report, String ballotId, List<PartitionBallot> partitionBallots) {
        String title = ResultsCheck.title(ballotId);
        boolean whole = !partitionBallots.isEmpty()
                && partitionBallots.size()
                        == partitionBallots.get(0).published().getPartitionCount();
        if (complete) {
            report.fail(title, "no results of it are published");
        } else if (whole
                && partitionBallots.stream()
                        .allMatch(one -> mergeProgress().covers(ballotId, one.partition(), one.openedAt()))
                && !appear(ballotId)) {
            report.fail(
                    title,
                    "no results of it are published, and the group %s has added it up in every partition"
                            .formatted(mergingGroup()));
        } else {
            report.skip(title, "no results of it are published");
        }
    }

    private boolean appear(String ballotId) {
        while (source.grows()) {
            if (PublishedRecords.newest(source).containsKey(ballotId)) {
                return true;
            }
            if (System.nanoTime() >= mergeProgress().endNs()) {
                break;
            }
            Pause.of(GRACE);
        }
        return false;
    }
}
