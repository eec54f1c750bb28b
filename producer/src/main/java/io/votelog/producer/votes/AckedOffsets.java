// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Up to which offset each partition has acknowledged votes of this gateway. Its producer has them acknowledged in the order of their
 * offsets, so one that stands no further than an earlier one says that the log has lost that: brokers have lost power, and what they had
 * was not on their disks.
 */
final class AckedOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(AckedOffsets.class);
    /** Partitions beyond these are not looked at. */
    private static final int PARTITIONS = 1024;

    /** The offset behind the last one, by partition. */
    private final AtomicLongArray next = new AtomicLongArray(PARTITIONS);

    private final AtomicInteger cuts = new AtomicInteger();

    /**
     * Notes an acknowledgement. The calls for one partition come one after the other.
     *
     * @param offset -1 where the brokers no longer know it
     */
    void acked(int partition, long offset) {
        if (partition >= PARTITIONS || offset < 0) {
            return;
        }
        long before = next.get(partition);
        next.lazySet(partition, offset + 1);
        if (offset < before) {
            cuts.incrementAndGet();
            LOG.error(
                    "partition {} of votes has acknowledged votes up to offset {}, and now one at offset {}: it has lost those"
                            + " from there on, and their voters hold receipts for nothing",
                    partition,
                    before - 1,
                    offset);
        }
    }

    /** How often a partition was found to have lost acknowledged votes. */
    int cuts() {
        return cuts.get();
    }
}
