// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The end of all streams that are read, which comes when the application stops: by themselves they would never end. */
@Component
final class StreamEnd {
    private final Sinks.Empty<Void> end = Sinks.empty();
    private volatile boolean come;

    /** Completes the open streams; from now on no other is opened. */
    void come() {
        come = true;
        end.tryEmitEmpty();
    }

    boolean hasCome() {
        return come;
    }

    /** Completes when the end comes, or has come. */
    Mono<Void> signal() {
        return end.asMono();
    }
}
