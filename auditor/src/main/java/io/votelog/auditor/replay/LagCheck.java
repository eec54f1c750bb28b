// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.AnnulledVote;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.Merged;
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
 * Says how far a ballot's results are behind the log. To be behind is no fault while votes come in; but results that leave out the
 * ballot's end, or an annulment, that was added up long ago are old ones that were put back. Where it is not known whether that
 * was added up, the results may be old ones, and nobody is accused.
 */
final class LagCheck {
    /** Longer than it takes from tallies that were taken to the results that have them, and much longer than the count takes. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

    private static final Duration A_WHILE = Duration.ofMillis(250);

    private final LogSource source;
    private final String group;
    private final boolean complete;
    private @Nullable Merging merging;

    /** @param endNs until when results are waited for, as {@link System#nanoTime} has it */
    private record Merging(Optional<Merged> merged, long endNs) {
        boolean passed(String ballotId, int partition, long offset) {
            return merged.isPresent() && merged.get().passed(ballotId, partition, offset);
        }
    }

    /**
     * @param group the consumer group that counts, where the source does not say which one it is
     * @param complete whether results that are behind anything are at fault
     */
    LagCheck(LogSource source, String group, boolean complete) {
        this.source = source;
        this.group = group;
        this.complete = complete;
    }

    /** As it is when it is asked for first: all ballots together are waited for as long as one. */
    private Merging merging() {
        if (merging == null) {
            Optional<Merged> merged = source.merged(group);
            merging = new Merging(merged, System.nanoTime() + LONG_ENOUGH.toNanos());
        }
        return merging;
    }

    static String title(String ballotId) {
        return "The results of %s leave out neither its end nor an annulment".formatted(ballotId);
    }

    /** A record that turns a ballot's results: its end, or an annulment. */
    private record Turn(int partition, long offset, String what) {
        @Override
        public String toString() {
            return "%s at partition %d, offset %d".formatted(what, partition, offset);
        }
    }

    /** @param standing the ballot in each partition where it stands */
    void run(Report report, String ballotId, List<PartitionBallot> standing) {
        String title = title(ballotId);
        List<Turn> turns = turns(standing);
        long votes =
                standing.stream().mapToLong(one -> one.count().votesBehind()).sum();
        if (turns.isEmpty() && votes == 0) {
            report.pass(title, "nothing of the log is behind them");
            return;
        }
        if (complete) {
            report.fail(title, "%s; the first is %s".formatted(behind(votes, turns), first(turns, standing)));
            return;
        }
        if (turns.isEmpty()) {
            report.pass(title, "%s behind them".formatted(Texts.count(votes, "vote")));
            return;
        }
        List<Turn> left = left(ballotId, turns);
        Optional<Turn> due = left.stream()
                .filter(turn -> merging().passed(ballotId, turn.partition(), turn.offset()))
                .findFirst();
        if (due.isPresent()) {
            report.fail(
                    title,
                    "%s; the group %s has added up %s, and the results leave it out"
                            .formatted(behind(votes, turns), mergingGroup(), due.get()));
        } else if (!left.isEmpty()) {
            report.skip(
                    title,
                    "%s; the first is %s. Whether it has been added up is not known here; --complete takes results that are behind for"
                                    .formatted(behind(votes, turns), left.get(0))
                            + " a fault");
        } else {
            report.pass(title, behind(votes, turns) + "; newer results have what was counted of them");
        }
    }

    private String mergingGroup() {
        return merging().merged().map(Merged::group).orElse(Merged.group(group));
    }

    private static String behind(long votes, List<Turn> turns) {
        String counts = Stream.of(
                        votes == 0 ? "" : Texts.count(votes, "vote"),
                        turns.isEmpty() ? "" : Texts.count(turns.size(), "end or annulment", "ends or annulments"))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" and "));
        return counts + " behind them";
    }

    private static String first(List<Turn> turns, List<PartitionBallot> standing) {
        List<Turn> all = new ArrayList<>(turns);
        for (PartitionBallot one : standing) {
            if (one.count().votesBehind() > 0) {
                all.add(new Turn(one.partition(), one.count().firstVoteBehind(), "a vote"));
            }
        }
        return inOrder(all).get(0).toString();
    }

    private static List<Turn> turns(List<PartitionBallot> standing) {
        List<Turn> turns = new ArrayList<>();
        for (PartitionBallot one : standing) {
            if (one.count().endBehind() != PartitionBallot.OPEN) {
                turns.add(new Turn(one.partition(), one.count().endBehind(), "the end"));
            }
            for (AnnulledVote vote : one.count().takenOutBehind()) {
                turns.add(new Turn(one.partition(), vote.offset(), "the annulment of vote " + vote.voteId()));
            }
        }
        return inOrder(turns);
    }

    private static List<Turn> inOrder(List<Turn> turns) {
        return turns.stream()
                .sorted(Comparator.comparingInt(Turn::partition).thenComparingLong(Turn::offset))
                .toList();
    }

    /** What the results leave out still, when those of a log that is being counted have had their time. */
    private List<Turn> left(String ballotId, List<Turn> turns) {
        List<Turn> left = turns;
        long endNs = merging().endNs();
        while (source.grows()) {
            BallotResults newest = Published.newest(source).get(ballotId);
            left = turns.stream()
                    .filter(turn -> newest == null || Published.countedTo(newest, turn.partition()) <= turn.offset())
                    .toList();
            if (left.isEmpty() || System.nanoTime() >= endNs) {
                break;
            }
            Pause.of(A_WHILE);
        }
        return left;
    }

    /** No results are there at all. */
    void withoutResults(Report report, String ballotId, List<PartitionBallot> standing) {
        String title = ResultsCheck.title(ballotId);
        boolean whole = !standing.isEmpty()
                && standing.size() == standing.get(0).published().getPartitionCount();
        if (complete) {
            report.fail(title, "no results of it are published");
        } else if (whole
                && standing.stream().allMatch(one -> merging().passed(ballotId, one.partition(), one.openedAt()))
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
            if (Published.newest(source).containsKey(ballotId)) {
                return true;
            }
            if (System.nanoTime() >= merging().endNs()) {
                break;
            }
            Pause.of(A_WHILE);
        }
        return false;
    }
}
