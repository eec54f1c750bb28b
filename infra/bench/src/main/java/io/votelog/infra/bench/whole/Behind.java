// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Watches how many votes are in the log and not yet in the published results. */
final class Behind implements AutoCloseable {
    private static final long EVERY_MS = 1_000;

    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(run -> {
        Thread thread = new Thread(run, "watch");
        thread.setDaemon(true);
        return thread;
    });
    private volatile long most;

    private Behind() {}

    /** Looks once a second, until it is closed. */
    static Behind watch(Votelog votelog) {
        Behind behind = new Behind();
        behind.watch.scheduleWithFixedDelay(
                () -> behind.most = Math.max(behind.most, votelog.behind()), EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
        return behind;
    }

    /** The most that it was. */
    long most() {
        return most;
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
