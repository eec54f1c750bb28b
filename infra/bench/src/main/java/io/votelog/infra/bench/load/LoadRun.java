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
import io.votelog.infra.bench.workspace.BenchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of a load, all of it on one event loop. With a given rate, vote n is due at start + n / rate whatever the server does,
 * and its latency counts from there: a server that stalls is charged with every vote that it kept waiting.
 */
final class LoadRun {
    private static final long TICK_NS = 250_000;
    private static final long SWEEP_NS = 100_000_000;
    private static final long RECONNECT_MS = 100;
    private static final long CONNECT_PATIENCE_NS = 10_000_000_000L;
    private static final byte[] PARTITION = "\"partition\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OFFSET = "\"offset\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VOTE_ID = "\"voteId\"".getBytes(StandardCharsets.US_ASCII);
    private static final String OUTCOME_UNKNOWN = "outcome-unknown";
    private static final int NOBODY = -1;

    private final Load load;
    private final VoteRequests requests;
    private final @Nullable VoteFates fates;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final CompletableFuture<Void> measuring = new CompletableFuture<>();
    private final CompletableFuture<Void> measured = new CompletableFuture<>();
    private final CompletableFuture<LoadReport> done = new CompletableFuture<>();

    private final List<Connection> connections = new ArrayList<>();
    private final ArrayDeque<Connection> free = new ArrayDeque<>();
    private final Queue<Retry> retries = new ArrayDeque<>();
    private boolean started;
    private boolean finished;
    private long startNs;
    private long measureFromNs;
    private long endNs;
    private long nextSweepNs;
    private int next;
    private int underWay;

    private final LoadCounts counts = new LoadCounts();

    LoadRun(Load load, VoteRequests requests, @Nullable VoteFates fates, Bootstrap bootstrap, EventLoop loop) {
        this.load = load;
        this.requests = requests;
        this.fates = fates;
        this.loop = loop;
        this.bootstrap = bootstrap.clone().handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {}
        });
    }

    private record Retry(int voter, long intendedNs, long dueNs) {}

    /** Completes when the measured span begins. */
    CompletableFuture<Void> measuring() {
        return measuring;
    }

    /** Completes when the measured span is over; votes may still be under way. */
    CompletableFuture<Void> measured() {
        return measured;
    }

    CompletableFuture<LoadReport> done() {
        return done;
    }

    void begin() {
        loop.execute(guarded(() -> {
            for (int i = 0; i < load.connections(); i++) {
                Connection connection = new Connection(i);
                connections.add(connection);
                connection.connect();
            }
            awaitConnections(System.nanoTime() + CONNECT_PATIENCE_NS);
        }));
    }

    private void awaitConnections(long untilNs) {
        if (free.size() == load.connections()) {
            start();
        } else if (System.nanoTime() - untilNs > 0) {
            fail(new BenchException("%d of %d connections to %s could not be opened"
                    .formatted(load.connections() - free.size(), load.connections(), load.gateway())));
        } else {
            loop.schedule(guarded(() -> awaitConnections(untilNs)), 5, TimeUnit.MILLISECONDS);
        }
    }

    private void start() {
        started = true;
        startNs = System.nanoTime();
        measureFromNs = startNs + load.warmup().toNanos();
        endNs = measureFromNs + load.measured().toNanos();
        nextSweepNs = startNs + SWEEP_NS;
        tick();
    }

    private void tick() {
        if (finished) {
            return;
        }
        long now = System.nanoTime();
        if (now - measureFromNs >= 0) {
            measuring.complete(null);
        }
        pump(now);
        if (now - nextSweepNs >= 0) {
            sweep(now);
            nextSweepNs = now + SWEEP_NS;
        }
        if (now - endNs >= 0) {
            measuring.complete(null);
            measured.complete(null);
            boolean allSent = !load.open() || next >= load.voters() || intendedNs(next) - endNs >= 0;
            if (underWay == 0 && retries.isEmpty() && allSent) {
                finish();
                return;
            }
        }
        loop.schedule(guarded(this::tick), load.open() ? TICK_NS : 4 * TICK_NS, TimeUnit.NANOSECONDS);
    }

    private long intendedNs(int n) {
        return startNs + (long) (n * (1e9 / load.rate()));
    }

    /** Gives what is due to the connections that are free. */
    private void pump(long now) {
        if (load.open()) {
            // What has waited too long for a connection is not sent any more, so that the backlog is bounded.
            while (next < load.voters()
                    && intendedNs(next) - endNs < 0
                    && now - intendedNs(next) > load.patience().toNanos()) {
                if (intendedNs(next) - measureFromNs >= 0) {
                    counts.notSent++;
                }
                next++;
            }
        }
        while (!free.isEmpty() && sendDue(free.peekFirst(), now)) {
            free.removeFirst();
        }
    }

    /** Whether something was due. */
    private boolean sendDue(Connection connection, long now) {
        Retry again = retries.peek();
        if (again != null && now - again.dueNs() >= 0) {
            retries.remove();
            counts.retried++;
            connection.send(again.voter(), again.intendedNs(), now);
            return true;
        }
        if (next >= load.voters()) {
            if (!load.open() && now - endNs < 0) {
                endNs = Math.max(now, measureFromNs);
            }
            return false;
        }
        long intended = load.open() ? intendedNs(next) : now;
        if (intended - now > 0 || intended - endNs >= 0) {
            return false;
        }
        connection.send(load.firstVoter() + next, intended, now);
        next++;
        return true;
    }

    private void sweep(long now) {
        for (Connection connection : connections) {
            if (connection.voter != NOBODY
                    && now - connection.writtenNs > load.answerTimeout().toNanos()) {
                counts.timeouts++;
                connection.abandon(now);
            }
        }
    }

    private boolean inSpan(long intendedNs) {
        return intendedNs - measureFromNs >= 0 && intendedNs - endNs < 0;
    }

    private void answered(Connection connection, ResponseReader response) {
        long now = System.nanoTime();
        int voter = connection.voter;
        if (voter == NOBODY) {
            throw new BenchException("an answer that nobody asked for: status " + response.status());
        }
        connection.voter = NOBODY;
        underWay--;
        int status = response.status();
        boolean dueInSpan = inSpan(connection.intendedNs);
        if (dueInSpan) {
            counts.answered(status);
        }
        if (status == 202) {
            if (inSpan(now)) {
                counts.acceptedInSpan++;
            }
            if (dueInSpan) {
                counts.took(now - connection.intendedNs, now - connection.writtenNs);
            }
            counts.keepSample(response);
            if (fates != null) {
                fates.acked(
                        voter,
                        (int) response.number(PARTITION),
                        response.number(OFFSET),
                        UUID.fromString(response.text(VOTE_ID)),
                        connection.writtenNs);
            }
        } else {
            refused(connection, voter, response, now, dueInSpan);
        }
        if (response.close()) {
            connection.leave();
        } else if (!sendDue(connection, now)) {
            free.addLast(connection);
        }
    }

    private void refused(Connection connection, int voter, ResponseReader response, long now, boolean dueInSpan) {
        String code = response.problemCode();
        if (dueInSpan) {
            counts.problem(code);
        }
        if (response.status() == 503 && code.equals(OUTCOME_UNKNOWN)) {
            unknown(voter, connection.intendedNs, now);
            return;
        }
        if (fates != null) {
            fates.refused(voter, response.status());
        }
        if (response.status() == 503 || response.status() == 429) {
            retryLater(voter, connection.intendedNs, now);
        }
    }

    private void unknown(int voter, long intendedNs, long now) {
        if (inSpan(intendedNs)) {
            counts.unknown++;
        }
        if (fates != null) {
            fates.unknown(voter);
        }
        retryLater(voter, intendedNs, now);
    }

    private void retryLater(int voter, long intendedNs, long now) {
        long afterNs = load.retryAfter().toNanos();
        if (afterNs > 0 && now - endNs < load.answerTimeout().toNanos()) {
            retries.add(new Retry(voter, intendedNs, now + afterNs));
        }
    }

    private void finish() {
        finished = true;
        close();
        done.complete(counts.report(
                Duration.ofNanos(Math.max(1, endNs - measureFromNs)), next, !load.open() && next >= load.voters()));
    }

    private void fail(Throwable failure) {
        if (finished) {
            return;
        }
        finished = true;
        close();
        measuring.completeExceptionally(failure);
        measured.completeExceptionally(failure);
        done.completeExceptionally(failure);
    }

    private void close() {
        connections.forEach(Connection::leave);
    }

    private Runnable guarded(Runnable step) {
        return () -> {
            try {
                step.run();
            } catch (RuntimeException e) {
                fail(e);
            }
        };
    }

    /** One connection, opened anew when it is lost: then it is the handler of another channel. */
    @ChannelHandler.Sharable
    private final class Connection extends ChannelInboundHandlerAdapter {
        private final int client;
        private @Nullable Channel channel;
        private ResponseReader reader = new ResponseReader();
        private final ResponseReader.Answered sink = response -> answered(this, response);
        private int voter = NOBODY;
        private long intendedNs;
        private long writtenNs;
        private boolean left;

        Connection(int client) {
            this.client = client;
        }

        void connect() {
            if (finished) {
                return;
            }
            ChannelFuture opening = Loopback.connect(bootstrap, load.gateway(), client);
            opening.addListener(opened -> {
                if (finished) {
                    opening.channel().close();
                } else if (opened.isSuccess()) {
                    reader = new ResponseReader();
                    left = false;
                    channel = opening.channel();
                    // Nothing can have arrived yet: it was not asked for.
                    opening.channel().pipeline().addLast(this);
                    if (!started || !sendDue(this, System.nanoTime())) {
                        free.addLast(this);
                    }
                } else {
                    reconnect();
                }
            });
        }

        private void reconnect() {
            if (!finished) {
                loop.schedule(guarded(this::connect), RECONNECT_MS, TimeUnit.MILLISECONDS);
            }
        }

        void send(int newVoter, long intended, long now) {
            Channel open = channel;
            if (open == null) {
                throw new IllegalStateException("not connected");
            }
            voter = newVoter;
            intendedNs = intended;
            writtenNs = now;
            underWay++;
            if (inSpan(intended)) {
                counts.sent++;
            }
            open.writeAndFlush(requests.of(newVoter, open.alloc()), open.voidPromise());
        }

        /** Closes it from this side; it is opened again unless the run is over. */
        void leave() {
            left = true;
            Channel open = channel;
            if (open != null) {
                open.close();
            }
        }

        /** Waits no longer for the answer. */
        void abandon(long now) {
            int unanswered = voter;
            voter = NOBODY;
            underWay--;
            unknown(unanswered, intendedNs, now);
            leave();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf arrived = (ByteBuf) message;
            try {
                if (!left) {
                    reader.read(arrived, sink);
                }
            } catch (RuntimeException e) {
                fail(e);
            } finally {
                arrived.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            channel = null;
            free.remove(this);
            if (finished) {
                return;
            }
            if (!left) {
                counts.lost++;
            }
            if (voter != NOBODY) {
                abandon(System.nanoTime());
            }
            reconnect();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof IOException)) {
                fail(cause);
            }
            context.close();
        }
    }
}
