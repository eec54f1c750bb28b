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

/** Where other instances are likely to reach this one when it is not told to it: where its way to the brokers begins. */
final class ReachableAddress {
    private static final String LOCAL = "localhost";

    private ReachableAddress() {}

    /**
     * A host and a port.
     *
     * @param bound the address that the server listens at; all of the host's when there is none
     * @param bootstrapServers {@code host:port} each
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

    /** Nothing is sent: a datagram's channel asks the host for the way alone. */
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
