// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.readers;

import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A reader who asks for the results again and again, without a stream. */
final class Asker implements AutoCloseable {
    private static final long EVERY_MS = 20;

    private final TestSystem system;
    private final LoadGenerator generator;
    private final Freshness freshness;
    private final ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor(run -> {
        Thread thread = new Thread(run, "asker");
        thread.setDaemon(true);
        return thread;
    });
    private long[] positions = {};

    Asker(TestSystem system, LoadGenerator generator, Freshness freshness) {
        this.system = system;
        this.generator = generator;
        this.freshness = freshness;
    }

    /** Asks fifty times a second from now on. */
    void begin() {
        asking.scheduleWithFixedDelay(this::ask, 0, EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private void ask() {
        HttpResponse<byte[]> answer = system.calls().get(system.resultsUrl(), "Accept", "application/json");
        if (answer.statusCode() != 200) {
            throw new BenchException("results are answered " + answer.statusCode());
        }
        long nowNs = System.nanoTime();
        long[] next = Positions.parse(new String(answer.body(), StandardCharsets.ISO_8859_1));
        if (!Arrays.equals(next, positions)) {
            long[] before = positions;
            positions = next;
            generator.group().execute(() -> freshness.told(before, next, nowNs));
        }
    }

    @Override
    public void close() {
        asking.shutdownNow();
    }
}
