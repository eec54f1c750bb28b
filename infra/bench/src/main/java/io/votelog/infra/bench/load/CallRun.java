// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Honest calls of one kind, on one event loop. Call n is due at start + n / rate whatever the server does, and its latency counts
 * from there, so a server that stalls is charged with every call that it kept waiting.
 */
public final class CallRun implements AutoCloseable {
    /** What is counted where a connection could not be opened. */
    public static final String REFUSED = "refused";

    /** What is counted where a connection ended before its answer was whole. */
    public static final String CUT_OFF = "cut off";

    static final String NO_ANSWER = "no answer";

    private static final long RECONNECT_MS = 50;
    private static final long SWEEP_MS = 50;
    private static final int PRECISION = 3;

    private final HonestCall call;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final int firstClient;
    private final long patienceNs;
    private final Histogram latency;
    private final Map<String, Long> failures = new HashMap<>();
    private final ArrayDeque<Line> free = new ArrayDeque<>();
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    private final List<Line> kept = new ArrayList<>();
    private final Set<Line> single = new HashSet<>();
    private final CompletableFuture<CallReport> done = new CompletableFuture<>();
    private long startNs;
    private int count;
    private int due;
    private int made;
    private int sent;
    private int settled;
    private boolean closed;

    /**
     * @param firstClient the number of the first client; the others follow
     * @param patience how long an answer is waited for
     */
    public CallRun(HonestCall call, LoadGenerator generator, int firstClient, Duration patience) {
        this.call = call;
        this.loop = generator.group().next();
        this.firstClient = firstClient;
        this.patienceNs = patience.toNanos();
        this.latency = new Histogram(2 * patience.toNanos() / 1000, PRECISION);
        this.bootstrap = generator.bootstrap().clone().handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {}
        });
    }

    /** Opens the connections that are kept. */
    public void open() {
        loop.execute(() -> {
            for (int i = 0; i < call.connections(); i++) {
                Line line = new Line(firstClient + i, false);
                kept.add(line);
                line.connect();
            }
        });
    }

    /** Makes the calls of so long; completes when each is answered or given up. */
    public CompletableFuture<CallReport> run(Duration length) {
        loop.execute(() -> {
            count = (int) Math.ceil(call.rate() * length.toNanos() / 1e9);
            startNs = System.nanoTime();
            makeDue();
            sweep();
        });
        return done;
    }

    private long dueNs(int n) {
        return startNs + (long) (n * (1e9 / call.rate()));
    }

    private void makeDue() {
        guarded(() -> {
            long now = System.nanoTime();
            while (due < count && dueNs(due) - now <= 0) {
                make(dueNs(due++));
            }
        });
        if (due < count && !closed) {
            loop.schedule(this::makeDue, Math.max(0, dueNs(due) - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private void make(long dueNs) {
        if (call.connections() == 0) {
            Line line = new Line(firstClient + made++, true);
            line.dueNs = dueNs;
            line.asked = true;
            single.add(line);
            line.connect();
            return;
        }
        Line line = free.pollFirst();
        if (line == null) {
            waiting.addLast(dueNs);
        } else {
            line.ask(dueNs);
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        guarded(() -> {
            while (!waiting.isEmpty() && now - waiting.peekFirst() > patienceNs) {
                gaveUp(waiting.removeFirst(), now);
            }
            for (Line line : kept) {
                line.abandonIfLate(now);
            }
            for (Line line : List.copyOf(single)) {
                line.abandonIfLate(now);
            }
        });
        if (!done.isDone() && !closed) {
            loop.schedule(this::sweep, SWEEP_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void gaveUp(long dueNs, long now) {
        latency.recordValue(Math.min(latency.getHighestTrackableValue(), (now - dueNs) / 1000));
        failed(NO_ANSWER);
    }

    private void succeeded(long dueNs) {
        latency.recordValue(Math.min(latency.getHighestTrackableValue(), (System.nanoTime() - dueNs) / 1000));
        settle();
    }

    private void failed(String how) {
        failures.merge(how, 1L, Long::sum);
        settle();
    }

    private void settle() {
        if (++settled == count) {
            done.complete(
                    new CallReport(call.what(), latency, Duration.ofNanos(patienceNs), count, Map.copyOf(failures)));
        }
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            done.completeExceptionally(e);
        }
    }

    @Override
    public void close() {
        loop.submit(() -> {
                    closed = true;
                    kept.forEach(Line::leave);
                    List.copyOf(single).forEach(Line::leave);
                })
                .syncUninterruptibly();
    }

    /** One connection of one client. */
    @ChannelHandler.Sharable
    private final class Line extends ChannelInboundHandlerAdapter {
        private final int client;
        private final boolean once;
        private @Nullable Channel channel;
        private ResponseReader reader = new ResponseReader();
        private final EventStart events = new EventStart();
        private boolean asked;
        private long dueNs;

        Line(int client, boolean once) {
            this.client = client;
            this.once = once;
        }

        void connect() {
            if (closed) {
                return;
            }
            ChannelFuture opening = Loopback.connect(bootstrap, call.server(), client);
            opening.addListener(opened -> guarded(() -> {
                Channel open = opening.channel();
                if (closed || once && !asked) {
                    open.close();
                } else if (!opened.isSuccess()) {
                    lost(REFUSED);
                } else {
                    channel = open;
                    reader = new ResponseReader();
                    open.pipeline().addLast(this);
                    if (once) {
                        write(open);
                    } else {
                        next();
                    }
                }
            }));
        }

        private void next() {
            Long dueBefore = waiting.pollFirst();
            if (dueBefore == null) {
                free.addLast(this);
            } else {
                ask(dueBefore);
            }
        }

        void ask(long newDueNs) {
            Channel open = channel;
            if (open == null) {
                throw new IllegalStateException("not connected");
            }
            dueNs = newDueNs;
            asked = true;
            write(open);
        }

        private void write(Channel open) {
            open.writeAndFlush(call.request().of(sent++, open.alloc()), open.voidPromise());
        }

        void abandonIfLate(long now) {
            if (asked && now - dueNs > patienceNs) {
                asked = false;
                gaveUp(dueNs, now);
                leave();
            }
        }

        /** Closes it from this side; a kept one is opened again. */
        void leave() {
            single.remove(this);
            Channel open = channel;
            if (open != null) {
                open.close();
            }
        }

        private void lost(String how) {
            if (asked) {
                asked = false;
                failed(how);
            }
            single.remove(this);
            if (!once && !closed) {
                loop.schedule(this::connect, RECONNECT_MS, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf arrived = (ByteBuf) message;
            try {
                guarded(() -> take(arrived));
            } finally {
                arrived.release();
            }
        }

        private void take(ByteBuf arrived) {
            if (!asked) {
                return;
            }
            if (!call.stream()) {
                reader.read(arrived, response -> answered(response.status(), response));
                return;
            }
            events.take(arrived);
            if (events.decided()) {
                answered(events.status(), null);
            }
        }

        private void answered(int status, @Nullable ResponseReader response) {
            asked = false;
            if (status / 100 == 2) {
                succeeded(dueNs);
                if (response != null) {
                    call.seen().answered(response);
                }
            } else {
                failed(Integer.toString(status));
            }
            if (once || response == null || response.close()) {
                leave();
            } else {
                next();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            channel = null;
            free.remove(this);
            guarded(() -> lost(CUT_OFF));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
