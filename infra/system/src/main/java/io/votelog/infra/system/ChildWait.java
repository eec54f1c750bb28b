// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.ChildStartException;
import java.time.Duration;
import java.util.Collection;
import java.util.function.BooleanSupplier;

/** Waits for processes: until they are ready, and until they are gone. */
public final class ChildWait {
    private static final long POLL_MS = 100;

    private ChildWait() {}

    /**
     * Returns when that holds.
     *
     * @param child which must live until then
     * @throws ChildStartException where it dies, takes longer, or this thread is interrupted
     */
    public static void until(ChildJvm child, Duration limit, BooleanSupplier ready) {
        long end = System.nanoTime() + limit.toNanos();
        while (!ready.getAsBoolean()) {
            if (!child.isAlive()) {
                throw new ChildStartException(child.obituary(child.name() + " died"));
            }
            if (System.nanoTime() - end > 0) {
                throw new ChildStartException(
                        child.obituary(child.name() + " is not ready after " + limit.toSeconds() + " s"));
            }
            try {
                Thread.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ChildStartException("interrupted while it was waited for " + child.name(), e);
            }
        }
    }

    /** Asks all of them to end at once (SIGTERM), and kills those that take longer. Returns when all are gone. */
    public static void stop(Collection<ChildJvm> children, Duration grace) {
        children.forEach(ChildJvm::terminate);
        long end = System.nanoTime() + grace.toNanos();
        for (ChildJvm child : children) {
            if (!child.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                child.kill();
            }
        }
    }
}
