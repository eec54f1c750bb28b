// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.votelog.infra.testing.contract.OddRequests.OddRequest;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sends odd requests to a server, and reports failures of the server and requests without an answer. */
public final class HeaderTrial {
    private static final int CLIENTS = 8;
    private static final int PATIENCE_MS = 10_000;

    /**
     * How long an answer is waited for, in milliseconds, where it is not clear whether the request has ended: the
     * server may wait for the rest of it.
     */
    private static final int PATIENCE_WITH_UNCLEAR_MS = 300;

    private static final int MOST_SHOWN = 30;
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]+)\r\n");
    private static final int UNAVAILABLE = 503;

    private final URI server;
    private final List<OddRequest> requests;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
    private final List<String> failures = new ArrayList<>();

    /**
     * The result of a trial.
     *
     * @param statuses the number of answers by status
     * @param failures a line for each request at which the server failed; only the first ones when there are many
     */
    public record Outcome(Map<Integer, AtomicInteger> statuses, List<String> failures) {}

    private HeaderTrial(URI server, List<OddRequest> requests) {
        this.server = server;
        this.requests = requests;
    }

    /** Sends all requests that are made from the document. */
    public static Outcome run(URI server, OpenApi document, OddRequests.Plain plain, long seed, int random)
            throws ExecutionException, InterruptedException {
        HeaderTrial trial = new HeaderTrial(server, OddRequests.of(document, plain, seed, random));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(clients.submit(trial::play));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            clients.shutdownNow();
        }
        return new Outcome(trial.statuses, trial.failures);
    }

    private void play() {
        Client client = new Client();
        for (int i = next.getAndIncrement(); i < requests.size(); i = next.getAndIncrement()) {
            OddRequest request = requests.get(i);
            try {
                judge(request, client.ask(request));
            } catch (IOException e) {
                fail(request, e.toString());
            }
        }
        client.leave();
    }

    private void judge(OddRequest request, Optional<Integer> answered) {
        int status = answered.orElse(0);
        statuses.computeIfAbsent(status, it -> new AtomicInteger()).incrementAndGet();
        if (status >= 500 && status != UNAVAILABLE) {
            fail(request, "was answered " + status);
        } else if (status == 0 && request.framed()) {
            fail(request, "got no answer");
        }
    }

    private void fail(OddRequest request, String how) {
        synchronized (failures) {
            if (failures.size() < MOST_SHOWN) {
                String what = escaped(request.what());
                failures.add("%s: %s %s".formatted(request.operation(), what, how));
            }
        }
    }

    private static String escaped(String text) {
        StringBuilder shown = new StringBuilder();
        text.substring(0, Math.min(120, text.length()))
                .chars()
                .forEach(c -> shown.append(c < ' ' || c > '~' ? "\\x%02x".formatted(c) : Character.toString(c)));
        return shown.toString();
    }

    /** A client that keeps its connection as long as it is clear where the next answer begins. */
    private final class Client {
        private @Nullable Connection kept;

        /** The status of the answer; empty when the connection ends or stays silent instead. */
        Optional<Integer> ask(OddRequest request) throws IOException {
            Connection open = kept;
            if (open != null && request.framed()) {
                Optional<Integer> status = askAt(open, request);
                if (status.isPresent()) {
                    return status;
                }
                // The server may have closed the connection after the last answer.
            }
            leave();
            return askAt(new Connection(server), request);
        }

        private Optional<Integer> askAt(Connection connection, OddRequest request) throws IOException {
            kept = connection;
            Optional<Integer> status = connection.ask(request);
            if (connection.over || !request.framed()) {
                leave();
            }
            return status;
        }

        void leave() {
            if (kept != null) {
                kept.close();
                kept = null;
            }
        }
    }

    /** A connection to the server. It reads no more of an answer than is needed to find where the next one begins. */
    private static final class Connection implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;
        private boolean over;

        Connection(URI server) throws IOException {
            socket = new Socket(server.getHost(), server.getPort());
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }

        /** The status of the answer; empty when the connection ends or stays silent instead. */
        Optional<Integer> ask(OddRequest request) throws IOException {
            socket.setSoTimeout(request.framed() ? PATIENCE_MS : PATIENCE_WITH_UNCLEAR_MS);
            try {
                socket.getOutputStream().write(request.bytes());
            } catch (IOException closed) {
                // An answer may have come before the write failed.
            }
            try {
                String head = head();
                while (head.startsWith("HTTP/1.1 1")) {
                    head = head();
                }
                if (head.isEmpty()) {
                    over = true;
                    return Optional.empty();
                }
                int status = Integer.parseInt(head.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
                over = head.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n");
                boolean bodiless = request.bodiless() || status == 204 || status == 304;
                Matcher length = LENGTH.matcher(head);
                if (!bodiless && length.find()) {
                    int bytes = Integer.parseInt(length.group(1));
                    over |= in.readNBytes(bytes).length < bytes;
                } else {
                    over |= !bodiless;
                }
                return Optional.of(status);
            } catch (SocketTimeoutException silence) {
                over = true;
                return Optional.empty();
            }
        }

        private String head() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            try {
                int state = 0;
                for (int c = in.read(); c >= 0; c = in.read()) {
                    head.write(c);
                    state = c == "\r\n\r\n".charAt(state) ? state + 1 : (c == '\r' ? 1 : 0);
                    if (state == 4) {
                        return head.toString(ISO_8859_1);
                    }
                }
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException reset) {
                // The connection is of no further use.
            }
            return "";
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // The connection is closed already.
            }
        }
    }
}
