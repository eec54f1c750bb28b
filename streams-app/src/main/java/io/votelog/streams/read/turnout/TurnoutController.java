// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.turnout;

import io.votelog.rules.Ballot;
import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.read.problem.Problems;
import io.votelog.streams.read.results.LiveResults;
import io.votelog.web.coding.Representation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/ballots/{id}/turnout}. */
@RestController
final class TurnoutController {
    private static final int FEWEST_POINTS = 2;
    private static final int MOST_POINTS = 2_000;
    private static final int DEFAULT_POINTS = 300;
    private static final CacheControl CACHING = CacheControl.maxAge(Duration.ofSeconds(5));

    private final Ballots ballots;
    private final LiveTurnout turnout;
    private final ResultsBoard board;

    TurnoutController(Ballots ballots, LiveTurnout turnout, ResultsBoard board) {
        this.ballots = ballots;
        this.turnout = turnout;
        this.board = board;
    }

    @GetMapping(path = "/v1/ballots/{ballotId}/turnout", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<byte[]> turnout(
            @PathVariable String ballotId,
            @RequestParam(name = "points", required = false) @Nullable String points,
            @RequestParam(name = "option", required = false) @Nullable String option,
            @RequestHeader HttpHeaders request) {
        int mostPoints = mostPoints(points);
        Ballot ballot = ballots.get(ballotId).ballot();
        TurnoutView view = option == null
                ? turnout.current(ballotId, mostPoints)
                : turnout.ofOption(ballot, place(option, ballot), Math.min(mostPoints, DEFAULT_POINTS));
        boolean live = board.isLive();
        HttpHeaders headers = new HttpHeaders();
        if (!live) {
            headers.set(LiveResults.LIVE_HEADER, "false");
        }
        String tag = view.tag() + (live ? "" : "-still");
        return new Representation(MediaType.APPLICATION_JSON, tag, view.json(), CACHING, List.of(HttpHeaders.ACCEPT))
                .answer(request, headers);
    }

    private static int place(String option, Ballot ballot) {
        int place = ballot.optionIndex(option);
        if (place < 0) {
            throw Problems.malformed(
                            "malformed-option", "No option of the ballot '%s' has this id.".formatted(ballot.id()))
                    .exception();
        }
        return place;
    }

    private static int mostPoints(@Nullable String text) {
        if (text == null) {
            return DEFAULT_POINTS;
        }
        int points = text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
        if (points < FEWEST_POINTS || points > MOST_POINTS) {
            throw Problems.malformed(
                            "malformed-points",
                            "The number of points is from %d to %d.".formatted(FEWEST_POINTS, MOST_POINTS))
                    .exception();
        }
        return points;
    }
}
