// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Publishes keys as an OpenID provider does, on 127.0.0.1. */
public final class JwksServer implements AutoCloseable {
    private static final String PATH = "/jwks.json";

    private final HttpServer server;

    /**
     * @param keySet a JSON Web Key Set (RFC 7517)
     * @param port 0 for any that is free
     */
    public JwksServer(String keySet, int port) {
        byte[] document = keySet.getBytes(StandardCharsets.UTF_8);
        try {
            server = HttpServer.create(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext(PATH, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/jwk-set+json");
            exchange.sendResponseHeaders(200, document.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(document);
            }
        });
        server.start();
    }

    /** Where the key set is, as {@code votelog.auth.jwk-set-uri} takes it. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + PATH);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
