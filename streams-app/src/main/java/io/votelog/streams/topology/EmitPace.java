// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.time.Duration;

/**
 * How often what was counted is sent: at an interval, or less often where commits take longer than that. A thread that sent something at every
 * interval would then commit all the time, with a few records between two commits, and fall ever further behind; so its intervals are twice, four
 * times, … as long, at least twice as long as its last commit. Each thread has a pace of its own, which all its timers share, so that they go on
 * firing together.
 */
public final class EmitPace {
    /** The longest that an interval becomes by this: transactions must end before brokers give them up, after four seconds. */
    private static final long MOST_MS = 2_000;

    private final long intervalMs;
    private final ThreadLocal<Long> commitMs = ThreadLocal.withInitial(() -> 0L);

    /** @param interval at which something is sent where commits are quick */
    public EmitPace(Duration interval) {
        this.intervalMs = interval.toMillis();
    }

    /**
     * Notes how long the last commit of the calling thread took.
     *
     * @param tookMs in milliseconds
     */
    public void committed(long tookMs) {
        commitMs.set(tookMs);
    }

    /**
     * The time between two moments at which the calling thread may send something, in milliseconds.
     *
     * @param least the least that it may be; what is sent more seldom than all else is sent along with it
     */
    long periodMs(Duration least) {
        long took = commitMs.get();
        long paced = intervalMs;
        while (took > intervalMs && paced < 2 * took && 2 * paced <= MOST_MS) {
            paced *= 2;
        }
        return Math.max(1, (least.toMillis() + paced - 1) / paced) * paced;
    }
}
