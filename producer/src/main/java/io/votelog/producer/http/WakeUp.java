// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicBoolean;

/** Has an event loop run a task: once for all calls that come before it begins, so that a busy loop is not woken for each. */
final class WakeUp {
    private final EventLoop loop;
    private final Runnable task;
    private final AtomicBoolean called = new AtomicBoolean();

    WakeUp(EventLoop loop, Runnable task) {
        this.loop = loop;
        this.task = task;
    }

    /** Calls, on any thread; the task sees what was done before. */
    void call() {
        if (!called.get() && called.compareAndSet(false, true)) {
            loop.execute(this::run);
        }
    }

    private void run() {
        // Before the task's first look, so that what comes after its last look calls again.
        called.set(false);
        task.run();
    }
}
