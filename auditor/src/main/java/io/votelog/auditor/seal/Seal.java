// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import java.util.Arrays;

/** What the next leaves of the sealed log are. Both trees take the same seals, so leaf for leaf they are about the same thing. */
public sealed interface Seal {
    /** The number of this seal, from 0 on. */
    long sequence();

    /**
     * Records of votes, by partition and then by offset.
     *
     * @param begins by partition: the first offset
     * @param ends by partition: the offset behind the last one; nothing of a partition where it is the same
     */
    record OfLog(long sequence, long[] begins, long[] ends) implements Seal {
        /**
         * What stands behind what was sealed before. Partitions that were added to votes since are sealed from their first record on.
         *
         * @param sealedTo by partition: the offset behind the last record that was sealed before
         */
        public static OfLog behind(long[] sealedTo, long sequence, long[] ends) {
            return new OfLog(sequence, Arrays.copyOf(sealedTo, ends.length), ends);
        }

        /** The offset behind the last record of a partition that is sealed; 0 of one that was added to votes later. */
        public long end(int partition) {
            return partition < ends.length ? ends[partition] : 0;
        }

        /** How many records they are. */
        public long records() {
            long records = 0;
            for (int partition = 0; partition < ends.length; partition++) {
                records += ends[partition] - begins[partition];
            }
            return records;
        }

        /** How many of them stand before those of this partition. */
        public long recordsBefore(int partition) {
            long records = 0;
            for (int at = 0; at < partition; at++) {
                records += ends[at] - begins[at];
            }
            return records;
        }
    }

    /**
     * A final result.
     *
     * @param revision of the results
     * @param statement what is said of it, as JSON
     */
    record OfResult(long sequence, String ballotId, long revision, String statement) implements Seal {}
}
