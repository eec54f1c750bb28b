// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import java.time.Instant;
import java.util.Map;

/** The point of a log up to which it is replayed. */
public interface Cutoff {
    /** The cutoff in one partition. */
    OfPartition of(int partition);

    /** The cutoff in one partition; it is asked for each record, in the order of offsets. */
    interface OfPartition {
        /**
         * Whether the record is counted.
         *
         * @param timestampMs the broker's append time, milliseconds since 1970
         */
        boolean includes(long offset, long timestampMs);
    }

    /** No cutoff: the whole log is replayed. */
    static Cutoff none() {
        return partition -> (offset, timestampMs) -> true;
    }

    /**
     * Cuts each partition before its first record whose timestamp is later than this moment. A record after that one is
     * cut off too, even if another leader's clock gave it an earlier timestamp.
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

    /** Keeps the records below these offsets, by partition; nothing of a partition that is not named. */
    static Cutoff at(Map<Integer, Long> nextOffsets) {
        return partition -> {
            long next = nextOffsets.getOrDefault(partition, 0L);
            return (offset, timestampMs) -> offset < next;
        };
    }
}
