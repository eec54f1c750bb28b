// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.votelog.infra.bench.load.CallRun;
import io.votelog.infra.bench.load.HonestCall;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.ResponseReader;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Requests of one client at full speed: each of its connections sends the next one as soon as the last is answered. */
public final class Flood implements AutoCloseable {
    private static final long RECONNECT_MS = 20;

    private final int connections;
    private final HonestCall.Request request;
    private final Gains gains;
    private final AttackerConnections opener;
    private final EventLoop loop;
    private final List<Line> lines = new ArrayList<>();
    private int sent;
    private boolean over;

    /**
     * @param connections how many the client opens
     * @param request what each of them sends, again and again
     * @param gains where answers and refusals are counted
     */
    public Flood(LoadGenerator generator, URI server, int connections, HonestCall.Request request, Gains gains) {
        this.connections = connections;
        this.request = request;
        this.gains = gains;
        loop = generator.group().next();
        opener = new AttackerConnections(generator, server);
    }

    /** Opens the connections and returns at once; a connection that is lost is opened again. */
    public void begin() {
        loop.execute(() -> {
            for (int i = 0; i < connections; i++) {
                Line line = new Line();
                lines.add(line);
                line.connect();
            }
        });
    }

    @Override
    public void close() {
        loop.submit(() -> {
                    over = true;
                    lines.forEach(Line::leave);
                })
                .syncUninterruptibly();
    }

    @ChannelHandler.Sharable
    private final class Line extends ChannelInboundHandlerAdapter {
        private @Nullable Channel channel;
        private ResponseReader reader = new ResponseReader();
        private boolean asked;

        void connect() {
            if (over) {
                return;
            }
            reader = new ResponseReader();
            ChannelFuture opening = opener.open(this);
            opening.addListener(opened -> {
                if (over) {
                    opening.channel().close();
                } else if (opened.isSuccess()) {
                    channel = opening.channel();
                    ask(opening.channel());
                } else {
                    gains.count(CallRun.REFUSED);
                    reconnect();
                }
            });
        }

        private void reconnect() {
            loop.schedule(this::connect, RECONNECT_MS, TimeUnit.MILLISECONDS);
        }

        private void ask(Channel open) {
            asked = true;
            open.writeAndFlush(request.of(sent++, open.alloc()), open.voidPromise());
        }

        void leave() {
            Channel open = channel;
            if (open != null) {
                open.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf arrived = (ByteBuf) message;
            try {
                reader.read(arrived, response -> {
                    asked = false;
                    gains.answered(response.status());
                    if (response.close()) {
                        leave();
                    } else if (!over) {
                        ask(context.channel());
                    }
                });
            } finally {
                arrived.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            channel = null;
            if (over) {
                return;
            }
            if (asked) {
                asked = false;
                gains.count(CallRun.CUT_OFF);
            }
            reconnect();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
