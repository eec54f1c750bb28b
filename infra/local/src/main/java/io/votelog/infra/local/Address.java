// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A port of 127.0.0.1, and what it is for.
 *
 * @param port 1 to 65535
 * @param use as it stands in a message: "Kafka", "the ballot API"
 */
record Address(int port, String use) {
    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    private boolean free() {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** @throws UpException where another program listens on one of them; it names every such port */
    static void requireFree(List<Address> addresses) {
        List<Address> taken =
                addresses.stream().filter(address -> !address.free()).toList();
        if (!taken.isEmpty()) {
            throw new UpException("%s; stop what listens there, or run with --port-offset N"
                    .formatted(taken.stream()
                            .map(address -> "port %d is in use, needed for %s".formatted(address.port, address.use))
                            .collect(Collectors.joining("; "))));
        }
    }
}
