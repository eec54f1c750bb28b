// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.board;

import io.votelog.events.PartitionTurnout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** How the turnout of each ballot grew, as far as this instance has read it, committed. */
@Component
public final class TurnoutBoard {
    private final Map<String, TurnoutHistory> histories = new ConcurrentHashMap<>();

    /** Takes an hour of one partition in, unless a newer snapshot of it is there already. */
    public void post(PartitionTurnout turnout) {
        histories.compute(
                turnout.getBallotId(), (id, known) -> (known == null ? TurnoutHistory.EMPTY : known).with(turnout));
    }

    public TurnoutHistory find(String ballotId) {
        return histories.getOrDefault(ballotId, TurnoutHistory.EMPTY);
    }
}
