// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.infra.broker.Ports;
import java.net.URI;
import java.util.List;

/**
 * A port of 127.0.0.1, and what it is for.
 *
 * @param port 1 to 65535
 * @param use as it stands in a message: "Kafka", "the ballot API"
 * @param tls whether HTTP is spoken over TLS there
 */
public record Address(int port, String use, boolean tls) {
    /** A port where no TLS is spoken. */
    public Address(int port, String use) {
        this(port, use, false);
    }

    /** The address as a URL without a path. */
    public URI url() {
        return URI.create((tls ? "https" : "http") + "://127.0.0.1:" + port);
    }

    /**
     * Looks whether another program listens on one of them.
     *
     * @param remedy what the person can do about it, after a semicolon
     * @throws SystemException where that is so; it names every such port
     */
    public static void requireFree(List<Address> addresses, String remedy) {
        List<String> taken = addresses.stream()
                .filter(address -> !Ports.free(address.port))
                .map(address -> "port %d is in use, needed for %s".formatted(address.port, address.use))
                .toList();
        if (!taken.isEmpty()) {
            throw new SystemException(String.join("; ", taken) + "; " + remedy);
        }
    }
}
