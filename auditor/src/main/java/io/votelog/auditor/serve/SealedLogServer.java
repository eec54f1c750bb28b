// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.verify.ReceiptProver;
import io.votelog.schemas.Digests;
import io.votelog.schemas.LogKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Serves a sealed log over HTTP: its files, the announcement of what it holds, voters' proofs, and the page on which a browser checks them.
 * All of that is public, and signed or checkable in itself; it speaks HTTP/1.1 without TLS, for a proxy or a CDN before it. Its health and its
 * metrics are on a port of their own.
 */
public final class SealedLogServer implements AutoCloseable {
    private static final int THREADS = 16;
    private static final int WAITING = 256;
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final int MANAGEMENT_THREADS = 4;
    private static final String PAGE = "page/check.html";

    static {
        // The JDK's server reads these when it is loaded, in seconds: a client that sends or takes nothing holds a
        // thread no longer.
        for (String property : new String[] {"maxReqTime", "maxRspTime"}) {
            System.getProperties().putIfAbsent("sun.net.httpserver." + property, "30");
        }
        System.getProperties().putIfAbsent("sun.net.httpserver.nodelay", "true");
        System.getProperties().putIfAbsent("jdk.httpserver.maxConnections", "2000");
    }

    private final HttpServer http;
    private final @Nullable HttpServer management;
    private final ThreadPoolExecutor threads;
    private final ScheduledExecutorService reading = Executors.newSingleThreadScheduledExecutor(daemons("proofs"));
    private final ExecutorService managementThreads =
            Executors.newFixedThreadPool(MANAGEMENT_THREADS, daemons("management"));
    private final ReceiptProver prover;
    private final PrintStream err;
    private volatile boolean reads;
    private @Nullable String told;

    /**
     * What is served.
     *
     * @param folder of the sealed log
     * @param announcement makes the text of the announcement, JSON; null where the log's public keys are not known
     * @param opened the log's public keys, where voters are shown their choices; else null
     */
    public record Content(
            Path folder, ReceiptProver prover, @Nullable Callable<String> announcement, @Nullable LogKeys opened) {}

    /**
     * Starts to serve.
     *
     * @param at where the public is served
     * @param managementAt where health and metrics are; null where they are nowhere
     * @param err where faults in reading the sealed log are told
     * @throws AuditException when an address cannot be listened at
     */
    public SealedLogServer(
            InetSocketAddress at,
            @Nullable InetSocketAddress managementAt,
            Content content,
            SealerMeters meters,
            PrintStream err) {
        this.prover = content.prover();
        this.err = err;
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), daemons("http"));
        http = listen(at);
        http.setExecutor(threads);
        byte[] page = page();
        context(http, "/", new PublishedFiles(content.folder(), meters::works), meters);
        context(http, "/check", new FixedText("text/html; charset=utf-8", () -> page), meters);
        context(
                http,
                "/v1/ballots/",
                new ProofHandler(content.prover(), () -> reads, tickets(content.opened()), meters),
                meters);
        Callable<String> announcement = content.announcement();
        if (announcement != null) {
            Kept kept = new Kept(announcement);
            context(http, "/announcement.json", new FixedText("application/json", kept::bytes), meters);
        }
        management = managementAt == null ? null : management(managementAt, meters);
        http.start();
        reading.scheduleWithFixedDelay(this::read, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private HttpServer management(InetSocketAddress at, SealerMeters meters) {
        HttpServer server;
        try {
            server = listen(at);
        } catch (AuditException e) {
            http.stop(0);
            throw e;
        }
        server.setExecutor(managementThreads);
        context(
                server,
                "/actuator/health",
                new HealthHandler(() -> meters.works() && (reads || meters.isEmpty())),
                null);
        context(
                server,
                "/actuator/prometheus",
                new FixedText("text/plain; version=0.0.4; charset=utf-8", () -> meters.text()
                        .getBytes(StandardCharsets.UTF_8)),
                null);
        server.start();
        return server;
    }

    /** Threads that do not keep the process alive. */
    private static ThreadFactory daemons(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private static @Nullable TicketCheck tickets(@Nullable LogKeys opened) {
        return opened == null ? null : new TicketCheck(opened, Clock.systemUTC());
    }

    private static void context(HttpServer server, String path, HttpHandler handler, @Nullable SealerMeters meters) {
        server.createContext(path, new Guarded(handler, meters));
    }

    private static HttpServer listen(InetSocketAddress at) {
        try {
            return HttpServer.create(at, 0);
        } catch (IOException e) {
            throw new AuditException(
                    "%s:%d cannot be listened at: %s".formatted(at.getHostString(), at.getPort(), Texts.reason(e)), e);
        }
    }

    private static byte[] page() {
        try (InputStream page = Objects.requireNonNull(
                SealedLogServer.class.getResourceAsStream("/io/votelog/auditor/" + PAGE), "the page is not built in")) {
            return page.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SHA-256 of the page that checks proofs, 64 hexadecimal digits: the same file has the same, wherever it is hosted. */
    public static String pageDigest() {
        return HexFormat.of().formatHex(Digests.sha256().digest(page()));
    }

    /** The port of the public server. */
    public int port() {
        return http.getAddress().getPort();
    }

    private void read() {
        try {
            prover.refresh();
            reads = true;
            told = null;
        } catch (AuditException e) {
            // Before the first checkpoint there is nothing to prove; and what cannot be read now may be readable soon.
            if (reads && !Objects.equals(e.getMessage(), told)) {
                told = e.getMessage();
                err.printf("proofs are not up to date: %s%n", e.getMessage());
            }
        } catch (Throwable e) {
            // Whatever it is, the next look may go well, and is not to be lost with it.
            err.printf("proofs are not up to date: %s%n", e);
        }
    }

    @Override
    public void close() {
        reading.shutdownNow();
        http.stop((int) GRACE.toSeconds());
        if (management != null) {
            management.stop(0);
        }
        threads.shutdownNow();
        managementThreads.shutdownNow();
    }

    /** A text that is made anew when it is a minute old, beside those who read it; they get the one before until then. */
    private static final class Kept {
        private static final Duration AGE = Duration.ofMinutes(1);

        private final Callable<String> maker;
        private final AtomicBoolean makes = new AtomicBoolean();
        private final Semaphore waiting = new Semaphore(4);
        private volatile byte @Nullable [] bytes;
        private volatile long triedNanos = System.nanoTime() - AGE.toNanos() - 1;

        Kept(Callable<String> maker) {
            this.maker = maker;
        }

        byte[] bytes() {
            if (System.nanoTime() - triedNanos > (bytes == null ? SOON : AGE).toNanos()) {
                makeBeside();
            }
            byte[] kept = bytes == null ? awaited() : bytes;
            if (kept == null) {
                throw new AuditException("the announcement is being made");
            }
            return kept;
        }

        /** The first one, where it is made soon; few wait for it. */
        private byte @Nullable [] awaited() {
            if (!waiting.tryAcquire()) {
                return null;
            }
            try {
                long begun = System.nanoTime();
                while (bytes == null && makes.get() && System.nanoTime() - begun < SOON.toNanos()) {
                    Thread.sleep(20);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                waiting.release();
            }
            return bytes;
        }

        private void makeBeside() {
            if (makes.compareAndSet(false, true)) {
                daemons("announcement").newThread(this::make).start();
            }
        }

        private void make() {
            try {
                bytes = maker.call().getBytes(StandardCharsets.UTF_8);
            } catch (Exception e) {
                // Those who ask get the one before, or are told to ask again.
            } finally {
                triedNanos = System.nanoTime();
                makes.set(false);
            }
        }
    }
}
