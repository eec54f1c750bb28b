// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import java.util.Arrays;

/**
 * A seal says what the next leaves of both trees are about. Both trees follow the same seals, so the leaves at the same
 * index are about the same record or result.
 */
public sealed interface Seal {
    /** The seal's number, from 0. */
    long sequence();

    /**
     * A seal of records of votes, by partition and then by offset.
     *
     * @param begins by partition: the first sealed offset
     * @param ends by partition: the offset after the last sealed record; equal to the begin where nothing of the
     *     partition is sealed
     */
    record OfLog(long sequence, long[] begins, long[] ends) implements Seal {
        /**
         * The seal of the records after those that were sealed before. Partitions that were added to votes are sealed
         * from their first record on.
         *
         * @param sealedTo by partition: the offset after the last record that was sealed before
         */
        public static OfLog behind(long[] sealedTo, long sequence, long[] ends) {
            return new OfLog(sequence, Arrays.copyOf(sealedTo, ends.length), ends);
        }

        /** The offset after the last sealed record of a partition; 0 for a partition that was added to votes later. */
        public long end(int partition) {
            return partition < ends.length ? ends[partition] : 0;
        }

        /** The number of records that are sealed. */
        public long records() {
            long records = 0;
            for (int partition = 0; partition < ends.length; partition++) {
                records += ends[partition] - begins[partition];
            }
            return records;
        }

        /** The number of sealed records of the partitions before this one. */
        public long recordsBefore(int partition) {
            long records = 0;
            for (int at = 0; at < partition; at++) {
                records += ends[at] - begins[at];
            }
            return records;
        }
    }

    /**
     * A seal of a final result.
     *
     * @param revision of the results
     * @param statement the sealed statement, JSON
     */
    record OfResult(long sequence, String ballotId, long revision, String statement) implements Seal {}
}
