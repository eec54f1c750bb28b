// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.producer.votes.BallotBox;
import org.springframework.context.SmartLifecycle;

/**
 * The first step of a shutdown: the ballot box is locked, so that a vote on a connection that is still open is refused at once.
 * Then the server stops listening and waits for what it has still to answer, and only then are the clients of Kafka closed.
 */
final class LastCall implements SmartLifecycle {
    private final BallotBox box;
    private volatile boolean running;

    LastCall(BallotBox box) {
        this.box = box;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        box.lock();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** The highest phase stops first. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
