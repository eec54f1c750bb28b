// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tells which of two results of a ballot are older. Version and revision alone do not tell it: after the ballot's end both
 * stand still, while late votes are still counted and the partitions end one after the other.
 */
public final class ResultsAge {
    private ResultsAge() {}

    /** Whether the candidate is older than the known results, so that showing it would make totals go back (law 10). */
    public static boolean goesBack(BallotResults known, BallotResults candidate) {
        if (candidate.getVersion() < known.getVersion()
                || candidate.getRevision() < known.getRevision()
                || known.getStatus() == BallotStatus.FINAL && candidate.getStatus() != BallotStatus.FINAL) {
            return true;
        }
        Map<Integer, CountedPosition> positions = candidate.getPositions().stream()
                .collect(Collectors.toMap(CountedPosition::getPartition, Function.identity(), (one, other) -> one));
        return known.getPositions().stream().anyMatch(position -> {
            CountedPosition now = positions.get(position.getPartition());
            return now == null
                    || now.getNextOffset() < position.getNextOffset()
                    || position.getEndOffset() != null && now.getEndOffset() == null;
        });
    }

    /**
     * Whether the version is what it must be by definition: the sum of the positions counted, each of them not behind the end
     * of its partition.
     */
    static boolean isSound(BallotResults results) {
        long sum = 0;
        for (CountedPosition position : results.getPositions()) {
            Long end = position.getEndOffset();
            long counted = end == null ? position.getNextOffset() : Math.min(end, position.getNextOffset());
            if (counted < 0) {
                return false;
            }
            sum += counted;
        }
        return sum == results.getVersion();
    }
}
