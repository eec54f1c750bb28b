// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.rules.Ballot;
import io.votelog.streams.topology.rows.BallotRow;
import io.votelog.streams.topology.voters.VotersStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ballots of one partition: their rows in the store, and a parsed copy in memory. Every change goes to the store at once.
 */
final class BallotRows {
    private final VotersStore store;
    private final Map<String, BallotRow> ballots = new HashMap<>();
    private int version;
    private long nextEndMs;

    BallotRows(VotersStore store) {
        this.store = store;
        read();
    }

    private void read() {
        version = store.ballotsVersion();
        ballots.clear();
        store.ballots().forEach((ballotId, row) -> ballots.put(ballotId, BallotRow.decode(row)));
        nextEndMs = earliestEndMs();
    }

    /** Reads the rows again if the store has changed by another hand: by a restore, or by a start that took rows back. */
    void refresh() {
        if (version != store.ballotsVersion()) {
            read();
        }
    }

    @Nullable
    BallotRow find(String ballotId) {
        return ballots.get(ballotId);
    }

    void open(BallotRow row) {
        put(row);
        nextEndMs = earliestEndMs();
    }

    /** Ends a ballot: votes at this offset or behind it are late. */
    BallotRow end(BallotRow row, long offset) {
        BallotRow ended = row.endedAt(offset);
        put(ended);
        nextEndMs = earliestEndMs();
        return ended;
    }

    /**
     * Ends every open ballot whose closing time is not after this record.
     *
     * @param recordedAtMs the broker's append time of the record, milliseconds since 1970
     * @param offset the record's offset, which becomes the end offset
     * @return the ballots that this record ended
     */
    List<BallotRow> endDue(long recordedAtMs, long offset) {
        if (recordedAtMs < nextEndMs) {
            return List.of();
        }
        List<BallotRow> ended = new ArrayList<>();
        for (BallotRow row : List.copyOf(ballots.values())) {
            boolean due = closesAtMs(row) <= recordedAtMs;
            if (row.open() && due && offset > row.partitionBallot().fromOffset()) {
                ended.add(end(row, offset));
            }
        }
        return ended;
    }

    private void put(BallotRow row) {
        String ballotId = row.definition().ballot().id();
        store.putBallot(ballotId, row.encode());
        version = store.ballotsVersion();
        ballots.put(ballotId, row);
    }

    private long earliestEndMs() {
        return ballots.values().stream()
                .filter(BallotRow::open)
                .mapToLong(BallotRows::closesAtMs)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private static long closesAtMs(BallotRow row) {
        Ballot ballot = row.definition().ballot();
        return ballot.closesAt().toEpochMilli();
    }
}
