// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.rules.Picks;
import io.votelog.rules.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one record of the log means for the tally; every record makes one step, so that the position moves with each.
 *
 * @param offset the record's
 * @param recordedAtMs the broker's append time, milliseconds since 1970
 * @param ended ballots that counting ends for with this record, before its vote is counted
 * @param effect what the record does, if it does anything
 * @param fresh whether the stores show that this record was not decided before: it left a trace there that was missing, or
 *     another record left one at its offset. A record that leaves none may have been decided before or not
 */
record LogStep(long offset, long recordedAtMs, List<BallotRow> ended, @Nullable Effect effect, boolean fresh) {

    /** What a record does beside ending ballots. */
    sealed interface Effect {}

    /** A ballot begins to stand in this partition. */
    record Opened(BallotRow row) implements Effect {}

    /**
     * A vote with its verdict.
     *
     * @param@param row the ballot, or nothing when no such ballot stood in the partition
     */
    record JudgedVote(@Nullable BallotRow row, Verdict verdict) implements Effect {}

    /** An accepted vote is taken out of the counts, with these picks. */
    record Annulled(BallotRow row, Picks picks) implements Effect {}
}
