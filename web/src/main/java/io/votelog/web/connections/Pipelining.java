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
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.votelog.web.problem.Problem;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * The requests of one connection, in turn: how many a client may send ahead of the answers ({@link RequestQueue}), and that each one that
 * is there whole is answered before the connection ends, whoever asked for its end and when. It is the one handler that sees a request
 * before anything is made of it, so it asks {@link RequestSyntax} which requests are none, and {@link TimeLimits} which
 * clients take too long; three handlers would cost each request two more.
 */
final class Pipelining extends ChannelDuplexHandler {
    /**
     * No read brings more requests. The decoder ends a connection that has more of them without an answer, by default at 128, and
     * behind the next answer, so that those to all others would be lost. Far fewer are kept ({@link RequestQueue}).
     */
    private static final int MOST_OF_ONE_READ = 8 * 1024;

    private static final String NAME = "votelog.pipelining";

    private static final String EVENT_STREAM = "text/event-stream";

    private final TimeLimits limits;
    private final Consumer<HttpHeaders> protection;

    /** Requests that are passed on or wait, and have no answer. */
    private int unanswered;

    private final RequestQueue queue = new RequestQueue();

    /** Whether more is to come of the request that came last. */
    private boolean inBody;

    /** Whether the reader of a body has been told that it takes too long. */
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

    private Pipelining(TimeLimits limits, Consumer<HttpHeaders> protection) {
        this.limits = limits;
        this.protection = protection;
    }

    /**
     * Puts it in front of the server's own handlers, where the server has set the connection up for HTTP.
     *
     * @param decoding how the server decodes requests
     * @param protection sets the headers that keep browsers and caches safe, as all answers of the port have them
     */
    static void install(
            Channel channel, HttpDecoderConfig decoding, TimeLimits limits, Consumer<HttpHeaders> protection) {
        if (channel.pipeline().get(NettyPipeline.HttpTrafficHandler) != null) {
            HttpServerCodec codec = new HttpServerCodec(decoding, MOST_OF_ONE_READ);
            channel.pipeline().replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, codec);
            channel.pipeline().addBefore(NettyPipeline.HttpTrafficHandler, NAME, new Pipelining(limits, protection));
        }
    }

    /** The time limits of a connection; null when it has none. */
    static @Nullable TimeLimits limitsOf(Channel channel) {
        return channel.pipeline().get(NAME) instanceof Pipelining pipelining ? pipelining.limits : null;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        limits.connected();
        limits.lookAfterPause(context, () -> look(context));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        context.fireChannelInactive();
        InputOver.say(context.channel());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        limits.stop();
        queue.dropAll();
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
            if (!queue.admit(unanswered > 0 || AnswersUnderWay.are(context.channel()))) {
                ReferenceCountUtil.release(message);
                refuse(context, RequestProblems.tooManyAhead(RequestQueue.MAX_WAITING));
                return;
            }
            unanswered++;
            inBody = true;
            limits.requestBegun();
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
                    queue.complete(context.channel());
                }
            } else {
                limits.bodyWentOn();
            }
        }
        queue.take(context, message);
        if (unanswered == queue.waiting()) {
            queue.moveUp(context);
        }
    }

    /** Where nothing more comes a read fails, and would end the connection before what is left to say is said. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (queue.isSilenced()) {
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
            endless = !(message instanceof LastHttpContent) && !queue.wantsHeadAlone() && isEndless(response);
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
        endless = false;
        limits.answered();
        if (refusal != null && unanswered == 0) {
            tell(context, refusal);
        } else if ((ending || ended) && unanswered == 0 && !over) {
            // Perhaps before all of its request was there.
            ended = true;
            part(context, context.writeAndFlush(Unpooled.EMPTY_BUFFER));
        } else {
            queue.moveUp(context);
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
            queue.complete(context.channel());
        }
    }

    /** Refuses the request that came last, of which nothing is passed on yet. */
    private void refuseWaiting(ChannelHandlerContext context, Problem fault) {
        queue.dropLast();
        unanswered--;
        refuse(context, fault);
    }

    /** Ends a request whose body is framed wrongly: where it ends, and what follows it, cannot be told. */
    private void breakOff(ChannelHandlerContext context, Throwable cause) {
        over = true;
        inBody = false;
        if (queue.lastWaits()) {
            refuseWaiting(
                    context,
                    RequestProblems.malformed("the request's body is not whole, or not framed as RFC 9112 allows"));
        } else if (unanswered > 0) {
            boolean endedByRoute = limits.isLeftToRoute();
            context.fireExceptionCaught(cause instanceof IOException ? cause : new CorruptedFrameException(cause));
            // Whoever reads the body answers, in its own time where that was left to it.
            if (!endedByRoute) {
                limits.closeSoon(context);
            }
        } else {
            closeBehindAnswers(context);
        }
    }

    private void look(ChannelHandlerContext context) {
        long now = System.nanoTime();
        boolean answering =
                (!inBody || queue.isSilenced()) && (unanswered > 0 || AnswersUnderWay.are(context.channel()));
        long left = limits.leftNanos(inBody, answering, queue.heardSinceNanos(), now);
        if (answering && limits.takesNothing(context.channel(), now)) {
            context.close();
        } else if (left > 0) {
            limits.lookIn(left, context, () -> look(context));
        } else {
            timeOut(context);
        }
    }

    /** The client sends nothing, though it should. */
    private void timeOut(ChannelHandlerContext context) {
        if (inBody && queue.lastWaits()) {
            refuseWaiting(context, RequestProblems.timedOut());
            limits.lookAfterPause(context, () -> look(context));
        } else if (inBody && unanswered == 1 && !timedOut) {
            // Whoever reads the body answers 408.
            timedOut = true;
            context.fireExceptionCaught(ReadTimeoutException.INSTANCE);
            limits.closeSoon(context);
        } else {
            context.close();
        }
    }

    /** Gives the last answer, to what is no request. */
    private void tell(ChannelHandlerContext context, Problem fault) {
        part(context, context.writeAndFlush(RequestProblems.answer(fault, protection)));
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
            queue.hear();
            limits.closeSoon(context);
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
