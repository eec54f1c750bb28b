// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.util.Arrays;

/**
 * A moment, and what has been seen to work with votes that were sent after it. For all partitions: a vote in each of them must have gone
 * through, for a fault may hit one partition alone.
 */
public final class Mark {
    private final long sinceNs = System.nanoTime();
    private final long[] firstAcked;
    private final boolean[] counted;
    private final boolean[] told;
    private final boolean[] gateways;

    Mark(int partitions, int gateways) {
        this.firstAcked = new long[partitions];
        Arrays.fill(firstAcked, -1);
        this.counted = new boolean[partitions];
        this.told = new boolean[partitions];
        this.gateways = new boolean[gateways];
    }

    /** By {@link System#nanoTime()}. */
    public long sinceNs() {
        return sinceNs;
    }

    synchronized void sawAcked(int gateway, Place place, long sentNs) {
        if (sentNs - sinceNs < 0 || place.partition() >= firstAcked.length) {
            return;
        }
        gateways[gateway] = true;
        if (firstAcked[place.partition()] < 0) {
            firstAcked[place.partition()] = place.offset();
        }
    }

    synchronized void sawTold(int partition, long sentNs) {
        if (sentNs - sinceNs >= 0 && partition < told.length) {
            told[partition] = true;
        }
    }

    synchronized void sawCounted(int partition, long nextOffset) {
        if (partition < counted.length && firstAcked[partition] >= 0 && firstAcked[partition] < nextOffset) {
            counted[partition] = true;
        }
    }

    /** Whether a vote in each partition was acknowledged. */
    public synchronized boolean acked() {
        return Arrays.stream(firstAcked).allMatch(offset -> offset >= 0);
    }

    /** Whether this gateway has acknowledged a vote. */
    public synchronized boolean ackedBy(int gateway) {
        return gateways[gateway];
    }

    /** Whether results were shown to a reader that have a vote in each partition. */
    public synchronized boolean counted() {
        return all(counted);
    }

    /** Whether the verdict on a vote in each partition was told by its receipt. */
    public synchronized boolean told() {
        return all(told);
    }

    private static boolean all(boolean[] seen) {
        for (boolean each : seen) {
            if (!each) {
                return false;
            }
        }
        return true;
    }

    @Override
    public synchronized String toString() {
        return "first acknowledged at offsets %s, counted %s, told %s, gateways %s"
                .formatted(
                        Arrays.toString(firstAcked),
                        Arrays.toString(counted),
                        Arrays.toString(told),
                        Arrays.toString(gateways));
    }
}
