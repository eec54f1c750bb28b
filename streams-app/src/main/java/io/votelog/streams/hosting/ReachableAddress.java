// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Guesses the address at which other instances reach this one, when no setting gives it: the address from which this host
 * reaches the brokers.
 */
final class ReachableAddress {
    private static final String LOCAL = "localhost";

    private ReachableAddress() {}

    /**
     * The address as {@code host:port}.
     *
     * @param bound the address that the server listens at; null when it listens at all addresses of the host
     * @param bootstrapServers the brokers, {@code host:port} each
     */
    static String of(@Nullable String bound, List<String> bootstrapServers, String port) {
        return (bound == null || bound.isBlank() ? towards(bootstrapServers) : of(bound, bootstrapServers)) + ":"
                + port;
    }

    private static String of(String bound, List<String> bootstrapServers) {
        try {
            InetAddress address = InetAddress.getByName(bound);
            return address.isAnyLocalAddress() ? towards(bootstrapServers) : text(address);
        } catch (IOException unknown) {
            return towards(bootstrapServers);
        }
    }

    /**
     * The local address from which the first broker is reached. Nothing is sent: connecting a datagram channel asks only the
     * host's routing table.
     */
    private static String towards(List<String> bootstrapServers) {
        for (String server : bootstrapServers) {
            String host = Utils.getHost(server);
            Integer port = Utils.getPort(server);
            if (host == null || port == null) {
                continue;
            }
            try (DatagramChannel channel = DatagramChannel.open()) {
                channel.connect(new InetSocketAddress(host, port));
                return text(((InetSocketAddress) channel.getLocalAddress()).getAddress());
            } catch (IOException | UnresolvedAddressException noWay) {
                continue;
            }
        }
        return LOCAL;
    }

    private static String text(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return LOCAL;
        }
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        String bare = zone < 0 ? text : text.substring(0, zone);
        return bare.indexOf(':') < 0 ? bare : "[" + bare + "]";
    }
}
