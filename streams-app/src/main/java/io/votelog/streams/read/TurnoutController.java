package io.votelog.streams.read;

import io.votelog.web.headers.EntityTags;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
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
    private static final Duration MAX_AGE = Duration.ofSeconds(5);

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
            @RequestHeader HttpHeaders request) {
        int mostPoints = mostPoints(points);
        ballots.get(ballotId);
        TurnoutView view = turnout.current(ballotId, mostPoints);
        boolean live = board.isLive();
        String tag = live ? view.entityTag() : view.entityTag().replaceFirst("\"$", "-still\"");
        HttpHeaders headers = new HttpHeaders();
        if (!live) {
            headers.set(ResultsController.LIVE, "false");
        }
        headers.setETag(tag);
        headers.setCacheControl(CacheControl.maxAge(MAX_AGE));
        if (EntityTags.ifNoneMatch(request).name(tag)) {
            return new ResponseEntity<>(headers, HttpStatus.NOT_MODIFIED);
        }
        headers.setContentType(MediaType.APPLICATION_JSON);
        return new ResponseEntity<>(view.json(), headers, HttpStatus.OK);
    }

    private static int mostPoints(@Nullable String text) {
        if (text == null) {
            return DEFAULT_POINTS;
        }
        int points = text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
        if (points < FEWEST_POINTS || points > MOST_POINTS) {
            throw ProblemException.malformed(
                    "malformed-points", "The number of points is from %d to %d.".formatted(FEWEST_POINTS, MOST_POINTS));
        }
        return points;
    }
}
