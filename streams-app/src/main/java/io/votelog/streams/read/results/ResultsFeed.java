// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
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
    private final Map<String, Channel> channels = new ConcurrentHashMap<>();

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
        return Flux.defer(() -> join(ballotId))
                .filter(view -> view.tag().eventId().covers(seen))
                .onBackpressureLatest();
    }

    private Flux<ResultsView> join(String ballotId) {
        Channel channel = channels.compute(ballotId, (id, there) -> {
            Channel joined = there == null ? new Channel() : there;
            joined.readers++;
            return joined;
        });
        if (channel.started.compareAndSet(false, true)) {
            channel.source.update(coalesced(ballotId)
                    .doFinally(end -> channels.remove(ballotId, channel))
                    .subscribe(
                            channel.newest::tryEmitNext,
                            channel.newest::tryEmitError,
                            channel.newest::tryEmitComplete));
        }
        return channel.newest.asFlux().doFinally(end -> leave(ballotId, channel));
    }

    /** The last reader who leaves ends the channel. */
    private void leave(String ballotId, Channel channel) {
        boolean[] last = new boolean[1];
        channels.compute(ballotId, (id, there) -> {
            if (there != channel) {
                // It has ended by itself, and another may have begun.
                return there;
            }
            channel.readers--;
            last[0] = channel.readers == 0;
            return last[0] ? null : there;
        });
        if (last[0]) {
            channel.source.dispose();
        }
    }

    /**
     * What all readers of a ballot share. It is a sink, since the operators that share a flux ({@code replay}, in reactor 3.8) look at all readers anew for
     * each reader that a document goes to.
     */
    private static final class Channel {
        private final Sinks.Many<ResultsView> newest = Sinks.many().replay().latest();
        private final AtomicBoolean started = new AtomicBoolean();
        private final Disposable.Swap source = Disposables.swap();

        /** Touched by those who hold the channel's place in the map. */
        private int readers;
    }

    private Flux<ResultsView> coalesced(String ballotId) {
        return results.next(ballotId, any -> true)
                .expand(shown -> shown.isFinal()
                        ? Mono.empty()
                        : Mono.delay(GAP, scheduler)
                                .then(results.next(ballotId, view -> !view.tag().equals(shown.tag()))));
    }
}
