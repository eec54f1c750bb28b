// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long the client of one connection may take, for its requests and for taking the answers. It writes down times in fields and has
 * one timer a connection, which goes off when the next limit could be reached; the server's own time limits cost a handler and two
 * timers a request. What becomes of a client that took too long is {@link Pipelining}'s to decide.
 */
final class TimeLimits {
    private final long pauseNanos;
    private final long bodyNanos;
    private final long idleNanos;

    private final AnswersUnderWay underWay = new AnswersUnderWay();

    /** Whether the connection has had no request yet. */
    private boolean first = true;

    private boolean leftToRoute;
    private long bodyBegunNanos;
    private long lastNanos;
    private @Nullable Future<?> timer;

    TimeLimits(Patience patience) {
        this.pauseNanos = patience.pause().toNanos();
        this.bodyNanos = patience.body().toNanos();
        this.idleNanos = patience.idle().toNanos();
    }

    /** A new connection is there. */
    void connected() {
        lastNanos = System.nanoTime();
    }

    /** The head of a request is there. */
    void requestBegun() {
        first = false;
        bodyBegunNanos = System.nanoTime();
        lastNanos = bodyBegunNanos;
    }

    /** A part of a body is there, and not the last one. */
    void bodyWentOn() {
        lastNanos = System.nanoTime();
    }

    /** An answer is given whole. */
    void answered() {
        leftToRoute = false;
        lastNanos = System.nanoTime();
    }

    /** Leaves the time that the present request takes, until it is answered, to its route. */
    void leaveToRoute() {
        leftToRoute = true;
    }

    boolean isLeftToRoute() {
        return leftToRoute;
    }

    /** Whether the client takes nothing of the answers that are under way, for longer than it may. */
    boolean takesNothing(Channel channel, long nowNanos) {
        return !leftToRoute && underWay.nothingTaken(channel, nowNanos, idleNanos);
    }

    /**
     * The time until a limit could be reached; 0 or less when one is.
     *
     * @param inBody whether the body of a request is coming
     * @param answering whether it is this side that has to do something next
     * @param heardSinceNanos since when something is read from the connection: before that the client could not send
     * @param nowNanos as {@link System#nanoTime()}, like all times here
     */
    long leftNanos(boolean inBody, boolean answering, long heardSinceNanos, long nowNanos) {
        if (leftToRoute || answering) {
            return pauseNanos;
        }
        if (inBody) {
            return Math.min(
                            Math.max(lastNanos, heardSinceNanos) + pauseNanos,
                            Math.max(bodyBegunNanos, heardSinceNanos) + bodyNanos)
                    - nowNanos;
        }
        return lastNanos + (first ? pauseNanos : idleNanos) - nowNanos;
    }

    /** Looks at the connection after the shortest time that a client may take. */
    void lookAfterPause(ChannelHandlerContext context, Runnable look) {
        lookIn(pauseNanos, context, look);
    }

    void lookIn(long nanos, ChannelHandlerContext context, Runnable look) {
        timer = context.executor().schedule(look, nanos, TimeUnit.NANOSECONDS);
    }

    /** A moment is left to the answer to get to the client; whether or not there was one, the connection is closed. */
    void closeSoon(ChannelHandlerContext context) {
        stop();
        timer = context.executor().schedule(() -> context.close(), 1, TimeUnit.SECONDS);
    }

    /** Looks no more. */
    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
