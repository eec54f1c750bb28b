// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.votelog.auditor.tlog.Sample;
import io.votelog.auditor.tlog.TlogException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTilesTest {
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private URI prefix;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        prefix = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/some/log");
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private HttpTiles impatient() {
        return new HttpTiles(
                prefix,
                new HttpTiles.Patience(Duration.ofSeconds(20), 3, Duration.ofMillis(10), Duration.ofSeconds(20)));
    }

    private void serve(Path folder, boolean gzip) {
        FolderTiles tiles = new FolderTiles(folder);
        server.createContext("/some/log/", exchange -> {
            byte[] file = tiles.read(exchange.getRequestURI().getPath().substring("/some/log/".length()));
            if (file == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                byte[] body = file;
                if (gzip) {
                    assertThat(exchange.getRequestHeaders().getFirst("Accept-Encoding"))
                            .contains("gzip");
                    exchange.getResponseHeaders().set("Content-Encoding", "gzip");
                    body = gzip(file);
                }
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(plain);
        }
        return out.toByteArray();
    }

    private void answer(int status, byte[] body, String encoding) {
        server.createContext("/some/log/", exchange -> {
            if (encoding != null) {
                exchange.getResponseHeaders().set("Content-Encoding", encoding);
            }
            exchange.sendResponseHeaders(status, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
    }

    private void shouldServe(Path folder, boolean gzip) {
        List<byte[]> entries = Sample.entries(700);
        TileWriter writer = TileWriter.open(folder, 0);
        entries.forEach(writer::append);
        byte[] root = writer.flush();
        serve(folder, gzip);
        TlogReader reader = new TlogReader(new HttpTiles(prefix), 700, root);
        reader.check(0);
        assertThat(reader.entry(699)).isEqualTo(entries.get(699));
        assertThat(new HttpTiles(URI.create(prefix + "/")).read("checkpoint")).isNull();
        // Of an older size, whose partial tile is not there.
        assertThat(new TlogReader(new HttpTiles(prefix), 100, reader.root(100)).inclusion(7))
                .hasSize(7);
    }

    @Test
    void shouldReadALog(@TempDir Path folder) {
        shouldServe(folder, false);
    }

    @Test
    void shouldReadALogThatComesZipped(@TempDir Path folder) {
        shouldServe(folder, true);
    }

    @Test
    void shouldNotTakeAnErrorForAMissingFile() {
        answer(500, new byte[0], null);
        assertThatThrownBy(() -> impatient().read("checkpoint"))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("/some/log/checkpoint answers with status 500");
    }

    @Test
    void shouldTakeNoLongerAnswerThanALogCanHave() throws IOException {
        answer(200, new byte[EntryBundle.LONGEST + 1], null);
        assertThatThrownBy(() -> impatient().read("checkpoint"))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("longer than");
    }

    @Test
    void shouldUnzipNoFurtherThanALogCanBe() throws IOException {
        answer(200, gzip(new byte[EntryBundle.LONGEST + 1]), "gzip");
        assertThatThrownBy(() -> impatient().read("checkpoint"))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("longer than");
    }

    @Test
    void shouldRefuseWhatIsSaidToBeZipped() {
        answer(200, new byte[] {1, 2, 3}, "gzip");
        assertThatThrownBy(() -> impatient().read("checkpoint"))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("gzip");
    }

    /** It sends headers and a byte, and then nothing. */
    @Test
    void shouldNotWaitForEver() {
        server.createContext("/some/log/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        assertThatThrownBy(() -> new HttpTiles(
                                prefix,
                                new HttpTiles.Patience(
                                        Duration.ofMillis(300), 1, Duration.ofMillis(10), Duration.ofSeconds(20)))
                        .read("checkpoint"))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("no whole answer in 300 ms");
    }

    @Test
    void shouldSayWhoCouldNotBeReached() {
        server.stop(0);
        assertThatThrownBy(() -> impatient().read("checkpoint"))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining(prefix.toString());
        assertThatThrownBy(() -> new HttpTiles(URI.create("file:///tmp"))).isInstanceOf(IllegalArgumentException.class);
    }
}
