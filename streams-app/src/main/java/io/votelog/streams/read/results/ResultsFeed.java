// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The results of a ballot as they change: the present ones at once, then the newest ones at intervals of at least {@link #GAP},
 * up to the final ones. All readers of a ballot share one feed.
 */
final class ResultsFeed {
    /** The shortest interval between two elements; four a second at most. */
    static final Duration GAP = Duration.ofMillis(250);

    private final LiveResults results;
    private final Scheduler scheduler;
    private final Map<String, Flux<ResultsView>> channels = new ConcurrentHashMap<>();

    ResultsFeed(LiveResults results, Scheduler scheduler) {
        this.results = results;
        this.scheduler = scheduler;
    }

    /**
     * The feed for one reader. A slow reader misses results that are no longer the newest.
     *
     * @param seen what the reader has seen already; nothing older is shown
     */
    Flux<ResultsView> of(String ballotId, EventId seen) {
        return Flux.defer(() -> channels.computeIfAbsent(ballotId, this::channel))
                .filter(view -> view.tag().eventId().covers(seen))
                .onBackpressureLatest();
    }

    private Flux<ResultsView> channel(String ballotId) {
        return coalesced(ballotId)
                .doFinally(end -> channels.remove(ballotId))
                .replay(1)
                .refCount();
    }

    private Flux<ResultsView> coalesced(String ballotId) {
        return results.next(ballotId, any -> true)
                .expand(shown -> shown.isFinal()
                        ? Mono.empty()
                        : Mono.delay(GAP, scheduler)
                                .then(results.next(ballotId, view -> !view.tag().equals(shown.tag()))));
    }
}
