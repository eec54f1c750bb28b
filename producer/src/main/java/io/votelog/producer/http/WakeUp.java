// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes an event loop run a task: once for all calls that come before the run begins, so that a busy loop is not woken for each
 * of them.
 */
final class WakeUp {
    private final EventLoop loop;
    private final Runnable task;
    private final AtomicBoolean called = new AtomicBoolean();

    WakeUp(EventLoop loop, Runnable task) {
        this.loop = loop;
        this.task = task;
    }

    /** Asks for a run of the task. Any thread may call it, and the task sees everything that the thread did before. */
    void call() {
        if (!called.get() && called.compareAndSet(false, true)) {
            loop.execute(this::run);
        }
    }

    private void run() {
        // The flag is cleared before the task's first look: whatever comes after its last look asks for another run.
        called.set(false);
        task.run();
    }
}
