// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import java.time.Instant;
import java.util.Map;

/** Up to where a log is replayed. */
public interface Cutoff {
    /** The cut in one partition, for its records in their order. */
    OfPartition of(int partition);

    /** Asked for each record of a partition, in their order. */
    interface OfPartition {
        boolean includes(long offset, long timestampMs);
    }

    /** All of it. */
    static Cutoff none() {
        return partition -> (offset, timestampMs) -> true;
    }

    /**
     * In each partition what stands before the first record that is stamped after this moment; a later one that is stamped
     * earlier, by another leader's clock, is behind the cut too.
     */
    static Cutoff at(Instant moment) {
        long lastMs = moment.toEpochMilli();
        return partition -> {
            boolean[] over = new boolean[1];
            return (offset, timestampMs) -> {
                over[0] |= timestampMs > lastMs;
                return !over[0];
            };
        };
    }

    /** Below these offsets; nothing of a partition that is not named. */
    static Cutoff at(Map<Integer, Long> nextOffsets) {
        return partition -> {
            long next = nextOffsets.getOrDefault(partition, 0L);
            return (offset, timestampMs) -> offset < next;
        };
    }
}
