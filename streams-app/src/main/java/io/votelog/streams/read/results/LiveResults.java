// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.events.BallotResults;
import io.votelog.rules.Ballot;
import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.read.board.ResultsBoard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

/** The present results of each ballot, and the next ones when they come. */
public final class LiveResults {
    /** The header that is {@code false} on results that are not up to date, and absent on others. */
    public static final String LIVE_HEADER = "Votelog-Live";

    private static final Logger LOG = LoggerFactory.getLogger(LiveResults.class);

    private final Ballots ballots;
    private final ResultsBoard board;
    private final JsonMapper json;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Map<String, ResultsView> views = new ConcurrentHashMap<>();
    private final Set<String> foreignBallotIds = ConcurrentHashMap.newKeySet();

    /** @param scheduler runs what follows from changes, so that the thread that keeps the stores does not */
    LiveResults(Ballots ballots, ResultsBoard board, JsonMapper json, Clock clock, Scheduler scheduler) {
        this.ballots = ballots;
        this.board = board;
        this.json = json;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    /** The present results; empty when there is no such ballot. */
    public Optional<ResultsView> current(String ballotId) {
        Ballots.Published published = ballots.find(ballotId).orElse(null);
        if (published == null) {
            return Optional.empty();
        }
        @Nullable
        BallotResults results =
                board.find(ballotId).filter(found -> isOf(published, found)).orElse(null);
        BallotPhase status =
                ResultsDocument.statusAt(clock.instant(), published.ballot(), results, ballots.closing(ballotId));
        boolean live = board.isLive();
        ResultsView known = views.get(ballotId);
        if (known != null
                && known.source() == results
                && known.document().status() == status
                && known.document().goesOn() == live) {
            return Optional.of(known);
        }
        ResultsDocument document =
                ResultsDocument.of(published.definition(), results, status).goingOn(live);
        ResultsView view = ResultsView.of(published.definition(), results, document, json.writeValueAsBytes(document));
        views.put(ballotId, view);
        return Optional.of(view);
    }

    /**
     * Whether the results are of this ballot's definition. Others were written by somebody who should not, and are treated as
     * absent, so readers of other ballots are not affected.
     */
    private boolean isOf(Ballots.Published published, BallotResults results) {
        boolean fits = results.getDigest().equals(published.definition().digest())
                && (results.getVotes() == null
                        || results.getVotes().size() == published.ballot().optionCount());
        if (!fits && foreignBallotIds.add(results.getBallotId())) {
            LOG.error(
                    "the results of ballot {} are not of the definition that was published first, and are not shown",
                    results.getBallotId());
        }
        return fits;
    }

    /** The first results that the predicate wants, from the present ones on. */
    Mono<ResultsView> next(String ballotId, Predicate<ResultsView> wanted) {
        Flux<String> changes = board.changes(ballotId).onBackpressureLatest().publishOn(scheduler, 1);
        return Flux.merge(changes, phaseChanges(ballotId), Mono.just(ballotId))
                .mapNotNull(changed -> current(ballotId).orElse(null))
                .filter(wanted)
                .next();
    }

    /** Emits at each coming moment at which the clock changes the ballot's phase. */
    private Flux<String> phaseChanges(String ballotId) {
        return Flux.defer(() -> {
            Ballot ballot =
                    ballots.find(ballotId).map(Ballots.Published::ballot).orElse(null);
            if (ballot == null) {
                return Flux.empty();
            }
            Instant now = clock.instant();
            return Flux.fromStream(
                            Stream.of(ballot.opensAt(), ballot.closesAt()).filter(now::isBefore))
                    .flatMap(turn -> Mono.delay(Duration.between(now, turn).plusMillis(1), scheduler))
                    .map(tick -> ballotId);
        });
    }
}
