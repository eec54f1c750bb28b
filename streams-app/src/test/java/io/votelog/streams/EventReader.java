// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** Reads a stream of server-sent events as it comes. */
final class EventReader implements AutoCloseable {
    /** An event, and when it had come, by {@link System#nanoTime()}. */
    record Event(String name, String id, JsonNode data, long atNanos) {}

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<String> comments = new CopyOnWriteArrayList<>();
    private final HttpResponse<InputStream> response;
    private final CompletableFuture<Void> end;

    private EventReader(HttpResponse<InputStream> response) {
        this.response = response;
        this.end = CompletableFuture.runAsync(this::read, task -> {
            Thread thread = new Thread(task, "event-reader");
            thread.setDaemon(true);
            thread.start();
        });
    }

    static EventReader open(URI uri, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept", "text/event-stream");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new EventReader(RunningApp.HTTP.send(request.build(), BodyHandlers.ofInputStream()));
    }

    int status() {
        return response.statusCode();
    }

    HttpResponse<InputStream> response() {
        return response;
    }

    List<Event> events() {
        return events;
    }

    List<String> comments() {
        return comments;
    }

    Event awaitEvent(int index) {
        Awaitility.await("event " + index)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> events.size() > index);
        return events.get(index);
    }

    /** Returns when the server has ended the stream. */
    void awaitEnd() throws Exception {
        end.get(20, TimeUnit.SECONDS);
    }

    private void read() {
        List<String> lines = new ArrayList<>();
        boolean gzip = response.headers().firstValue("Content-Encoding").equals(Optional.of("gzip"));
        // The content is compared with the checksum at the end of the compressed stream.
        try (InputStream body = gzip ? uncompressed(response.body()) : response.body();
                BufferedReader text = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            text.lines().forEach(line -> {
                if (!line.isEmpty()) {
                    lines.add(line);
                } else {
                    dispatch(List.copyOf(lines));
                    lines.clear();
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Wraps the JDK's stream, which always says that more is available, so that readers of text wait for it. */
    private static InputStream uncompressed(InputStream compressed) throws IOException {
        return new FilterInputStream(new GZIPInputStream(compressed)) {
            @Override
            public int available() {
                return 0;
            }
        };
    }

    private void dispatch(List<String> lines) {
        if (lines.stream().allMatch(line -> line.startsWith(":"))) {
            comments.addAll(lines);
        } else {
            events.add(new Event(
                    field(lines, "event"),
                    field(lines, "id"),
                    RunningApp.JSON.readTree(field(lines, "data")),
                    System.nanoTime()));
        }
    }

    private static String field(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
