// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.votelog.infra.bench.workspace.BenchException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends votes from one event-loop thread, since it shares the machine with what it measures. One run at a time.
 */
public final class LoadGenerator implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 3_000;

    private final EventLoopGroup group;
    private final Bootstrap bootstrap;

    /** Starts the one event-loop thread, on epoll where the system has it. Nothing is sent. */
    public LoadGenerator() {
        ThreadFactory threads = new DefaultThreadFactory("load", true);
        boolean epoll = Epoll.isAvailable();
        Class<? extends SocketChannel> channel = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        group = new MultiThreadIoEventLoopGroup(
                1, threads, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        bootstrap = new Bootstrap()
                .group(group)
                .channel(channel)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS);
        if (epoll) {
            // A port is chosen when the other end is known, so that one address can have more connections than there
            // are ports.
            bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
    }

    /** What the caller does when the measured span begins and when it is over, on the thread that called {@link #run}. */
    public interface Span {
        /** A span in which the caller does nothing. */
        Span IGNORED = new Span() {};

        /** The warm-up is over. */
        default void begins() {}

        /** What is measured is over; votes may still be under way. */
        default void ends() {}
    }

    /**
     * Sends the load and returns when every vote of it is answered or given up.
     *
     * @param fates told of each vote's fate, if anybody is
     * @throws BenchException where no connection can be opened
     */
    public LoadReport run(Load load, VoteRequests requests, @Nullable VoteFates fates, Span span) {
        if (!requests.has(load.firstVoter(), load.voters())) {
            throw new IllegalArgumentException(
                    "not all of %d voters from %d on have tokens".formatted(load.voters(), load.firstVoter()));
        }
        LoadRun run = new LoadRun(load, requests, fates, bootstrap, group.next());
        try {
            run.begin();
            run.measuring().get();
            span.begins();
            run.measured().get();
            span.ends();
            return run.done().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BenchException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** The event loop, one thread, for clients that share it. */
    public EventLoopGroup group() {
        return group;
    }

    /** How its connections are opened; whoever sets anything on it takes a copy. */
    public Bootstrap bootstrap() {
        return bootstrap;
    }

    @Override
    public void close() {
        group.shutdownGracefully();
    }
}
