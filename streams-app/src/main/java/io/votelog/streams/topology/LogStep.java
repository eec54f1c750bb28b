// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.rules.Picks;
import io.votelog.rules.Verdict;
import io.votelog.streams.topology.rows.BallotRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the tally has to do for one record of the log. Every record makes exactly one step, so that the tally's position moves
 * with each record.
 *
 * @param offset the record's offset
 * @param recordedAtMs the broker's append time, milliseconds since 1970
 * @param ended the ballots whose counting ends with this record, before its own effect is counted
 * @param effect what the record itself does, or null
 * @param fresh whether the stores prove that this record was not decided before: the trace that it leaves was missing, or
 *     another record had left one at its offset. False proves nothing, since some records leave no trace
 */
record LogStep(long offset, long recordedAtMs, List<BallotRow> ended, @Nullable Effect effect, boolean fresh) {

    /** What a record does, apart from ending ballots. */
    sealed interface Effect {}

    /** A ballot is opened in this partition. */
    record Opened(BallotRow row) implements Effect {}

    /**
     * A vote with its verdict.
     *
     * @param row the ballot that the vote names, or null when the partition had no such ballot
     */
    record JudgedVote(@Nullable BallotRow row, Verdict verdict) implements Effect {}

    /** An accepted vote is annulled: these picks are taken out of the counts. */
    record Annulled(BallotRow row, Picks picks) implements Effect {}
}
