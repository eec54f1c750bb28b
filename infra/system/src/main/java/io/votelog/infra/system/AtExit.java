// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is done once, at the end: when {@link #now()} is called, or else when this JVM ends in order, by a signal too. Safe for use by many
 * threads.
 */
public final class AtExit {
    private final Runnable end;
    private final Thread hook;
    private final AtomicBoolean begun = new AtomicBoolean();

    /** @param end what is done; may be called from another thread from now on */
    public AtExit(Runnable end) {
        this.end = end;
        this.hook = new Thread(this::now, "end of the system");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Does it, and returns when it is done; does nothing where somebody has begun it. */
    public void now() {
        if (begun.getAndSet(true)) {
            return;
        }
        if (Thread.currentThread() != hook) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM is ending already, and its hook has nothing to do any more.
            }
        }
        end.run();
    }
}
