// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Completes the open streams at a shutdown. The web server waits for its requests to end before it stops, and streams never end
 * by themselves.
 */
@Component
final class StreamEnd implements SmartLifecycle {
    private final Sinks.Empty<Void> end = Sinks.empty();
    private volatile boolean running;
    private volatile boolean come;

    Mono<Void> signal() {
        return end.asMono();
    }

    boolean hasCome() {
        return come;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        come = true;
        end.tryEmitEmpty();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** It starts last and stops first. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
