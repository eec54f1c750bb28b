// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import org.jspecify.annotations.Nullable;

/**
 * The decision on one vote, from the records that stand before it in its partition, and from nothing else.
 *
 * <p>A caller may pass a ballot, an end or an accepted vote that stands behind the vote, as it happens when records are decided again
 * from stores that are ahead of them. Such a thing is ignored, so a vote that is decided again gets the verdict that it had.
 */
public final class Decision {
    private Decision() {}

    /**
     * A ballot as one partition knows it.
     *
     * @param ballot the definition that binds
     * @param fromOffset where in the partition the definition stands; votes behind it are votes on this ballot
     * @param endOffset where in the partition the ballot ended: a vote there or behind it is {@code CLOSED};
     *     {@link #OPEN_ENDED} until it has ended
     */
    public record PartitionBallot(Ballot ballot, long fromOffset, long endOffset) {
        /** The end offset of a ballot that has not ended in this partition. */
        public static final long OPEN_ENDED = Long.MAX_VALUE;
    }

    /**
     * The verdict on a vote. The reasons are looked at in their order of precedence, and the first that holds rejects the vote. A retry
     * of the accepted vote, which is one with its id and its set of choices, is found before all reasons but {@code UNKNOWN_BALLOT}.
     *
     * @param partitionBallot the ballot that the vote names, or null where the partition knows none of that id
     * @param accepted the accepted vote of the same voter on the same ballot, if there is one
     * @param vote the vote
     */
    public static Verdict decide(
            @Nullable PartitionBallot partitionBallot, @Nullable AcceptedVote accepted, LoggedVote vote) {
        if (partitionBallot == null || vote.offset() <= partitionBallot.fromOffset()) {
            return new Verdict.Rejected(Reason.UNKNOWN_BALLOT);
        }
        AcceptedVote earlier = accepted != null && accepted.offset() <= vote.offset() ? accepted : null;
        if (earlier != null && earlier.offset() == vote.offset()) {
            return new Verdict.Accepted(earlier.picks());
        }

        Ballot ballot = partitionBallot.ballot();
        Form form = ballot.check(vote.choices());
        AcceptedVote sameId = earlier != null && earlier.voteId().equals(vote.voteId()) ? earlier : null;
        if (sameId != null
                && form.picks().equals(sameId.picks())
                && !form.broken().contains(Reason.UNKNOWN_OPTION)) {
            return new Verdict.Retried(sameId);
        }
        if (vote.recordedAtMs() < ballot.opensAt().toEpochMilli()) {
            return new Verdict.Rejected(Reason.NOT_OPEN);
        }
        if (vote.offset() >= partitionBallot.endOffset()
                || vote.recordedAtMs() >= ballot.closesAt().toEpochMilli()) {
            return new Verdict.Rejected(Reason.CLOSED);
        }
        if (!form.wellFormed()) {
            return new Verdict.Rejected(form.first());
        }
        if (sameId != null) {
            return new Verdict.Rejected(Reason.VOTE_ID_REUSED);
        }
        if (earlier != null) {
            return new Verdict.Rejected(Reason.ALREADY_VOTED);
        }
        return new Verdict.Accepted(form.picks());
    }
}
