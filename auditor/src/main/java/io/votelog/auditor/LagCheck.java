package io.votelog.auditor;

import io.votelog.events.BallotResults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says how far a ballot's results are behind the log. To be behind is no fault while votes come in; but results that leave out the
 * ballot's end, or an annulment, that those who count have passed long ago are old ones that were put back.
 */
final class LagCheck {
    /** Longer than it takes from a committed count to the results that have it: two transactions, and what comes between them. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

    private static final Duration A_WHILE = Duration.ofMillis(250);

    private final LogSource source;
    private final Optional<Counted> counted;
    private final boolean complete;

    /**
     * @param counted how far the group that counts had come before the results were read; nothing where that is not known
     * @param complete whether results that are behind anything are at fault
     */
    LagCheck(LogSource source, Optional<Counted> counted, boolean complete) {
        this.source = source;
        this.counted = counted;
        this.complete = complete;
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
    void run(Report report, String ballotId, List<Standing> standing) {
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
        List<Turn> passed = turns.stream()
                .filter(turn -> counted.isPresent() && counted.get().passed(turn.partition(), turn.offset()))
                .toList();
        if (!passed.isEmpty() && !caughtUp(ballotId, passed)) {
            report.fail(
                    title,
                    "%s; the group %s has counted %s, and the results leave it out"
                            .formatted(
                                    behind(votes, turns), counted.orElseThrow().group(), passed.get(0)));
        } else if (counted.isEmpty()) {
            report.skip(
                    title,
                    "%s; the first is %s. How far the count had come is not known here; --complete takes results that are behind for"
                                    .formatted(behind(votes, turns), turns.get(0))
                            + " a fault");
        } else {
            report.pass(
                    title,
                    behind(votes, turns)
                            + (passed.isEmpty()
                                    ? ", not counted yet"
                                    : "; newer results have what was counted of them"));
        }
    }

    private static String behind(long votes, List<Turn> turns) {
        String counts = Stream.of(
                        votes == 0 ? "" : Texts.count(votes, "vote"),
                        turns.isEmpty() ? "" : Texts.count(turns.size(), "end or annulment", "ends or annulments"))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" and "));
        return counts + " behind them";
    }

    private static String first(List<Turn> turns, List<Standing> standing) {
        List<Turn> all = new ArrayList<>(turns);
        for (Standing one : standing) {
            if (one.count().votesBehind() > 0) {
                all.add(new Turn(one.partition(), one.count().firstVoteBehind(), "a vote"));
            }
        }
        return inOrder(all).get(0).toString();
    }

    private static List<Turn> turns(List<Standing> standing) {
        List<Turn> turns = new ArrayList<>();
        for (Standing one : standing) {
            if (one.count().endBehind() != Standing.OPEN) {
                turns.add(new Turn(one.partition(), one.count().endBehind(), "the end"));
            }
            for (TakenOut vote : one.count().takenOutBehind()) {
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

    /** Whether the results of a log that is being counted have all of these by now. */
    private boolean caughtUp(String ballotId, List<Turn> passed) {
        if (!source.grows()) {
            return false;
        }
        long endNs = System.nanoTime() + LONG_ENOUGH.toNanos();
        do {
            BallotResults newest = Published.newest(source).get(ballotId);
            if (newest != null
                    && passed.stream()
                            .allMatch(turn -> Published.countedTo(newest, turn.partition()) > turn.offset())) {
                return true;
            }
            Pause.of(A_WHILE);
        } while (System.nanoTime() < endNs);
        return false;
    }

    /** No results are there at all. */
    void withoutResults(Report report, String ballotId, List<Standing> standing) {
        String title = ResultsCheck.title(ballotId);
        Optional<Standing> notPassed = standing.stream()
                .filter(one -> counted.isEmpty() || !counted.get().passed(one.partition(), one.openedAt()))
                .findFirst();
        boolean whole = !standing.isEmpty()
                && standing.size() == standing.get(0).published().getPartitionCount();
        if (complete) {
            report.fail(title, "no results of it are published");
        } else if (whole && notPassed.isEmpty() && !appear(ballotId)) {
            report.fail(
                    title,
                    "no results of it are published, and the group %s has counted it in every partition"
                            .formatted(counted.orElseThrow().group()));
        } else {
            report.skip(title, "no results of it are published");
        }
    }

    private boolean appear(String ballotId) {
        return caughtUp(ballotId, List.of());
    }
}
