// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.lifecycle;

import org.springframework.context.SmartLifecycle;

/**
 * What an app does first when it is told to stop: before the server stops listening and waits for what it has still to answer, and
 * before the clients of Kafka are closed.
 */
public final class FirstShutdownStep implements SmartLifecycle {
    private final Runnable step;
    private volatile boolean running;

    /** @param step must not block */
    public FirstShutdownStep(Runnable step) {
        this.step = step;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        step.run();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** The last to start and the first to stop. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
