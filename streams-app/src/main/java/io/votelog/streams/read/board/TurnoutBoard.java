// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.board;

import io.votelog.events.PartitionTurnout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** The growth of each ballot's turnout, from the committed snapshots that this instance has read. */
@Component
public final class TurnoutBoard {
    private final Map<String, TurnoutHistory> histories = new ConcurrentHashMap<>();

    /** Takes one partition's snapshot of an hour, unless it has a newer one. */
    public void post(PartitionTurnout turnout) {
        histories.compute(
                turnout.getBallotId(), (id, known) -> (known == null ? TurnoutHistory.EMPTY : known).with(turnout));
    }

    /** How the turnout of a ballot grew; empty where nothing is known of it. */
    public TurnoutHistory find(String ballotId) {
        return histories.getOrDefault(ballotId, TurnoutHistory.EMPTY);
    }
}
