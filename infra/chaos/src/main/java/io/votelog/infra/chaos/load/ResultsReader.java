// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A reader of a ballot's stream of results, who comes back with the id seen last, at the next instance, whenever the stream ends, breaks or
 * is silent; and who holds each document to the one before it.
 */
public final class ResultsReader {
    private static final Duration SILENCE = Duration.ofSeconds(7);
    private static final Duration HEADERS = Duration.ofSeconds(7);
    private static final long PAUSE_MS = 300;

    private final String name;
    private final ReadSide readSide;
    private final String ballotId;
    private final Pulse pulse;
    private final Thread thread;
    private final AtomicLong documents = new AtomicLong();
    private final List<String> wentBack = new CopyOnWriteArrayList<>();
    private volatile boolean ending;
    private volatile long heardNs;
    private volatile @Nullable InputStream open;
    private volatile @Nullable ShownResults last;
    private String lastId = "";
    private int instance;

    /** @param firstInstance where the reader begins */
    public ResultsReader(String name, ReadSide readSide, String ballotId, int firstInstance, Pulse pulse) {
        this.name = name;
        this.readSide = readSide;
        this.ballotId = ballotId;
        this.instance = firstInstance;
        this.pulse = pulse;
        this.thread = new Thread(this::read, name);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Documents that were shown. */
    public long documents() {
        return documents.get();
    }

    /** What went back, each time that something did. */
    public List<String> wentBack() {
        return List.copyOf(wentBack);
    }

    /** The status that was shown last; empty before the first document. */
    public String status() {
        ShownResults seen = last;
        return seen == null ? "" : seen.status();
    }

    /** The version that was shown last; -1 before the first document. */
    public long version() {
        ShownResults seen = last;
        return seen == null ? -1 : seen.version();
    }

    /** Has the reader leave a stream that says nothing any more, since its instance is away or stands still. */
    public void leaveSilence() {
        if (System.nanoTime() - heardNs > SILENCE.toNanos()) {
            leave();
        }
    }

    /** Ends the reader, and returns when it has ended. */
    public void end() throws InterruptedException {
        ending = true;
        leave();
        thread.interrupt();
        thread.join(SILENCE.toMillis());
    }

    private void leave() {
        InputStream stream = open;
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                // It is left all the same.
            }
        }
    }

    private void read() {
        while (!ending) {
            try {
                readOnce();
            } catch (IOException e) {
                // The instance is away, or the stream was left.
            } catch (InterruptedException e) {
                return;
            } finally {
                open = null;
            }
            instance = (instance + 1) % readSide.count();
            try {
                Thread.sleep(PAUSE_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void readOnce() throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(readSide.stream(instance, ballotId)).timeout(HEADERS);
        if (!lastId.isEmpty()) {
            request.header("Last-Event-ID", lastId);
        }
        heardNs = System.nanoTime();
        HttpResponse<InputStream> answer = readSide.http().send(request.build(), BodyHandlers.ofInputStream());
        try (InputStream body = answer.body();
                BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            if (answer.statusCode() != 200) {
                return;
            }
            heardNs = System.nanoTime();
            open = body;
            String id = "";
            String line;
            while (!ending && (line = lines.readLine()) != null) {
                heardNs = System.nanoTime();
                if (line.startsWith("id:")) {
                    id = line.substring(3).strip();
                } else if (line.startsWith("data:")) {
                    show(id, line.substring(5));
                }
            }
        }
    }

    private void show(String id, String data) {
        JsonNode results = ReadSide.json(data).orElse(null);
        if (results == null) {
            // A document that broke off with its connection.
            return;
        }
        documents.incrementAndGet();
        ShownResults shown = ShownResults.of(results);
        ShownResults before = last;
        String back = before == null ? null : shown.wentBackFrom(before);
        if (back != null) {
            wentBack.add("%s at instance %d: %s".formatted(name, instance + 1, back));
        }
        last = shown;
        lastId = id;
        Map<Integer, Long> positions = new HashMap<>();
        results.path("positions")
                .properties()
                .forEach(position -> positions.put(
                        Integer.valueOf(position.getKey()), position.getValue().longValue(0)));
        pulse.shown(positions);
    }
}
