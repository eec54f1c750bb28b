package io.votelog.streams.read;

import io.votelog.rules.AcceptedVote;
import io.votelog.streams.topology.VoterRow;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;

/**
 * A voter's row in a store of this instance, without what is not committed. The store may be behind. An accepted vote stays
 * what it is, so it is told of all the same; that there is none, or what came last, is told only by a store that is not.
 */
final class VoterCopy {
    private final @Nullable AcceptedVote accepted;
    private final VoterRow.@Nullable Refused refused;
    private final boolean whole;

    /**
     * @param countedTo the offset behind the last one of the partition that is committed
     * @param whole whether the store has the rows of all votes below it
     */
    VoterCopy(VoterRow row, long countedTo, boolean whole) {
        this.accepted = row.accepted() != null && row.accepted().offset() < countedTo ? row.accepted() : null;
        this.refused = row.refused() != null && row.refused().offset() < countedTo ? row.refused() : null;
        this.whole = whole;
    }

    /** @throws InvalidStateStoreException when none is found in a store that is behind */
    @Nullable
    AcceptedVote accepted() {
        if (accepted == null) {
            requireWhole();
        }
        return accepted;
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
