// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Readers of one ballot's results that note everything that is wrong: one reader of the stream at each of two instances, which
 * moves to the other instance when its connection breaks and says what it saw last; and one reader that asks the second
 * instance again and again.
 */
final class ResultsReaders implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(50);

    private final String path;
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(3);
    private final StreamReader first;
    private final StreamReader second;
    private final Poller poller;
    private volatile boolean over;

    ResultsReaders(String ballotId, RunningApp one, RunningApp other) {
        this.path = "/v1/ballots/%s/results".formatted(ballotId);
        this.first = new StreamReader(List.of(one, other));
        this.second = new StreamReader(List.of(other, one));
        this.poller = new Poller(other);
        threads.execute(first);
        threads.execute(second);
        threads.scheduleWithFixedDelay(poller, 0, BETWEEN_QUESTIONS.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns when each reader has been shown something this many times more. */
    void awaitShown(int times) {
        for (Reader reader : List.of(first, second, poller)) {
            int enough = reader.count.get() + times;
            await(reader + " goes on reading").atMost(Duration.ofSeconds(60)).until(() -> reader.count.get() >= enough);
        }
    }

    /**
     * Asserts that each reader was shown the end, and that nothing went back on the way, though the first reader had to move.
     */
    void assertAllWentWellUpTo(ShownTotals end) {
        for (Reader reader : List.of(first, second, poller)) {
            await(reader + " sees the end").atMost(Duration.ofSeconds(30)).until(() -> end.equals(reader.shown));
        }
        assertThat(faults).isEmpty();
        assertThat(first.moves).isPositive();
        assertThat(second.moves).isZero();
    }

    private abstract class Reader implements Runnable {
        final AtomicInteger count = new AtomicInteger();
        volatile @Nullable ShownTotals shown;

        final void show(String document) {
            ShownTotals next = ShownTotals.of(RunningApp.JSON.readTree(document));
            ShownTotals before = shown;
            if (before != null && (next.isBehind(before) || next.late() < before.late())) {
                faults.add("%s was shown %s after %s".formatted(this, next, before));
            }
            shown = next;
            count.incrementAndGet();
        }

        @Override
        public String toString() {
            return getClass().getSimpleName();
        }
    }

    private final class Poller extends Reader {
        private final RunningApp app;

        Poller(RunningApp app) {
            this.app = app;
        }

        @Override
        public void run() {
            long asked = System.nanoTime();
            try {
                HttpResponse<String> answer = app.get(path);
                Duration took = Duration.ofNanos(System.nanoTime() - asked);
                if (answer.statusCode() == 200 && took.compareTo(ANSWER_WITHIN) < 0) {
                    show(answer.body());
                } else {
                    faults.add("the answer was %d after %s".formatted(answer.statusCode(), took));
                }
            } catch (IllegalStateException noAnswer) {
                if (!over) {
                    faults.add(noAnswer.toString());
                }
            }
        }
    }

    private final class StreamReader extends Reader {
        private final List<RunningApp> apps;
        private @Nullable String lastId;
        private volatile int moves;

        StreamReader(List<RunningApp> apps) {
            this.apps = apps;
        }

        @Override
        public void run() {
            while (!over) {
                try {
                    read(apps.get(moves % 2));
                } catch (IOException | UncheckedIOException gone) {
                    // The reader moves to the other instance.
                } catch (InterruptedException end) {
                    return;
                }
                if (!over) {
                    moves++;
                }
            }
        }

        private void read(RunningApp app) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(app.uri(path + "/stream"));
            if (lastId != null) {
                request.header("Last-Event-ID", lastId);
            }
            HttpResponse<Stream<String>> answer = RunningApp.HTTP.send(request.build(), BodyHandlers.ofLines());
            try (Stream<String> body = answer.body()) {
                // Comments come all the time, so the end is seen soon.
                for (Iterator<String> lines = body.iterator(); !over && lines.hasNext(); ) {
                    String line = lines.next();
                    if (line.startsWith("id: ")) {
                        lastId = line.substring("id: ".length());
                    } else if (line.startsWith("data: ")) {
                        show(line.substring("data: ".length()));
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        over = true;
        threads.shutdownNow();
    }
}
