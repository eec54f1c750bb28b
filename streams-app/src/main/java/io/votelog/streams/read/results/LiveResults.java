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

/** The results of each ballot as of now, and the next ones when they come. */
public final class LiveResults {
    private static final Logger LOG = LoggerFactory.getLogger(LiveResults.class);

    private final Ballots ballots;
    private final ResultsBoard board;
    private final JsonMapper json;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Map<String, ResultsView> views = new ConcurrentHashMap<>();
    private final Set<String> foreign = ConcurrentHashMap.newKeySet();

    /** @param scheduler on which changes are told, never the thread that keeps the stores */
    LiveResults(Ballots ballots, ResultsBoard board, JsonMapper json, Clock clock, Scheduler scheduler) {
        this.ballots = ballots;
        this.board = board;
        this.json = json;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    /** The results of now, or nothing when there is no such ballot. */
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
        ResultsView view = ResultsView.of(results, document, json.writeValueAsBytes(document));
        views.put(ballotId, view);
        return Optional.of(view);
    }

    /** Results of another definition, which somebody wrote who should not, are none; no reader of another ballot must notice. */
    private boolean isOf(Ballots.Published published, BallotResults results) {
        boolean fits = results.getDigest().equals(published.definition().digest())
                && (results.getVotes() == null
                        || results.getVotes().size() == published.ballot().optionCount());
        if (!fits && foreign.add(results.getBallotId())) {
            LOG.error(
                    "the results of ballot {} are not of the definition that was published first, and are not shown",
                    results.getBallotId());
        }
        return fits;
    }

    /** The first results from now on, those of now included, that are what is wanted. */
    Mono<ResultsView> next(String ballotId, Predicate<ResultsView> wanted) {
        Flux<String> changes = board.changes(ballotId).onBackpressureLatest().publishOn(scheduler, 1);
        return Flux.merge(changes, turns(ballotId), Mono.just(ballotId))
                .mapNotNull(changed -> current(ballotId).orElse(null))
                .filter(wanted)
                .next();
    }

    /** An element at each moment to come at which the clock changes a ballot's status. */
    private Flux<String> turns(String ballotId) {
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
