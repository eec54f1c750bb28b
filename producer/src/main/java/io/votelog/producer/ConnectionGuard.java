package io.votelog.producer;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Looks after one connection, whatever it is used for: how long a client may take, how much it may send ahead of the answers, and
 * which requests are none (those that mean one thing to a proxy and another thing here). It costs a few field writes a request and
 * one timer a connection; the server's own time limits cost a handler and two timers a request.
 */
final class ConnectionGuard extends ChannelDuplexHandler {
    /** Most requests that may wait behind one that is not answered yet (RFC 9112, section 9.3.2). */
    static final int MAX_PIPELINED = 128;

    /** Most bytes of their bodies. */
    static final int MAX_PIPELINED_BYTES = 256 * 1024;

    private static final String NAME = "votelog.guard";

    /**
     * How long a client may take.
     *
     * @param pause between two parts of a request's body, and until a new connection's first request is there
     * @param body for all of a body
     * @param idle between an answer and the next request
     */
    record Patience(Duration pause, Duration body, Duration idle) {}

    private final long pauseNanos;
    private final long bodyNanos;
    private final long idleNanos;

    private int unanswered;
    private int waitingBytes;
    private boolean inBody;
    private boolean streaming;
    private boolean timedOut;
    private boolean first = true;
    private long bodyBegunNanos;
    private long lastNanos;
    private @Nullable Future<?> timer;

    private ConnectionGuard(Patience patience) {
        this.pauseNanos = patience.pause().toNanos();
        this.bodyNanos = patience.body().toNanos();
        this.idleNanos = patience.idle().toNanos();
    }

    /** Puts a guard in front of the server's own handlers. */
    static void install(Channel channel, Patience patience) {
        if (channel.pipeline().get(NettyPipeline.HttpTrafficHandler) != null) {
            channel.pipeline().addBefore(NettyPipeline.HttpTrafficHandler, NAME, new ConnectionGuard(patience));
        }
    }

    /** Leaves the time that the present request takes to its route, which looks after it itself. */
    static void leaveTimeToRoute(Channel channel) {
        if (channel.pipeline().get(NAME) instanceof ConnectionGuard guard) {
            guard.streaming = true;
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        lastNanos = System.nanoTime();
        schedule(context, pauseNanos);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            String fault = request.decoderResult().isFailure() ? null : fault(request);
            if (fault != null) {
                ReferenceCountUtil.release(message);
                refuse(context, fault);
                return;
            }
            unanswered++;
            first = false;
            inBody = true;
            bodyBegunNanos = System.nanoTime();
            lastNanos = bodyBegunNanos;
            // Who takes no answers gets no more of them.
            if (unanswered > 1
                    && (unanswered > MAX_PIPELINED || !context.channel().isWritable())) {
                ReferenceCountUtil.release(message);
                context.close();
                return;
            }
        }
        if (message instanceof HttpContent content) {
            if (unanswered > 1) {
                waitingBytes += content.content().readableBytes();
                if (waitingBytes > MAX_PIPELINED_BYTES) {
                    ReferenceCountUtil.release(message);
                    context.close();
                    return;
                }
            }
            if (content instanceof LastHttpContent) {
                inBody = false;
            } else {
                lastNanos = System.nanoTime();
            }
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof LastHttpContent && unanswered > 0) {
            unanswered--;
            streaming = false;
            if (unanswered <= 1) {
                waitingBytes = 0;
            }
            lastNanos = System.nanoTime();
        }
        context.write(message, promise);
    }

    private void schedule(ChannelHandlerContext context, long nanos) {
        timer = context.executor().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext context) {
        long now = System.nanoTime();
        long left = streaming || (!inBody && unanswered > 0) ? pauseNanos : deadline() - now;
        if (left > 0) {
            schedule(context, left);
        } else if (inBody && unanswered > 0 && !timedOut) {
            // Whoever reads the body answers 408, and a moment later the connection is closed whether or not someone
            // did.
            timedOut = true;
            context.fireExceptionCaught(ReadTimeoutException.INSTANCE);
            schedule(context, TimeUnit.SECONDS.toNanos(1));
        } else {
            context.close();
        }
    }

    private long deadline() {
        if (inBody) {
            return Math.min(lastNanos + pauseNanos, bodyBegunNanos + bodyNanos);
        }
        return lastNanos + (first ? pauseNanos : idleNanos);
    }

    /** What makes the request one that a proxy in front may have understood otherwise (RFC 9112, sections 3.2 and 6.1). */
    private static @Nullable String fault(HttpRequest request) {
        HttpHeaders headers = request.headers();
        HttpVersion version = request.protocolVersion();
        boolean http11 = version.equals(HttpVersion.HTTP_1_1);
        if (!http11 && !version.equals(HttpVersion.HTTP_1_0)) {
            return "the version must be HTTP/1.1 or HTTP/1.0";
        }
        String host = headers.get(HttpHeaderNames.HOST);
        if (host == null ? http11 : headers.getAll(HttpHeaderNames.HOST).size() > 1) {
            return "there must be one Host header";
        }
        String encoding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
        if (encoding != null) {
            List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
            if (!http11
                    || encodings.size() > 1
                    || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encoding.strip())) {
                return "Transfer-Encoding must be chunked, once, in HTTP/1.1";
            }
            if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
                return "Transfer-Encoding and Content-Length must not stand together";
            }
        }
        return null;
    }

    private static void refuse(ChannelHandlerContext context, String fault) {
        byte[] body = Problem.malformed(fault).json();
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST, Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
