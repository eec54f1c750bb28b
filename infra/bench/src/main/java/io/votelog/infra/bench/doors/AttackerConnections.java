// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.Loopback;
import java.net.URI;

/**
 * How an attacker connects to a server: from the attacker's one address, and with connections that are reset when they are closed, so that
 * the address has its ports back at once.
 */
final class AttackerConnections {
    private final Bootstrap bootstrap;
    private final URI server;

    AttackerConnections(LoadGenerator generator, URI server) {
        this.bootstrap = generator.bootstrap().clone().option(ChannelOption.SO_LINGER, 0);
        this.server = server;
    }

    /** The same, with so many bytes of a connection's answers kept by the kernel until they are read; it may round them up. */
    AttackerConnections receiveBuffer(int bytes) {
        bootstrap.option(ChannelOption.SO_RCVBUF, bytes);
        return this;
    }

    /** Opens one, and hands it to the handler. */
    ChannelFuture open(ChannelHandler handler) {
        return Loopback.connect(bootstrap.clone().handler(handler), server, Loopback.ATTACKER);
    }
}
