// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import java.util.ArrayList;
import java.util.List;

/** What one partition contributes to a ballot's results, counted up to an offset, the limit. */
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
    private long nextPosition;

    /**
     * @param limit the first offset that is not counted
     * @param options the number of options of the ballot
     * @param positions takes the counts at the positions of earlier results
     */
    PartitionCount(long limit, int options, ResultsHistory.Positions positions) {
        this.limit = limit;
        this.votes = new long[options];
        this.positions = positions;
        this.nextPosition = positions.next();
    }

    /** All records before this offset have been taken. */
    void reach(long offset) {
        if (offset >= nextPosition) {
            nextPosition = positions.reach(offset, this);
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

    /** Takes an annulment that has effect, before the ballot's end or after it. */
    void annulled(AnnulledVote vote) {
        reach(vote.offset());
        if (vote.offset() < limit) {
            annulledVotes.add(vote);
            vote.picks().forEach(option -> votes[option]--);
        } else {
            annulledPastLimit.add(vote);
        }
    }

    /** Takes an annulment that has no effect. */
    void annulmentWithoutEffect(long offset) {
        annulmentsWithoutEffect += offset < limit ? 1 : 0;
    }

    /** The number of votes on the ballot at or after the limit. */
    public long votesPastLimit() {
        return votesPastLimit;
    }

    /** The offset of the first vote at or after the limit; {@link PartitionBallot#OPEN} where there is none. */
    public long firstVotePastLimit() {
        return firstVotePastLimit;
    }

    /** Votes whose annulment has effect and stands at or after the limit. */
    public List<AnnulledVote> annulledPastLimit() {
        return annulledPastLimit;
    }

    /** The offset where the ballot ends, if that is at or after the limit; else {@link PartitionBallot#OPEN}. */
    public long endPastLimit() {
        return endPastLimit;
    }

    /** The offset where the ballot ends, if that is before the limit; else {@link PartitionBallot#OPEN}. */
    public long endOffset() {
        return endOffset;
    }

    /**
     * The latest time of what is counted, the ballot's definition or a vote, in milliseconds since 1970;
     * {@code Long.MIN_VALUE} where nothing is counted.
     */
    public long asOfMs() {
        return asOfMs;
    }

    /** The number of votes accepted before limit and end, those that were annulled later among them. */
    public long accepted() {
        return accepted;
    }

    long retried() {
        return retried;
    }

    /** The votes that were annulled before the limit, in the order of the log. */
    public List<AnnulledVote> annulledVotes() {
        return annulledVotes;
    }

    /** The number of annulments before the limit that had no effect. */
    public long annulmentsWithoutEffect() {
        return annulmentsWithoutEffect;
    }

    long late() {
        return late;
    }

    long rejected(Reason reason) {
        return rejected[reason.ordinal()];
    }

    /**
     * The votes that an option has, without those that were annulled before the limit.
     *
     * @param option its place on the ballot, from 0
     */
    public long votes(int option) {
        return votes[option];
    }

    int options() {
        return votes.length;
    }
}
