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
 * A voter's row in a store of this instance, without what is not committed. The store may be behind. An accepted vote stays
 * what it is, so it is told of all the same, unless it may have been annulled; that there is none, or what came last, is told
 * only by a store that is not.
 */
final class CommittedVoter {
    private final VoterRow row;
    private final long countedTo;
    private final @Nullable AcceptedVote accepted;
    private final @Nullable Annulment annulled;
    private final boolean whole;
    private final boolean anyAnnulled;

    /**
     * @param countedTo the offset behind the last one of the partition that is committed
     * @param whole whether the store has the rows of all votes below it
     * @param anyAnnulled whether some vote of the ballot is annulled, as far as it is committed
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
     * The accepted vote.
     *
     * @throws InvalidStateStoreException when the store is behind, and finds none or cannot tell whether it is annulled
     */
    @Nullable
    AcceptedVote accepted() {
        if (accepted == null || (anyAnnulled && annulled == null)) {
            requireWhole();
        }
        return accepted;
    }

    /** How the accepted vote was annulled, if it was; asked for after it. */
    @Nullable
    Annulment annulled() {
        return annulled;
    }

    /**
     * The latest refused attempt of this vote id, as far as it is remembered.
     *
     * @throws InvalidStateStoreException when the store is behind
     */
    VoterRow.@Nullable Refused refused(UUID voteId) {
        requireWhole();
        VoterRow.Refused attempt = row.refused(voteId);
        return attempt != null && attempt.offset() < countedTo ? attempt : null;
    }

    /**
     * Where an attempt of this vote id stands that is decided and not committed yet: its verdict may not be told, but that it is there
     * may, for the log has it.
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
     * Whether the voter may have made refused attempts that are not remembered any more.
     *
     * @throws InvalidStateStoreException when the store is behind
     */
    boolean forgotten() {
        requireWhole();
        return row.forgotten();
    }

    /**
     * Whether the voter can have made an attempt of this vote id that the row does not tell of: a retry of the accepted vote, an earlier
     * one of an id that is remembered, or one that is forgotten.
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
