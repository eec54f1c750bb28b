// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import java.util.ArrayList;
import java.util.List;

/** What one partition adds to a ballot's results, counted up to an offset. */
public final class PartitionCount {
    private final long limit;
    private final long[] votes;
    private final long[] rejected = new long[Reason.values().length];
    private long endOffset = PartitionBallot.OPEN;
    private long asOfMs = Long.MIN_VALUE;
    private long accepted;
    private long retried;
    private long late;
    private final List<AnnulledVote> annulledVotes = new ArrayList<>();
    private final List<AnnulledVote> annulledPastLimit = new ArrayList<>();
    private long annulmentsWithoutEffect;
    private long votesPastLimit;
    private long firstVotePastLimit = PartitionBallot.OPEN;
    private long endPastLimit = PartitionBallot.OPEN;
    private final ResultsHistory.Positions positions;
    private long nextStop;

    /**
     * @param limit the first offset that is not counted
     * @param options how many the ballot has
     * @param positions told the counts on the way
     */
    PartitionCount(long limit, int options, ResultsHistory.Positions positions) {
        this.limit = limit;
        this.votes = new long[options];
        this.positions = positions;
        this.nextStop = positions.next();
    }

    /** Everything before this offset has been taken. */
    void reach(long offset) {
        if (offset >= nextStop) {
            nextStop = positions.reach(offset, this);
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
            endPastLimit = offset;
        }
    }

    /** Takes a vote on the ballot. */
    void vote(byte outcome, Picks picks, long offset, long recordedAtMs) {
        reach(offset);
        if (offset >= limit) {
            firstVotePastLimit = Math.min(firstVotePastLimit, offset);
            votesPastLimit++;
            return;
        }
        if (offset >= endOffset) {
            late++;
            return;
        }
        asOfMs = Math.max(asOfMs, recordedAtMs);
        if (outcome == RecordOutcome.ACCEPTED) {
            accepted++;
            picks.forEach(option -> votes[option]++);
        } else if (outcome == RecordOutcome.RETRIED) {
            retried++;
        } else {
            rejected[RecordOutcome.reason(outcome).ordinal()]++;
        }
    }

    /** Takes an annulment that has effect; the ballot's end makes no difference to it. */
    void annulled(AnnulledVote vote) {
        reach(vote.offset());
        if (vote.offset() < limit) {
            annulledVotes.add(vote);
            vote.picks().forEach(option -> votes[option]--);
        } else {
            annulledPastLimit.add(vote);
        }
    }

    /** Takes an annulment that has none. */
    void annulmentWithoutEffect(long offset) {
        annulmentsWithoutEffect += offset < limit ? 1 : 0;
    }

    /** Votes on the ballot that stand behind what is counted. */
    public long votesPastLimit() {
        return votesPastLimit;
    }

    /** The offset of the first of them; {@link PartitionBallot#OPEN} where there is none. */
    public long firstVotePastLimit() {
        return firstVotePastLimit;
    }

    /** Annulments with effect that stand behind what is counted. */
    public List<AnnulledVote> annulledPastLimit() {
        return annulledPastLimit;
    }

    /** Where the ballot ends, if that is behind what is counted; else {@link PartitionBallot#OPEN}. */
    public long endPastLimit() {
        return endPastLimit;
    }

    /** {@link PartitionBallot#OPEN} while it is open. */
    public long endOffset() {
        return endOffset;
    }

    /** Milliseconds since 1970; {@code Long.MIN_VALUE} where nothing is counted. */
    public long asOfMs() {
        return asOfMs;
    }

    public long accepted() {
        return accepted;
    }

    long retried() {
        return retried;
    }

    /** In the order of the log. */
    public List<AnnulledVote> annulledVotes() {
        return annulledVotes;
    }

    /** How many annulments had no effect. */
    public long annulmentsWithoutEffect() {
        return annulmentsWithoutEffect;
    }

    long late() {
        return late;
    }

    long rejected(Reason reason) {
        return rejected[reason.ordinal()];
    }

    public long votes(int option) {
        return votes[option];
    }

    int options() {
        return votes.length;
    }
}
