// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.votelog.infra.bench.load.CallRun;
import io.votelog.infra.bench.load.EventStart;
import io.votelog.infra.bench.load.HonestCall;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.workspace.BenchException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Connections of one client that are opened and held, as many as it is given. Each sends a request once it is open, and is held when
 * the answer begins; where it is refused, another is tried.
 */
public final class Hoard implements AutoCloseable {
    private static final int AT_ONCE = 128;
    private static final long AGAIN_MS = 100;
    /** A gateway waits 75 s for a connection's next request. */
    private static final long KEEP_ALIVE_S = 60;
    /** Small, so that a client that does not read leaves most of what it is sent to the server. */
    private static final int RECEIVE_BUFFER_BYTES = 4096;

    private final int wanted;
    private final boolean reads;
    private final HonestCall.Request request;
    private final Gains gains;
    private final AttackerConnections opener;
    private final EventLoop loop;
    private final Set<Channel> connected = new HashSet<>();
    private final Set<Channel> held = new HashSet<>();
    private final CompletableFuture<Void> full = new CompletableFuture<>();
    private int opening;
    private boolean over;

    /** @param reads whether answers are read; a client that reads no more keeps what it is sent in the server's buffers */
    public Hoard(
            LoadGenerator generator, URI server, int wanted, boolean reads, HonestCall.Request request, Gains gains) {
        this.wanted = wanted;
        this.reads = reads;
        this.request = request;
        this.gains = gains;
        loop = generator.group().next();
        opener = new AttackerConnections(generator, server).receiveBuffer(RECEIVE_BUFFER_BYTES);
    }

    /** Returns when all are held, when the first one is refused, or when the time is over. */
    public void begin(Duration most) {
        loop.execute(this::openMore);
        if (reads) {
            loop.schedule(this::askAgain, KEEP_ALIVE_S, TimeUnit.SECONDS);
        }
        try {
            full.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // It goes on while the others are measured.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** How many it holds now, those taken away aside. */
    public int held() {
        return loop.submit(held::size).syncUninterruptibly().getNow();
    }

    private void openMore() {
        while (!over && opening < AT_ONCE && held.size() + opening < wanted) {
            opening++;
            ChannelFuture connecting = opener.open(new Held());
            connecting.addListener(opened -> {
                if (over) {
                    connecting.channel().close();
                } else if (opened.isSuccess()) {
                    Channel open = connecting.channel();
                    connected.add(open);
                    open.writeAndFlush(request.of(0, open.alloc()), open.voidPromise());
                } else {
                    refused(CallRun.REFUSED);
                }
            });
        }
        if (held.size() >= wanted) {
            full.complete(null);
        }
    }

    private void refused(String how) {
        gains.count(how);
        full.complete(null);
        // The place stays taken for a while: a client that is refused tries again, some hundreds of times a second.
        loop.schedule(
                () -> {
                    opening--;
                    openMore();
                },
                AGAIN_MS,
                TimeUnit.MILLISECONDS);
    }

    private void askAgain() {
        if (over) {
            return;
        }
        for (Channel channel : held) {
            channel.writeAndFlush(request.of(0, channel.alloc()), channel.voidPromise());
        }
        loop.schedule(this::askAgain, KEEP_ALIVE_S, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        loop.submit(() -> {
                    over = true;
                    List.copyOf(connected).forEach(Channel::close);
                })
                .syncUninterruptibly();
    }

    private final class Held extends ChannelInboundHandlerAdapter {
        private final EventStart start = new EventStart();
        private boolean answered;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf arrived = (ByteBuf) message;
            try {
                if (!answered && !over) {
                    start.take(arrived);
                    if (start.status() != 0) {
                        begun(context, start.status());
                    }
                }
            } finally {
                arrived.release();
            }
        }

        private void begun(ChannelHandlerContext context, int status) {
            answered = true;
            if (status == 429 || status == 503) {
                refused(Integer.toString(status));
                context.close();
                return;
            }
            gains.answered(status);
            held.add(context.channel());
            opening--;
            if (!reads) {
                context.channel().config().setAutoRead(false);
            }
            openMore();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            connected.remove(context.channel());
            if (over) {
                return;
            }
            if (held.remove(context.channel())) {
                gains.count("taken away");
                openMore();
            } else if (!answered) {
                answered = true;
                refused(CallRun.CUT_OFF);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
