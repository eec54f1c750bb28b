// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Tells those who wait on behalf of a client that it sends nothing more. That is all that is seen of a client that has gone, so
 * nobody should be made to wait for it.
 */
final class InputOver {
    private static final AttributeKey<Promise<@Nullable Void>> OVER = AttributeKey.valueOf("votelog.input-over");

    private InputOver() {}

    /** Completes, on the connection's event loop, when the client sends nothing more; at once when that is so already. */
    static Mono<Void> of(Channel channel) {
        return Mono.create(waiting -> {
            Promise<@Nullable Void> over = promise(channel);
            GenericFutureListener<Future<@Nullable Void>> tell = done -> waiting.success();
            // A connection may be used for many requests, and each takes its listener with it.
            waiting.onDispose(() -> over.removeListener(tell));
            over.addListener(tell);
        });
    }

    static void say(Channel channel) {
        promise(channel).trySuccess(null);
    }

    private static Promise<@Nullable Void> promise(Channel channel) {
        Promise<@Nullable Void> present = channel.attr(OVER).get();
        if (present != null) {
            return present;
        }
        Promise<@Nullable Void> made = channel.eventLoop().newPromise();
        Promise<@Nullable Void> earlier = channel.attr(OVER).setIfAbsent(made);
        return earlier == null ? made : earlier;
    }
}
