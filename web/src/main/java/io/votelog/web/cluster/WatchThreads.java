// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.cluster;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Threads that look at something again and again, and hold up no JVM that ends. */
public final class WatchThreads {
    private WatchThreads() {}

    /** A thread of that name, which begins with its first task. */
    public static ScheduledExecutorService named(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }
}
