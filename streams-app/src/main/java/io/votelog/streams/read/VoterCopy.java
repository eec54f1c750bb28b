package io.votelog.streams.read;

import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.streams.topology.VoterRow;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;

/**
 * A voter's row in a store of this instance, without what is not committed. The store may be behind. An accepted vote stays
 * what it is, so it is told of all the same, unless it may have been annulled; that there is none, or what came last, is told
 * only by a store that is not.
 */
final class VoterCopy {
    private final @Nullable AcceptedVote accepted;
    private final VoterRow.@Nullable Refused refused;
    private final @Nullable Annulment annulled;
    private final boolean whole;
    private final boolean anyAnnulled;

    /**
     * @param countedTo the offset behind the last one of the partition that is committed
     * @param whole whether the store has the rows of all votes below it
     * @param anyAnnulled whether some vote of the ballot is annulled, as far as it is committed
     */
    VoterCopy(VoterRow row, long countedTo, boolean whole, boolean anyAnnulled) {
        this.accepted = row.accepted() != null && row.accepted().offset() < countedTo ? row.accepted() : null;
        this.refused = row.refused() != null && row.refused().offset() < countedTo ? row.refused() : null;
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
     * The latest refused attempt.
     *
     * @throws InvalidStateStoreException when the store is behind
     */
    VoterRow.@Nullable Refused refused() {
        requireWhole();
        return refused;
    }

    private void requireWhole() {
        if (!whole) {
            throw new InvalidStateStoreException("the voters here are behind the committed results");
        }
    }
}
