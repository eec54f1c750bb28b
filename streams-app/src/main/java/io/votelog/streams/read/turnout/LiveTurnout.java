// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.turnout;

import io.votelog.rules.Ballot;
import io.votelog.rules.Visibility;
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
        TurnoutView view = view(history, new TurnoutDocument(ballotId, null, stepSeconds, history.points(stepSeconds)));
        views.put(ballotId, view);
        return view;
    }

    /**
     * The turnout of an existing ballot and the votes for one of its options.
     *
     * @param option its place on the ballot, from 0
     * @param mostPoints at least 2
     */
    TurnoutView ofOption(Ballot ballot, int option, int mostPoints) {
        TurnoutHistory history = board.find(ballot.id());
        long stepSeconds = history.stepSecondsOfOptions(mostPoints);
        return view(
                history,
                new TurnoutDocument(
                        ballot.id(),
                        ballot.optionId(option),
                        stepSeconds,
                        ballot.visibility() == Visibility.LIVE
                                ? history.points(stepSeconds, option)
                                : history.points(stepSeconds)));
    }

    private TurnoutView view(TurnoutHistory history, TurnoutDocument document) {
        return TurnoutView.of(history, document.stepSeconds(), json.writeValueAsBytes(document));
    }
}
