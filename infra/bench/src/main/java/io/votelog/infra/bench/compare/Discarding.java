// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.compare;

import com.sun.net.httpserver.HttpServer;
import io.votelog.infra.bench.workspace.BenchException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A collector of traces that takes whatever it is told, and forgets it. */
final class Discarding implements AutoCloseable {
    private final HttpServer server;

    Discarding() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new BenchException("no port for a collector of traces: " + e);
        }
        server.createContext("/", exchange -> {
            try (exchange;
                    InputStream told = exchange.getRequestBody()) {
                told.transferTo(OutputStream.nullOutputStream());
                exchange.sendResponseHeaders(200, -1);
            }
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
