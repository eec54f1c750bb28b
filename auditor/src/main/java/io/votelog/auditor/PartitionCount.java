package io.votelog.auditor;

import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import java.util.ArrayList;
import java.util.List;

/** What one partition adds to a ballot's results, counted up to an offset. */
final class PartitionCount {
    private final long limit;
    private final long[] votes;
    private final long[] rejected = new long[Reason.values().length];
    private long endOffset = Standing.OPEN;
    private long asOfMs = Long.MIN_VALUE;
    private long accepted;
    private long retried;
    private long late;
    private final List<TakenOut> takenOut = new ArrayList<>();
    private final List<TakenOut> takenOutBehind = new ArrayList<>();
    private long vain;
    private long votesBehind;
    private long firstVoteBehind = Standing.OPEN;
    private long endBehind = Standing.OPEN;
    private final ResultsHistory.Stops stops;
    private long nextStop;

    /**
     * @param limit the first offset that is not counted
     * @param options how many the ballot has
     * @param stops told the counts on the way
     */
    PartitionCount(long limit, int options, ResultsHistory.Stops stops) {
        this.limit = limit;
        this.votes = new long[options];
        this.stops = stops;
        this.nextStop = stops.next();
    }

    /** Everything before this offset has been taken. */
    void reach(long offset) {
        if (offset >= nextStop) {
            nextStop = stops.reach(offset, this);
        }
    }

    /** Takes the record that defines the ballot. */
    void opened(long offset, long recordedAtMs) {
        reach(offset);
        if (offset < limit) {
            asOfMs = recordedAtMs;
        }
    }

    void end(long offset) {
        reach(offset);
        if (offset < limit) {
            endOffset = offset;
        } else {
            endBehind = offset;
        }
    }

    /** Takes a vote on the ballot. */
    void vote(byte finding, Picks picks, long offset, long recordedAtMs) {
        reach(offset);
        if (offset >= limit) {
            firstVoteBehind = Math.min(firstVoteBehind, offset);
            votesBehind++;
            return;
        }
        if (offset >= endOffset) {
            late++;
            return;
        }
        asOfMs = Math.max(asOfMs, recordedAtMs);
        if (finding == Finding.ACCEPTED) {
            accepted++;
            picks.forEach(option -> votes[option]++);
        } else if (finding == Finding.RETRIED) {
            retried++;
        } else {
            rejected[Finding.reason(finding).ordinal()]++;
        }
    }

    /** Takes an annulment that has effect; the ballot's end makes no difference to it. */
    void annulled(TakenOut vote) {
        reach(vote.offset());
        if (vote.offset() < limit) {
            takenOut.add(vote);
            vote.picks().forEach(option -> votes[option]--);
        } else {
            takenOutBehind.add(vote);
        }
    }

    /** Takes an annulment that has none. */
    void annulledInVain(long offset) {
        vain += offset < limit ? 1 : 0;
    }

    /** Votes on the ballot that stand behind what is counted. */
    long votesBehind() {
        return votesBehind;
    }

    /** The offset of the first of them; {@link Standing#OPEN} where there is none. */
    long firstVoteBehind() {
        return firstVoteBehind;
    }

    /** Annulments with effect that stand behind what is counted. */
    List<TakenOut> takenOutBehind() {
        return takenOutBehind;
    }

    /** Where the ballot ends, if that is behind what is counted; else {@link Standing#OPEN}. */
    long endBehind() {
        return endBehind;
    }

    /** {@link Standing#OPEN} while it is open. */
    long endOffset() {
        return endOffset;
    }

    /** Milliseconds since 1970; {@code Long.MIN_VALUE} where nothing is counted. */
    long asOfMs() {
        return asOfMs;
    }

    long accepted() {
        return accepted;
    }

    long retried() {
        return retried;
    }

    /** In the order of the log. */
    List<TakenOut> takenOut() {
        return takenOut;
    }

    /** How many annulments had no effect. */
    long vain() {
        return vain;
    }

    long late() {
        return late;
    }

    long rejected(Reason reason) {
        return rejected[reason.ordinal()];
    }

    long votes(int option) {
        return votes[option];
    }

    int options() {
        return votes.length;
    }
}
