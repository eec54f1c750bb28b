// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.streams.topology.rows.VoterRow;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;

/**
 * A voter's row in a store of this instance, without what is not committed. The store may be behind the committed results. Even
 * then it tells of an accepted vote, since that never changes, unless the vote may have been annulled. That there is no
 * accepted vote, or which attempt was the last, is told only by a store that is not behind.
 */
final class CommittedVoter {
    private final VoterRow row;
    private final long countedTo;
    private final @Nullable AcceptedVote accepted;
    private final @Nullable Annulment annulled;
    private final boolean whole;
    private final boolean anyAnnulled;

    /**
     * @param countedTo the offset up to which the partition is committed
     * @param whole whether the store has the rows of all votes below that offset
     * @param anyAnnulled whether any vote on the ballot is annulled, in committed results
     */
    CommittedVoter(VoterRow row, long countedTo, boolean whole, boolean anyAnnulled) {
        this.row = row;
        this.countedTo = countedTo;
        this.accepted = row.accepted() != null && row.accepted().offset() < countedTo ? row.accepted() : null;
        this.annulled = row.annulled() != null && row.annulled().offset() < countedTo ? row.annulled() : null;
        this.whole = whole;
        this.anyAnnulled = anyAnnulled;
    }

    /**
     * The voter's accepted vote, or null.
     *
     * @throws InvalidStateStoreException when the store is behind and has no accepted vote, or cannot tell whether it was
     *     annulled
     */
    @Nullable
    AcceptedVote accepted() {
        if (accepted == null || (anyAnnulled && annulled == null)) {
            requireWhole();
        }
        return accepted;
    }

    /** The annulment of the accepted vote, or null. Call it after {@link #accepted}. */
    @Nullable
    Annulment annulled() {
        return annulled;
    }

    /**
     * The latest refused attempt of this vote id that the row has, or null.
     *
     * @throws InvalidStateStoreException when the store is behind
     */
    VoterRow.@Nullable Refused refused(UUID voteId) {
        requireWhole();
        VoterRow.Refused attempt = row.refused(voteId);
        return attempt != null && attempt.offset() < countedTo ? attempt : null;
    }

    /**
     * The offset of an attempt of this vote id that is decided but not committed. Its verdict may not be told yet; that the
     * attempt exists may, since it is in the log.
     *
     * @throws InvalidStateStoreException when the store is behind
     */
    OptionalLong uncommitted(UUID voteId) {
        requireWhole();
        AcceptedVote vote = row.accepted();
        if (vote != null && vote.voteId().equals(voteId) && vote.offset() >= countedTo) {
            return OptionalLong.of(vote.offset());
        }
        VoterRow.Refused attempt = row.refused(voteId);
        return attempt != null && attempt.offset() >= countedTo
                ? OptionalLong.of(attempt.offset())
                : OptionalLong.empty();
    }

    /**
     * Whether the voter may have made refused attempts that the row has forgotten.
     *
     * @throws InvalidStateStoreException when the store is behind
     */
    boolean forgotten() {
        requireWhole();
        return row.forgotten();
    }

    /**
     * Whether the voter may have made an attempt of this vote id that the row does not have: a retry of the accepted vote, an
     * earlier attempt of an id that the row has, or a forgotten attempt.
     *
     * @throws InvalidStateStoreException when the store is behind
     */
    boolean mayHaveSent(UUID voteId) {
        requireWhole();
        AcceptedVote vote = row.accepted();
        return row.forgotten()
                || row.refused(voteId) != null
                || (vote != null && vote.voteId().equals(voteId));
    }

    private void requireWhole() {
        if (!whole) {
            throw new InvalidStateStoreException("the voters here are behind the committed results");
        }
    }
}
