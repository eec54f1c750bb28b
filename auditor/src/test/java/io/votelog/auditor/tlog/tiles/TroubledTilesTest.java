// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.votelog.auditor.tlog.Proofs;
import io.votelog.auditor.tlog.Sample;
import io.votelog.auditor.tlog.UnreadableException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Logs whose servers are away for a while, overloaded, or break off; and files that are none. */
class TroubledTilesTest {
    private static final byte[] TILE = "a tile".getBytes(StandardCharsets.US_ASCII);
    private static final HttpTiles.Patience SHORT =
            new HttpTiles.Patience(Duration.ofSeconds(20), 4, Duration.ofMillis(10), Duration.ofSeconds(20));

    @TempDir
    private Path dir;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private URI prefix;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        prefix = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/log");
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** What may be wrong with an answer, and be gone the next time. */
    private enum Trouble {
        INTERNAL_ERROR,
        UNAVAILABLE,
        TOO_MANY_REQUESTS,
        DROPPED,
        TRUNCATED;

        void answer(HttpExchange exchange) throws IOException {
            switch (this) {
                case INTERNAL_ERROR -> exchange.sendResponseHeaders(500, -1);
                case UNAVAILABLE -> exchange.sendResponseHeaders(503, -1);
                case TOO_MANY_REQUESTS -> exchange.sendResponseHeaders(429, -1);
                case DROPPED -> {
                    // Closed below, without an answer.
                }
                case TRUNCATED -> {
                    exchange.sendResponseHeaders(200, TILE.length);
                    exchange.getResponseBody().write(TILE, 0, 3);
                    exchange.getResponseBody().flush();
                }
            }
            exchange.close();
        }
    }

    private static void tile(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, TILE.length);
        exchange.getResponseBody().write(TILE);
        exchange.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldAskAgainWhenTroubleMayPass(Trouble trouble) {
        server.createContext("/log/", exchange -> {
            if (requests.incrementAndGet() < 3) {
                trouble.answer(exchange);
            } else {
                tile(exchange);
            }
        });
        assertThat(new HttpTiles(prefix, SHORT).read("tile/0/000")).isEqualTo(TILE);
        assertThat(requests).hasValueGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveUpAndAccuseNobodyWhenItStays(Trouble trouble) {
        server.createContext("/log/", trouble::answer);
        assertThatThrownBy(() -> new HttpTiles(prefix, SHORT).read("tile/0/000"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("/log/tile/0/000")
                .hasMessageContaining("asked 4 times")
                .hasMessageNotContaining("Exception");
    }

    @Test
    void shouldNotAskAgainWhatIsRefusedForGood() {
        server.createContext("/log/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(403, -1);
            exchange.close();
        });
        assertThatThrownBy(() -> new HttpTiles(prefix, SHORT).read("tile/0/000"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("status 403");
        assertThat(requests).hasValue(1);
    }

    @Test
    void shouldWaitAsLongAsTheServerSays() {
        server.createContext("/log/", exchange -> {
            if (requests.incrementAndGet() <= 2) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                exchange.sendResponseHeaders(429, -1);
                exchange.close();
            } else {
                tile(exchange);
            }
        });
        long begunNs = System.nanoTime();
        assertThat(new HttpTiles(prefix, SHORT).read("tile/0/000")).isEqualTo(TILE);
        assertThat(Duration.ofNanos(System.nanoTime() - begunNs)).isGreaterThan(Duration.ofSeconds(2));
        assertThat(requests).hasValue(3);
    }

    @Test
    void shouldNotAskForEverWhereTheServerSaysToComeAtOnce() {
        server.createContext("/log/", exchange -> {
            requests.incrementAndGet();
            exchange.getResponseHeaders().set("Retry-After", "0");
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        assertThatThrownBy(() -> new HttpTiles(prefix, SHORT).read("tile/0/000"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("asked 4 times");
        assertThat(requests).hasValue(4);
    }

    @Test
    void shouldNotWaitForADayBecauseTheServerSaysSo() {
        String tomorrow = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusDays(1));
        server.createContext("/log/", exchange -> {
            requests.incrementAndGet();
            exchange.getResponseHeaders().set("Retry-After", tomorrow);
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        assertThatThrownBy(() -> new HttpTiles(prefix, SHORT).read("tile/0/000"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("it says to wait 86");
        assertThat(requests).hasValue(1);
    }

    /** Of an answer that ends where the connection does, nobody can tell whether it is whole. */
    @Test
    @Timeout(30)
    void shouldNotTakeAnAnswerWithoutAnEnd() throws Exception {
        CompletableFuture<Void> serving;
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            serving = CompletableFuture.runAsync(
                    () -> {
                        while (!listener.isClosed()) {
                            try (Socket socket = listener.accept()) {
                                byte[] request = new byte[4096];
                                if (socket.getInputStream().read(request) > 0) {
                                    OutputStream out = socket.getOutputStream();
                                    out.write("HTTP/1.0 200 OK\r\n\r\na ti".getBytes(StandardCharsets.US_ASCII));
                                    out.flush();
                                }
                            } catch (IOException closed) {
                                return;
                            }
                        }
                    },
                    threads);
            URI there = URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/log");
            assertThatThrownBy(() -> new HttpTiles(there, SHORT).read("tile/0/000"))
                    .isInstanceOf(UnreadableException.class)
                    .hasMessageContaining("does not say where its answer ends");
        }
        serving.get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldSayInWordsThatNobodyIsThere() {
        server.stop(0);
        assertThatThrownBy(() -> new HttpTiles(prefix, SHORT).read("checkpoint"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("nobody takes the connection there")
                .hasMessageNotContaining("Exception");
    }

    @Test
    void shouldTakeNoAddressThatIsNone() {
        for (String none :
                List.of("ftp://log.example/", "http:/log", "http://log.example/?a=b", "http://log.example/#x")) {
            assertThatThrownBy(() -> new HttpTiles(URI.create(none)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(none);
        }
    }

    /** Files of the log in a folder, each request noted, and how many were under way at a time. */
    private final class Noted implements TileSource {
        private final TileSource source;
        private final ConcurrentHashMap<String, Integer> asked = new ConcurrentHashMap<>();
        private final AtomicInteger underWay = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final CountDownLatch together;

        Noted(TileSource source, int together) {
            this.source = source;
            this.together = new CountDownLatch(together);
        }

        @Override
        public byte[] read(String path) {
            asked.merge(path, 1, Integer::sum);
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            try {
                // The first ones wait for each other: they can only go on when they are asked at a time.
                together.countDown();
                assertThat(together.await(20, TimeUnit.SECONDS)).isTrue();
                return source.read(path);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                underWay.decrementAndGet();
            }
        }
    }

    private byte[] write(Path folder, int size) {
        TileWriter writer = TileWriter.open(folder, 0);
        Sample.entries(size).forEach(writer::append);
        return writer.flush();
    }

    @Test
    void shouldFetchManyAtATimeAndEachOnce() {
        int size = 40 * 256 + 17;
        byte[] root = write(dir, size);
        Noted noted = new Noted(new FolderTiles(dir), 2);
        try (FetchedTiles fetched = new FetchedTiles(noted)) {
            TlogReader reader = new TlogReader(fetched, size, root);
            reader.check(0);
            for (int round = 0; round < 2; round++) {
                List<byte[]> entries = new ArrayList<>();
                reader.ahead(0, size);
                reader.entries(0, size, (index, entry) -> entries.add(entry));
                assertThat(entries)
                        .usingElementComparator(Arrays::compare)
                        .containsExactlyElementsOf(Sample.entries(size));
            }
        }
        assertThat(noted.asked.values()).containsOnly(1);
        // 40 tiles and a part, one and a part above, and as many bundles.
        assertThat(noted.asked).hasSize(41 + 1 + 41);
        assertThat(noted.most.get()).isBetween(2, FetchedTiles.AT_ONCE);
    }

    @Test
    void shouldGoOnBehindWhatWasCheckedBefore() {
        int old = 30 * 256;
        int size = 40 * 256 + 17;
        byte[] root = write(dir, size);
        Noted noted = new Noted(new FolderTiles(dir), 1);
        TlogReader reader = new TlogReader(noted, size, root);
        reader.check(old);
        assertThat(noted.asked.keySet())
                .filteredOn(path -> path.startsWith("tile/0/"))
                .hasSize(11);
        byte[] oldRoot = new TlogReader(new FolderTiles(dir), size, root).root(old);
        assertThat(Proofs.consistent(old, oldRoot, size, root, reader.consistency(old)))
                .isTrue();
        assertThat(noted.asked.keySet())
                .filteredOn(path -> path.startsWith("tile/0/"))
                .hasSize(11);
    }

    @Test
    void shouldKeepTroubleForWhoeverAsksForThatFile() {
        byte[] root = write(dir, 700);
        TileSource troubled = path -> {
            if (path.equals("tile/0/001")) {
                throw new UnreadableException("away", false);
            }
            return new FolderTiles(dir).read(path);
        };
        try (FetchedTiles fetched = new FetchedTiles(troubled)) {
            TlogReader reader = new TlogReader(fetched, 700, root);
            assertThat(reader.leafHash(3)).hasSize(32);
            assertThatThrownBy(() -> reader.check(0))
                    .isInstanceOf(UnreadableException.class)
                    .hasMessage("away");
        }
    }

    @Test
    @Timeout(30)
    void shouldReadNoPipeAndNoDevice() throws Exception {
        Path pipe = dir.resolve("checkpoint");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> new FolderTiles(dir).read("checkpoint"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("no regular file");
        Files.createSymbolicLink(dir.resolve("linked"), Path.of("/dev/zero"));
        assertThatThrownBy(() -> new FolderTiles(dir).read("linked"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("no regular file");
        Files.delete(dir.resolve("linked"));
        assertThatThrownBy(() ->
                        new FolderTiles(dir.getParent()).read(dir.getFileName().toString()))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("no regular file");
        Files.write(dir.resolve("long"), new byte[EntryBundle.LONGEST + 1]);
        assertThatThrownBy(() -> new FolderTiles(dir).read("long"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("longer than");
        assertThat(new FolderTiles(dir).read("none")).isNull();
    }
}
