// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.votelog.web.problem.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Looks after one connection, whatever it is used for: how long a client may take, how much it may send ahead of the answers, which
 * requests are none (those that mean one thing to a proxy and another thing here), and that each one that is there whole is answered
 * before the connection ends, whoever asked for its end and when. It costs a few field writes a request and
 * one timer a connection; the server's own time limits cost a handler and two timers a request.
 */
public final class ConnectionGuard extends ChannelDuplexHandler {
    /**
     * No read brings more requests. The decoder ends a connection that has more of them without an answer, by default at 128, and
     * behind the next answer, so that those to all others would be lost. Far fewer are kept ({@link RequestLine}).
     */
    private static final int MOST_OF_ONE_READ = 8 * 1024;

    private static final String NAME = "votelog.guard";

    private static final String EVENT_STREAM = "text/event-stream";

    /**
     * How long a client may take.
     *
     * @param pause between two parts of a request's body, and until a new connection's first request is there
     * @param body for all of a body
     * @param idle between an answer and the next request, and between two parts of an answer that it takes
     */
    public record Patience(Duration pause, Duration body, Duration idle) {}

    /** Sets the headers that keep browsers and caches safe, as all answers of the port have them. */
    public interface Protection {
        void apply(HttpHeaders headers);
    }

    private final Protection protection;
    private final long pauseNanos;
    private final long bodyNanos;
    private final long idleNanos;

    /** Requests that are passed on or wait, and have no answer. */
    private int unanswered;

    private final RequestLine line = new RequestLine();
    private boolean inBody;
    private boolean streaming;
    private boolean timedOut;

    /** Whether nothing more is read of what the client sends. */
    private boolean over;

    /** The last answer, while those to earlier requests are still to come. */
    private @Nullable Problem refusal;

    /** Whether the request that came last is to be the connection's last. */
    private boolean ending;

    /** Whether that request is there whole, or the client sends nothing more: nothing that follows is read. */
    private boolean ended;

    /** Whether the client has said that it sends nothing more. */
    private boolean inputOver;

    /** Whether the answer that is being given has no end of its own. */
    private boolean endless;

    /** Whether the last answer is given, and the connection is about to be closed. */
    private boolean parting;

    private final AnswersUnderWay underWay = new AnswersUnderWay();
    private boolean first = true;
    private long bodyBegunNanos;
    private long lastNanos;
    private @Nullable Future<?> timer;

    private ConnectionGuard(Patience patience, Protection protection) {
        this.protection = protection;
        this.pauseNanos = patience.pause().toNanos();
        this.bodyNanos = patience.body().toNanos();
        this.idleNanos = patience.idle().toNanos();
    }

    /**
     * Puts a guard in front of the server's own handlers.
     *
     * @param decoding how the server decodes requests
     */
    static void install(Channel channel, HttpDecoderConfig decoding, Patience patience, Protection protection) {
        if (channel.pipeline().get(NettyPipeline.HttpTrafficHandler) != null) {
            HttpServerCodec codec = new HttpServerCodec(decoding, MOST_OF_ONE_READ);
            channel.pipeline().replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, codec);
            channel.pipeline()
                    .addBefore(NettyPipeline.HttpTrafficHandler, NAME, new ConnectionGuard(patience, protection));
        }
    }

    /** Leaves the time that the present request takes to its route, which looks after it itself. */
    public static void leaveTimeToRoute(Channel channel) {
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
    public void channelInactive(ChannelHandlerContext context) {
        context.fireChannelInactive();
        InputOver.say(context.channel());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
        line.dropAll();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (over || ended) {
            // What follows a request that was refused is another one in the sender's eyes only, and what follows the
            // last one is none.
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            Problem fault = RequestSyntax.fault(request);
            if (fault != null) {
                ReferenceCountUtil.release(message);
                refuse(context, fault);
                return;
            }
            if (!line.admit(unanswered > 0 || AnswersUnderWay.are(context.channel()))) {
                ReferenceCountUtil.release(message);
                refuse(context, RequestProblems.tooManyAhead(RequestLine.MAX_WAITING));
                return;
            }
            unanswered++;
            first = false;
            inBody = true;
            bodyBegunNanos = System.nanoTime();
            lastNanos = bodyBegunNanos;
            if (!HttpUtil.isKeepAlive(request)) {
                // The server would end the connection behind the answer that it gives next, whoever that is to. It is
                // told nothing, and the end is made here.
                ending = true;
                HttpUtil.setKeepAlive(request, true);
            }
        }
        if (message instanceof HttpContent content) {
            if (content.decoderResult().isFailure()) {
                ReferenceCountUtil.release(message);
                breakOff(context, content.decoderResult().cause());
                return;
            }
            if (content instanceof LastHttpContent) {
                inBody = false;
                if (ending) {
                    ended = true;
                    line.complete(context.channel());
                }
            } else {
                lastNanos = System.nanoTime();
            }
        }
        line.take(context, message);
        if (unanswered == line.waiting()) {
            line.moveUp(context);
        }
    }

    /** Where nothing more comes a read fails, and would end the connection before what is left to say is said. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (line.isSilenced()) {
            context.channel().config().setAutoRead(false);
        } else if (!inputOver) {
            context.read();
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            if (timedOut || (over && refusal == null) || (isLast() && !isInformational(response))) {
                HttpUtil.setKeepAlive(response, false);
            }
            endless = !(message instanceof LastHttpContent) && !line.wantsHeadAlone() && isEndless(response);
        }
        context.write(message, promise);
        if (endless && inputOver) {
            closeBehindAnswers(context);
            return;
        }
        // 100 (Continue) is whole, and no answer.
        if (!(message instanceof LastHttpContent)
                || unanswered == 0
                || (message instanceof HttpResponse response && isInformational(response))) {
            return;
        }
        unanswered--;
        streaming = false;
        endless = false;
        lastNanos = System.nanoTime();
        if (refusal != null && unanswered == 0) {
            tell(context, refusal);
        } else if ((ending || ended) && unanswered == 0 && !over) {
            // Perhaps before all of its request was there.
            ended = true;
            part(context, context.writeAndFlush(Unpooled.EMPTY_BUFFER));
        } else {
            line.moveUp(context);
        }
    }

    /** Whether the answer that is being given is the connection's last. */
    private boolean isLast() {
        return (ending || ended) && unanswered == 1 && refusal == null;
    }

    private static boolean isInformational(HttpResponse response) {
        return response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    private static boolean isEndless(HttpResponse response) {
        String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE);
        return type != null && type.startsWith(EVENT_STREAM);
    }

    /**
     * The client sends nothing more. What it has sent whole is answered, and then the connection ends; what is cut off in the middle
     * is refused. Who reads a stream has most likely gone, since nothing else says so, and the stream would go on for nobody.
     */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        boolean saidOverTls = event instanceof SslCloseCompletionEvent said && said.isSuccess();
        if (!inputOver && (saidOverTls || event instanceof ChannelInputShutdownEvent)) {
            inputOver = true;
            HalfClosedSocket.keepKnown(context.channel());
            if (parting || endless) {
                context.close();
            } else if (unanswered == 0 && !over && !ended) {
                closeBehindAnswers(context);
            } else if (inBody && !over) {
                breakOff(context, new IOException("the client sends nothing more, and its request is not whole"));
            }
            ended = true;
            InputOver.say(context.channel());
        }
        if (!saidOverTls) {
            // The server would close the connection at once.
            context.fireUserEventTriggered(event);
        }
    }

    /** Behind what is still on its way to the client. */
    private static void closeBehindAnswers(ChannelHandlerContext context) {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Refuses a request, and whatever the client sends after it: the answer comes after those to earlier ones, and is the last. */
    private void refuse(ChannelHandlerContext context, Problem fault) {
        over = true;
        inBody = false;
        if (unanswered == 0) {
            tell(context, fault);
        } else {
            refusal = fault;
            line.complete(context.channel());
        }
    }

    /** Refuses the request that came last, of which nothing is passed on yet. */
    private void refuseWaiting(ChannelHandlerContext context, Problem fault) {
        line.dropLast();
        unanswered--;
        refuse(context, fault);
    }

    /** Ends a request whose body is framed wrongly: where it ends, and what follows it, cannot be told. */
    private void breakOff(ChannelHandlerContext context, Throwable cause) {
        over = true;
        inBody = false;
        if (line.lastWaits()) {
            refuseWaiting(
                    context,
                    RequestProblems.malformed("the request's body is not whole, or not framed as RFC 9112 allows"));
        } else if (unanswered > 0) {
            boolean answered = streaming;
            context.fireExceptionCaught(cause instanceof IOException ? cause : new CorruptedFrameException(cause));
            if (answered) {
                context.close();
            } else {
                // Whoever reads the body answers.
                closeSoon(context);
            }
        } else {
            closeBehindAnswers(context);
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
        boolean answering =
                (!inBody || line.isSilenced()) && (unanswered > 0 || AnswersUnderWay.are(context.channel()));
        long left = streaming || answering ? pauseNanos : deadline() - now;
        if (answering && !streaming && underWay.nothingTaken(context.channel(), now, idleNanos)) {
            context.close();
        } else if (left > 0) {
            schedule(context, left);
        } else if (inBody && line.lastWaits()) {
            refuseWaiting(context, RequestProblems.timedOut());
            schedule(context, pauseNanos);
        } else if (inBody && unanswered == 1 && !timedOut) {
            // Whoever reads the body answers 408.
            timedOut = true;
            context.fireExceptionCaught(ReadTimeoutException.INSTANCE);
            closeSoon(context);
        } else {
            context.close();
        }
    }

    private long deadline() {
        if (inBody) {
            long heard = line.heardSinceNanos();
            return Math.min(Math.max(lastNanos, heard) + pauseNanos, Math.max(bodyBegunNanos, heard) + bodyNanos);
        }
        return lastNanos + (first ? pauseNanos : idleNanos);
    }

    /** Gives the last answer, to what is no request. */
    private void tell(ChannelHandlerContext context, Problem fault) {
        byte[] body = fault.json();
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(fault.status()), Unpooled.wrappedBuffer(body));
        protection.apply(response.headers());
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        fault.headers().forEach(response.headers()::set);
        part(context, context.writeAndFlush(response));
    }

    /**
     * Ends the connection behind the last answer. What the client is still sending is taken and dropped for a moment, or the answer
     * might never reach it.
     */
    private void part(ChannelHandlerContext context, ChannelFuture lastAnswer) {
        Channel channel = context.channel();
        boolean secure = channel.pipeline().get(SslHandler.class) != null;
        lastAnswer.addListener(written -> {
            parting = true;
            line.hear();
            closeSoon(context);
            if (!written.isSuccess() || inputOver || (secure && !inBody)) {
                context.close();
                return;
            }
            if (!secure && channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
            channel.config().setAutoRead(true);
        });
    }
}
