package io.votelog.streams.topology;

import io.votelog.rules.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one record of the log means for the tally; every record makes one step, so that the position moves with each.
 *
 * @param offset the record's
 * @param recordedAtMs the broker's append time, milliseconds since 1970
 * @param ended ballots that counting ends for with this record, before its vote is counted
 * @param opened the ballot that begins to stand in this partition with this record
 * @param vote the vote in it
 */
record LogStep(
        long offset, long recordedAtMs, List<PollRow> ended, @Nullable PollRow opened, @Nullable JudgedVote vote) {

    /**
     * A vote with its verdict.
     *
     * @param poll the ballot, or nothing when no such ballot stood in the partition
     */
    record JudgedVote(@Nullable PollRow poll, Verdict verdict) {}
}
