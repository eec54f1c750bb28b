// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.votelog.web.limits.AddressCounts;
import io.votelog.web.limits.ClientAddress;
import io.votelog.web.limits.IpAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServer;

/**
 * How many connections there may be at once, of all clients and of one address. Each costs memory whatever it is used for, so
 * without a limit a flood of them would end the process; and without a limit for one address, that address would leave none to
 * others.
 *
 * <p>A connection too many is reset when it is accepted, before anything is made for it: no answer could be cheaper, and the client's
 * system tells it at once. A trusted proxy may have any number, since it has those of all clients.
 */
public final class ConnectionLimit implements MeterBinder {
    private final int most;
    private final AddressCounts perAddress;
    private final ClientAddress clientAddress;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder refusedOfAll = new LongAdder();
    private final LongAdder refusedOfAddress = new LongAdder();

    /**
     * @param most of all clients, at least 1
     * @param mostOfAddress of one client address; 0 for no limit
     * @param clientAddress what one address is, and which are trusted proxies
     */
    public ConnectionLimit(int most, int mostOfAddress, ClientAddress clientAddress) {
        this.most = most;
        this.perAddress = new AddressCounts(mostOfAddress);
        this.clientAddress = clientAddress;
    }

    /** The server with this limit. It accepts nothing before the limit is in place. */
    HttpServer at(HttpServer server) {
        return server.option(ChannelOption.AUTO_READ, false).doOnBound(bound -> {
            Channel listening = bound.channel();
            listening.eventLoop().execute(() -> {
                listening.pipeline().addFirst("votelog.connection-limit", new Gate());
                listening.config().setAutoRead(true);
            });
        });
    }

    /** Counts a new connection until it is closed; false, and nothing is counted, when it is one too many. */
    boolean admit(Channel channel) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            refusedOfAll.increment();
            return false;
        }
        @Nullable
        IpAddress peer =
                clientAddress.ofPeer(channel.remoteAddress() instanceof InetSocketAddress address ? address : null);
        if (!perAddress.take(peer)) {
            open.decrementAndGet();
            refusedOfAddress.increment();
            return false;
        }
        channel.closeFuture().addListener(closed -> {
            open.decrementAndGet();
            perAddress.giveBack(peer);
        });
        return true;
    }

    /** How many there are now. */
    public int open() {
        return open.get();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("votelog.connections", this, ConnectionLimit::open)
                .description("open connections of clients")
                .register(registry);
        Gauge.builder("votelog.connections.max", () -> most)
                .description("how many there may be")
                .register(registry);
        refused(registry, "all", refusedOfAll);
        refused(registry, "address", refusedOfAddress);
    }

    private static void refused(MeterRegistry registry, String reason, LongAdder count) {
        FunctionCounter.builder("votelog.connections.refused", count, LongAdder::sum)
                .tag("reason", reason)
                .description("connections that were reset since there were as many as there may be")
                .register(registry);
    }

    /** Stands where accepted connections come in, before the server makes anything of them. */
    private final class Gate extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            if (!(accepted instanceof Channel channel) || admit(channel)) {
                context.fireChannelRead(accepted);
                return;
            }
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.unsafe().closeForcibly();
        }
    }
}
