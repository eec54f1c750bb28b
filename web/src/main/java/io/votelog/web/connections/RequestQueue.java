// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait in one connection: one is passed on to the server, and those behind it wait here until its answer is given
 * and taken. The server would keep them too, but without a bound, and could not be told that one of them broke off. While too much
 * waits nothing is read from the connection, so that nothing is lost.
 */
final class RequestQueue {
    /** Most requests that may wait (RFC 9112, section 9.3.2). */
    static final int MAX_WAITING = 256;

    /** With more of them nothing more is read for now. What one read brings (64 KiB), when it is votes, has room above it. */
    private static final int MANY = 16;

    /** Likewise with more bytes of their bodies. */
    private static final int MANY_BYTES = 256 * 1024;

    /** The heads and bodies of those that wait; made for the first one. */
    private @Nullable ArrayDeque<Object> messages;

    private int waiting;
    private int waitingBytes;

    private boolean lastWaits;
    private boolean passingOn;
    private boolean headAlone;
    private boolean silenced;

    /** Whether none of what may still come is a request. */
    private boolean complete;

    private long heardSinceNanos = System.nanoTime();

    /** How many wait. */
    int waiting() {
        return waiting;
    }

    /** Whether the request that came last, and of which more may come, waits. */
    boolean lastWaits() {
        return lastWaits;
    }

    /** Whether the request that is passed on wants a head alone. */
    boolean wantsHeadAlone() {
        return headAlone;
    }

    /** Whether the client is not heard for now. */
    boolean isSilenced() {
        return silenced;
    }

    /** Since when the client is heard, as {@link System#nanoTime()}. */
    long heardSinceNanos() {
        return heardSinceNanos;
    }

    /** Begins with another request; false when it is one too many. */
    boolean admit(boolean othersAreAhead) {
        if (othersAreAhead && waiting == MAX_WAITING) {
            return false;
        }
        lastWaits = othersAreAhead;
        return true;
    }

    /** Passes on a part of the request that came last, or keeps it. */
    void take(ChannelHandlerContext context, Object message) {
        if (!lastWaits) {
            passOn(context, message);
            return;
        }
        if (messages == null) {
            messages = new ArrayDeque<>();
        }
        messages.addLast(message);
        waiting += message instanceof HttpRequest ? 1 : 0;
        waitingBytes += bytesOf(message);
        if (isLong()) {
            silence(context.channel());
        }
    }

    private void passOn(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            headAlone = HttpMethod.HEAD.equals(request.method());
        }
        context.fireChannelRead(message);
    }

    /** Passes on the request that has waited longest, as soon as the client has taken the answers that are under way. */
    void moveUp(ChannelHandlerContext context) {
        if (!passingOn && waiting > 0) {
            passingOn = true;
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(taken -> {
                if (taken.isSuccess()) {
                    // The server is to have noticed the answer's end, too.
                    context.executor().execute(() -> passNextOn(context));
                }
            });
        }
    }

    private void passNextOn(ChannelHandlerContext context) {
        passingOn = false;
        if (messages == null || waiting == 0) {
            return;
        }
        waiting--;
        lastWaits = lastWaits && waiting > 0;
        Object message = messages.removeFirst();
        if (silenced && !complete && !isLong()) {
            // Whoever reads this request's body reads on, at its own pace.
            hear();
        }
        passOn(context, message);
        while (!messages.isEmpty() && !(messages.peekFirst() instanceof HttpRequest)) {
            message = messages.removeFirst();
            waitingBytes -= bytesOf(message);
            context.fireChannelRead(message);
        }
    }

    /** Whether more is here than should be. What there is of a request whose turn has come does not count. */
    private boolean isLong() {
        return lastWaits && (waiting > MANY || waitingBytes > MANY_BYTES);
    }

    /** Begins with no more requests, and reads nothing more of what the client sends until {@link #hear()}. */
    void complete(Channel channel) {
        complete = true;
        silence(channel);
    }

    private void silence(Channel channel) {
        if (!silenced) {
            silenced = true;
            channel.config().setAutoRead(false);
        }
    }

    /** Reads what comes again, when somebody asks for it. */
    void hear() {
        silenced = false;
        heardSinceNanos = System.nanoTime();
    }

    /** Drops what there is of the request that came last, which waits. */
    void dropLast() {
        while (messages != null && !messages.isEmpty()) {
            Object message = messages.removeLast();
            waitingBytes -= bytesOf(message);
            ReferenceCountUtil.release(message);
            if (message instanceof HttpRequest) {
                waiting--;
                break;
            }
        }
    }

    void dropAll() {
        if (messages != null) {
            messages.forEach(ReferenceCountUtil::release);
            messages.clear();
        }
        waiting = 0;
        waitingBytes = 0;
    }

    private static int bytesOf(Object message) {
        return message instanceof HttpContent content ? content.content().readableBytes() : 0;
    }
}
