// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.turnout;

import io.votelog.streams.read.board.TurnoutBoard;
import io.votelog.streams.read.board.TurnoutHistory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/** The growth of each ballot's turnout up to now, written once for all who ask for the same steps. */
final class LiveTurnout {
    private final TurnoutBoard board;
    private final JsonMapper json;
    private final Map<String, TurnoutView> views = new ConcurrentHashMap<>();

    LiveTurnout(TurnoutBoard board, JsonMapper json) {
        this.board = board;
        this.json = json;
    }

    /**
     * The turnout of an existing ballot.
     *
     * @param mostPoints at least 2
     */
    TurnoutView current(String ballotId, int mostPoints) {
        TurnoutHistory history = board.find(ballotId);
        long stepSeconds = history.stepSeconds(mostPoints);
        TurnoutView known = views.get(ballotId);
        if (known != null && known.source() == history && known.stepSeconds() == stepSeconds) {
            return known;
        }
        TurnoutDocument document = new TurnoutDocument(ballotId, stepSeconds, history.points(stepSeconds));
        TurnoutView view = TurnoutView.of(history, stepSeconds, json.writeValueAsBytes(document));
        views.put(ballotId, view);
        return view;
    }
}
