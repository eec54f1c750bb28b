// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.rules.Decision.PartitionBallot;
import io.votelog.streams.topology.BallotRow;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ballots of the partitions as requests need them. A row holds the ballot's whole definition, and to parse that takes longer than
 * all else that a request for a receipt costs, so it is parsed once for all requests that find the same row. Any thread may call it.
 */
final class PartitionBallots {
    private final Map<Place, Parsed> latest = new ConcurrentHashMap<>();

    private record Place(String ballotId, int partition) {}

    /** What the row's bytes say. */
    private record Parsed(byte[] row, PartitionBallot ballot) {}

    /**
     * The ballot that a row says.
     *
     * @param row as it stands in the store now
     * @throws IllegalStateException when the row is none
     */
    PartitionBallot of(String ballotId, int partition, byte[] row) {
        Place place = new Place(ballotId, partition);
        Parsed known = latest.get(place);
        if (known != null && Arrays.equals(known.row(), row)) {
            return known.ballot();
        }
        Parsed parsed = new Parsed(row, BallotRow.decode(row).poll());
        latest.put(place, parsed);
        return parsed.ballot();
    }
}
