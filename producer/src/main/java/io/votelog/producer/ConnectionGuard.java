package io.votelog.producer;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpDecoderSpec;

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

    /** The characters that a URI may have (RFC 3986). */
    private static final boolean[] FIT_FOR_TARGET = new boolean[0x7f];

    static {
        for (char c = '!'; c < FIT_FOR_TARGET.length; c++) {
            FIT_FOR_TARGET[c] = "\"<>\\^`{|}#".indexOf(c) < 0;
        }
    }

    /**
     * How long a client may take.
     *
     * @param pause between two parts of a request's body, and until a new connection's first request is there
     * @param body for all of a body
     * @param idle between an answer and the next request, and between two parts of an answer that it takes
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

    /** Whether nothing more is read of what the client sends. */
    private boolean over;

    /** The last answer, while those to earlier requests are still to come. */
    private @Nullable Problem refusal;

    /** Whether the last request gets no answer, since its body broke off while earlier ones were waiting for theirs. */
    private boolean lastUnanswered;

    /** The part of an answer that waited to be taken when last looked at, how much of it was taken, and since when. */
    private @Nullable Object stuckAt;

    private long stuckTaken;
    private long stuckSinceNanos;

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
        if (over) {
            // What follows a request that was refused is another one in the sender's eyes only.
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            Problem fault = fault(request);
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
            if (unanswered > MAX_PIPELINED || !context.channel().isWritable()) {
                cut(context, message);
                return;
            }
        }
        if (message instanceof HttpContent content) {
            if (content.decoderResult().isFailure()) {
                ReferenceCountUtil.release(message);
                breakOff(context, content.decoderResult().cause());
                return;
            }
            if (unanswered > 1) {
                waitingBytes += content.content().readableBytes();
                if (waitingBytes > MAX_PIPELINED_BYTES) {
                    cut(context, message);
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
        if (message instanceof HttpResponse response && (timedOut || (over && refusal == null && !lastUnanswered))) {
            HttpUtil.setKeepAlive(response, false);
        }
        context.write(message, promise);
        // 100 (Continue) is whole, and no answer.
        if (!(message instanceof LastHttpContent)
                || unanswered == 0
                || (message instanceof HttpResponse response
                        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL)) {
            return;
        }
        unanswered--;
        streaming = false;
        if (unanswered <= 1) {
            waitingBytes = 0;
        }
        lastNanos = System.nanoTime();
        if (refusal != null && unanswered == 0) {
            tell(context, refusal);
        } else if (lastUnanswered && unanswered == 1) {
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void cut(ChannelHandlerContext context, Object message) {
        over = true;
        ReferenceCountUtil.release(message);
        context.close();
    }

    /** Refuses a request, and whatever the client sends after it: the answer comes after those to earlier ones, and is the last. */
    private void refuse(ChannelHandlerContext context, Problem fault) {
        over = true;
        if (unanswered == 0) {
            tell(context, fault);
        } else {
            refusal = fault;
        }
    }

    /** Ends a request whose body is framed wrongly: where it ends, and what follows it, cannot be told. */
    private void breakOff(ChannelHandlerContext context, Throwable cause) {
        over = true;
        if (unanswered > 1) {
            inBody = false;
            lastUnanswered = true;
        } else if (unanswered == 1) {
            boolean answered = streaming;
            context.fireExceptionCaught(new CorruptedFrameException(cause));
            if (answered) {
                context.close();
            } else {
                // Whoever reads the body answers.
                closeSoon(context);
            }
        } else {
            context.close();
        }
    }

    private void schedule(ChannelHandlerContext context, long nanos) {
        timer = context.executor().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
    }

    /** A moment is left to the answer to get to the client; whether or not there was one, the connection is closed. */
    private void closeSoon(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
        timer = context.executor().schedule(() -> context.close(), 1, TimeUnit.SECONDS);
    }

    private void look(ChannelHandlerContext context) {
        long now = System.nanoTime();
        boolean answering = !inBody && unanswered > 0;
        long left = streaming || answering ? pauseNanos : deadline() - now;
        if (answering && !streaming && takesNothing(context, now)) {
            context.close();
        } else if (left > 0) {
            schedule(context, left);
        } else if (inBody && unanswered == 1 && !timedOut) {
            // Whoever reads the body answers 408.
            timedOut = true;
            context.fireExceptionCaught(ReadTimeoutException.INSTANCE);
            closeSoon(context);
        } else {
            context.close();
        }
    }

    /** Whether an answer has been on its way for as long as a connection may be idle, and the client has taken nothing of it. */
    private boolean takesNothing(ChannelHandlerContext context, long now) {
        ChannelOutboundBuffer pending = context.channel().unsafe().outboundBuffer();
        if (pending == null || pending.isEmpty()) {
            stuckAt = null;
            return false;
        }
        Object part = pending.current();
        long taken = pending.currentProgress();
        if (part != stuckAt || taken != stuckTaken) {
            stuckAt = part;
            stuckTaken = taken;
            stuckSinceNanos = now;
        }
        return now - stuckSinceNanos > idleNanos;
    }

    private long deadline() {
        if (inBody) {
            return Math.min(lastNanos + pauseNanos, bodyBegunNanos + bodyNanos);
        }
        return lastNanos + (first ? pauseNanos : idleNanos);
    }

    /** What is wrong with the head of a request; null when nothing is. */
    private static @Nullable Problem fault(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            return cause instanceof TooLongHttpLineException
                    ? Problem.uriTooLong(HttpDecoderSpec.DEFAULT_MAX_INITIAL_LINE_LENGTH)
                    : cause instanceof TooLongHttpHeaderException
                            ? Problem.headersTooLarge(HttpDecoderSpec.DEFAULT_MAX_HEADER_SIZE)
                            : Problem.malformed(
                                    "the request line or a header is not what RFC 9112 allows, or says twice how long the body is");
        }
        String doubt = doubt(request);
        return doubt == null ? null : Problem.malformed(doubt);
    }

    /** What makes the request one that a proxy in front may have understood otherwise (RFC 9112, sections 3.2 and 6.1). */
    private static @Nullable String doubt(HttpRequest request) {
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
        if (host != null && !isHost(host)) {
            return "the Host header must be a name or an address, and perhaps a port";
        }
        if (!isTarget(request.uri())) {
            return "the request's target must be a path or an http URI, with all else percent-encoded";
        }
        if (headers.getAll(HttpHeaderNames.AUTHORIZATION).size() > 1
                || headers.getAll(HttpHeaderNames.CONTENT_TYPE).size() > 1) {
            return "the headers Authorization and Content-Type must not stand twice";
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

    /** Whether a target is in origin or absolute form, of the characters that a URI may have (RFC 9112, section 3.2; RFC 3986). */
    static boolean isTarget(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c >= FIT_FOR_TARGET.length || !FIT_FOR_TARGET[c]) {
                return false;
            }
            if (c == '%'
                    && (i + 2 >= target.length()
                            || Character.digit(target.charAt(i + 1), 16) < 0
                            || Character.digit(target.charAt(i + 2), 16) < 0)) {
                return false;
            }
        }
        return target.startsWith("/") || target.equals("*") || VotePaths.pathOfAbsolute(target) > 0;
    }

    /** Whether it is a host as one stands in a URI (RFC 3986, section 3.2.2), without the characters that no real one has. */
    static boolean isHost(String host) {
        int bracket = host.startsWith("[") ? host.indexOf(']') : -1;
        int colon = host.indexOf(':', bracket + 1);
        int end = colon < 0 ? host.length() : colon;
        if (end == 0 || end > 255 || (bracket >= 0 && bracket != end - 1)) {
            return false;
        }
        for (int i = 0; i < end; i++) {
            char c = host.charAt(i);
            boolean fits = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '-'
                    || c == '_'
                    || (bracket >= 0 && (c == ':' || i == 0 || i == bracket));
            if (!fits) {
                return false;
            }
        }
        if (colon < 0) {
            return true;
        }
        int port = 0;
        for (int i = colon + 1; i < host.length(); i++) {
            int digit = host.charAt(i) - '0';
            if (digit < 0 || digit > 9 || port > 6553) {
                return false;
            }
            port = 10 * port + digit;
        }
        return port > 0 && port <= 65535;
    }

    /** Gives the last answer. What the client is still sending is taken and dropped, or the answer might never reach it. */
    private void tell(ChannelHandlerContext context, Problem fault) {
        byte[] body = fault.json();
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(fault.status()), Unpooled.wrappedBuffer(body));
        Channel channel = context.channel();
        boolean secure = channel.pipeline().get(SslHandler.class) != null;
        VoteResponses.protect(response.headers())
                .set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        closeSoon(context);
        context.writeAndFlush(response).addListener(written -> {
            if (written.isSuccess() && !secure && channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
            channel.config().setAutoRead(true);
        });
    }
}
