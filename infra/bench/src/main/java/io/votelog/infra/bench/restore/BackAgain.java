// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.restore;

import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import java.time.Duration;

/**
 * When an instance did again what it is there for, in seconds.
 *
 * @param ready until it said that it is ready
 * @param votes until its results had every vote of the log, those that were written after the accident too
 * @param receipts until it had told the oldest vote of each partition by its receipt
 */
record BackAgain(double ready, double votes, double receipts) {
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofMinutes(20);

    /** Until it did all of that. */
    double whole() {
        return Math.max(ready, Math.max(votes, receipts));
    }

    /**
     * Waits for it.
     *
     * @param fromNs from when the time counts, by {@link System#nanoTime()}
     * @throws BenchException where the process dies, or takes twenty minutes
     */
    static BackAgain await(CountingApp app, long fromNs) {
        double ready = 0;
        double votes = 0;
        double receipts = 0;
        while (true) {
            if (votes == 0 && app.hasCountedAll()) {
                votes = since(fromNs);
            }
            if (receipts == 0 && app.tellsReceipts()) {
                receipts = since(fromNs);
            }
            if (ready == 0 && app.isReady()) {
                ready = since(fromNs);
            }
            if (ready > 0 && votes > 0 && receipts > 0) {
                return new BackAgain(ready, votes, receipts);
            }
            app.requireAlive();
            if (since(fromNs) > PATIENCE.toSeconds()) {
                throw new BenchException(
                        app.obituary("ready after %.1f s, all votes after %.1f, receipts after %.1f, where 0 is never"
                                .formatted(ready, votes, receipts)));
            }
            TestSystem.pause(LOOK_EVERY);
        }
    }

    private static double since(long fromNs) {
        return (System.nanoTime() - fromNs) / 1e9;
    }
}
