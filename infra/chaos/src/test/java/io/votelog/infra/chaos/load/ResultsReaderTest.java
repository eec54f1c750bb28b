// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResultsReaderTest {
    private final List<String> lastIds = new CopyOnWriteArrayList<>();
    private final List<String> documents =
            new CopyOnWriteArrayList<>(List.of(document(5, "open"), document(4, "open"), document(9, "final")));
    private HttpServer server;
    private Pulse pulse;
    private ResultsReader reader;

    private static String document(long version, String status) {
        return "id: %d\nevent: results\ndata: {\"version\": %d, \"status\": \"%s\", \"positions\": {\"0\": %d}}\n\n"
                .formatted(version, version, status, version);
    }

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        // A stream that ends behind each document, and has nothing more in the end.
        server.createContext("/v1/ballots/one/results/stream", exchange -> {
            lastIds.add(String.valueOf(exchange.getRequestHeaders().getFirst("Last-Event-ID")));
            if (documents.isEmpty()) {
                exchange.sendResponseHeaders(204, -1);
            } else {
                byte[] bytes = documents.remove(0).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
            exchange.close();
        });
        server.start();
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        pulse = new Pulse(1, 1, "one");
        reader = new ResultsReader("reader", new ReadSide(List.of(url)), "one", 0, pulse);
    }

    @AfterEach
    void stop() throws Exception {
        reader.end();
        server.stop(0);
    }

    @Test
    void shouldComeBackWithTheIdSeenLastAndNameWhatWentBack() {
        Mark mark = pulse.mark();
        mark.sawAcked(0, new Place(0, 8), mark.sinceNs());
        reader.start();
        await().until(() -> lastIds.size() >= 4);
        assertThat(lastIds.subList(0, 4)).containsExactly("null", "5", "4", "9");
        assertThat(reader.documents()).isEqualTo(3);
        assertThat(reader.wentBack()).singleElement().asString().contains("version 4--1 behind 5--1");
        assertThat(reader.status()).isEqualTo("final");
        assertThat(reader.version()).isEqualTo(9);
        assertThat(mark.counted()).isTrue();
    }
}
