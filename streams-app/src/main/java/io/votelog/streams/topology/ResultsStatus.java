// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.BallotStatus;
import io.votelog.events.PartitionTally;
import java.time.Instant;
import java.util.List;

/**
 * When results are scheduled, open, closed and final. They are final when the ballot has ended in every one of its partitions: each then
 * has the offset of its end, what is counted reaches up to there, and no later vote changes it; only an annulment does. Whether a ballot has ended in a partition
 * is decided where its records are judged ({@link Judge}): by an early close, or by the first record that the broker stamped at or after
 * the time at which the ballot closes.
 */
final class ResultsStatus {
    private ResultsStatus() {}

    /**
     * The status of results that add up these tallies.
     *
     * @param tallies of all partitions of one ballot, at least one
     * @param asOf the broker's time of the newest record counted
     */
    static BallotStatus of(List<PartitionTally> tallies, Instant asOf) {
        long ended = tallies.stream().filter(ResultsStatus::hasEnded).count();
        if (ended == tallies.size()) {
            return BallotStatus.FINAL;
        }
        if (ended > 0) {
            return BallotStatus.CLOSED;
        }
        return asOf.isBefore(tallies.get(0).getOpensAt()) ? BallotStatus.SCHEDULED : BallotStatus.OPEN;
    }

    /** Whether the ballot has ended in this partition. */
    static boolean hasEnded(PartitionTally tally) {
        return tally.getEndOffset() != null;
    }
}
