// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;

/**
 * Clients with addresses of their own on one machine: on Linux all of 127.0.0.0/8 is the machine's, so a connection may come from
 * any of it. Elsewhere all of them come from 127.0.0.1.
 */
public final class Loopback {
    /** From here comes whoever attacks. */
    public static final InetAddress ATTACKER = address(127, 0, 0, 2);

    private static final int CLIENTS = 250 * 250;
    private static final boolean AVAILABLE = bindable(ATTACKER);

    private Loopback() {}

    /** Whether clients have addresses of their own here. */
    public static boolean available() {
        return AVAILABLE;
    }

    /** The address of the n-th of many clients, none of which attacks. */
    public static InetAddress client(int n) {
        int client = Math.floorMod(n, CLIENTS);
        return address(127, 1, client / 250, client % 250 + 1);
    }

    /**
     * Connects as the n-th of many clients. Where the server is on this machine they have addresses of their own, as clients in the
     * world have, and meet no bound that holds for one address.
     */
    public static ChannelFuture connect(Bootstrap bootstrap, URI server, int client) {
        return connect(bootstrap, server, client(client));
    }

    /** Connects from that address of this machine, if the server is on it and it has such addresses. */
    public static ChannelFuture connect(Bootstrap bootstrap, URI server, InetAddress from) {
        InetSocketAddress to = new InetSocketAddress(server.getHost(), server.getPort());
        return AVAILABLE && to.getAddress() instanceof Inet4Address address && address.isLoopbackAddress()
                ? bootstrap.connect(to, new InetSocketAddress(from, 0))
                : bootstrap.connect(to);
    }

    private static InetAddress address(int... parts) {
        try {
            return InetAddress.getByAddress(
                    new byte[] {(byte) parts[0], (byte) parts[1], (byte) parts[2], (byte) parts[3]});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean bindable(InetAddress address) {
        try (ServerSocket socket = new ServerSocket(0, 1, address)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
