// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.tlog.tiles.FolderTiles;
import io.votelog.auditor.tlog.tiles.HttpTiles;
import io.votelog.auditor.tlog.tiles.TileSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A web server that publishes a folder through a network of changing weather: slow, failing and lying. What it lies about is
 * drawn from a seed: delays, 503, connections that break off, bodies cut short, flipped bits, and checkpoints of long ago.
 */
public final class Weather implements AutoCloseable {
    private static final HttpTiles.Patience SHORT =
            new HttpTiles.Patience(Duration.ofSeconds(5), 2, Duration.ofMillis(2), Duration.ofSeconds(5));

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Random random;
    private final HttpServer server;
    private final Map<String, List<byte[]>> earlier = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger faults = new AtomicInteger();
    private volatile Path folder;
    private volatile int percent;

    /** @param folder what is published */
    public Weather(Path folder, long seed) throws IOException {
        this.folder = folder;
        random = new Random(seed);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Sets how many of a hundred answers are not what they should be. */
    public void bad(int ofAHundred) {
        percent = ofAHundred;
    }

    /** Publishes another folder. */
    public void publish(Path another) {
        folder = another;
    }

    /** Where the log is published. */
    public String url() {
        return "http://127.0.0.1:%d/".formatted(server.getAddress().getPort());
    }

    /** The files of both trees, read with little patience. */
    public Map<SealedLog, TileSource> sources() {
        Map<SealedLog, TileSource> sources = new EnumMap<>(SealedLog.class);
        for (SealedLog tree : SealedLog.values()) {
            sources.put(tree, new HttpTiles(URI.create(url() + tree.path()), SHORT));
        }
        return sources;
    }

    /** The number of requests since the last call. */
    public int requests() {
        return requests.getAndSet(0);
    }

    /** The number of answers so far that were not what they should be. */
    public int faults() {
        return faults.get();
    }

    private synchronized int draw(int below) {
        return random.nextInt(below);
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        String path = exchange.getRequestURI().getPath().substring(1);
        byte[] file = new FolderTiles(folder).read(path);
        if (path.endsWith("checkpoint") && file != null) {
            List<byte[]> all = earlier.computeIfAbsent(path, any -> new ArrayList<>());
            synchronized (all) {
                all.add(file);
                file = draw(100) < percent ? all.get(draw(all.size())) : file;
            }
        }
        int fault = draw(100) < percent ? draw(6) : -1;
        faults.addAndGet(fault < 0 ? 0 : 1);
        try (exchange) {
            if (fault == 0) {
                exchange.sendResponseHeaders(503, -1);
            } else if (fault == 1) {
                // The connection is closed without an answer.
                return;
            } else if (file == null || fault == 2) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                send(exchange, file, fault);
            }
        }
    }

    private void send(HttpExchange exchange, byte[] file, int fault) throws IOException {
        byte[] sent = file.clone();
        if (fault == 3 && sent.length > 0) {
            sent[draw(sent.length)] ^= (byte) (1 << draw(8));
        }
        if (fault == 4) {
            try {
                Thread.sleep(draw(20));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.sendResponseHeaders(200, sent.length == 0 ? -1 : sent.length);
        exchange.getResponseBody().write(sent, 0, fault == 5 ? sent.length / 2 : sent.length);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
