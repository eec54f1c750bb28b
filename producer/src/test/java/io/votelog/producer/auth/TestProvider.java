// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An OpenID provider that serves its keys and nothing else. */
final class TestProvider implements AutoCloseable {
    private final HttpServer server;
    private final AtomicInteger fetches = new AtomicInteger();
    private final ExecutorService answering = Executors.newCachedThreadPool();
    private volatile HttpHandler answer = exchange -> {};

    TestProvider(JWK... keys) throws IOException {
        publish(keys);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/keys", exchange -> {
            fetches.incrementAndGet();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            try (exchange) {
                answer.handle(exchange);
            }
        });
        server.setExecutor(answering);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
    }

    int fetches() {
        return fetches.get();
    }

    void publish(JWK... keys) {
        publish(200, new JWKSet(List.of(keys)).toString(true));
    }

    void publish(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        answer(exchange -> {
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        });
    }

    /** How it answers from now on; each answer has a thread of its own, and takes as long as it takes. */
    void answer(HttpHandler how) {
        answer = how;
    }

    @Override
    public void close() {
        server.stop(0);
        answering.shutdownNow();
    }
}
