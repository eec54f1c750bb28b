// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedFilesTest {
    private final AtomicBoolean level = new AtomicBoolean();
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private HttpServer server;

    @BeforeEach
    void serve() throws Exception {
        Files.createDirectories(folder.resolve("votes"));
        Files.writeString(folder.resolve("votes/checkpoint"), "as it was when the sealer ended");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", new Guarded(new PublishedFiles(folder, level::get), null));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://%s:%d%s"
                                .formatted(
                                        server.getAddress().getHostString(),
                                        server.getAddress().getPort(),
                                        path)))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void shouldShowNothingThatReadersMayHaveSeenGrow() throws Exception {
        HttpResponse<String> early = get("/votes/checkpoint");
        assertThat(early.statusCode()).isEqualTo(503);
        assertThat(early.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(early.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(get("/votes/tile/0/000").statusCode())
                .as("what is not there may come")
                .isEqualTo(503);
        assertThat(get("/.lock").statusCode()).as("what never is").isEqualTo(404);

        level.set(true);
        HttpResponse<String> served = get("/votes/checkpoint");
        assertThat(served.statusCode()).isEqualTo(200);
        assertThat(served.body()).isEqualTo("as it was when the sealer ended");
        assertThat(get("/votes/tile/0/000").statusCode()).isEqualTo(404);
    }
}
