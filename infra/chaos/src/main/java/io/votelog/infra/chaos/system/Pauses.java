// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits: for a time, and until something holds. */
public final class Pauses {
    private static final long LOOK_EVERY_MS = 50;

    private Pauses() {}

    /** @throws ChaosException where this thread is interrupted */
    public static void sleep(Duration length) {
        try {
            Thread.sleep(length.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }

    /**
     * Waits until that holds, and says whether it does.
     *
     * @throws ChaosException where this thread is interrupted
     */
    public static boolean until(Duration limit, BooleanSupplier holds) {
        long end = System.nanoTime() + limit.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            sleep(Duration.ofMillis(LOOK_EVERY_MS));
        }
        return true;
    }
}
