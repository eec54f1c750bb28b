// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** The topic {@code votelog.votes.v1} as the brokers know it: its id, and where its partitions end. */
@FunctionalInterface
public interface VotesTopic {
    /** Asks for the end offset of a partition: the offset behind its last record. */
    long endOffset(int partition);

    /** Asks for the offset of the first record that a partition still has: 0 unless records were deleted, which nobody may do. */
    default long startOffset(int partition) {
        return 0;
    }

    /** Asks for the topic's id. A topic that is deleted and made anew gets another id. Null where nobody can tell. */
    default @Nullable Uuid id() {
        return null;
    }

    /** The topic's id at the latest look, without asking anybody. Null where nobody looks. */
    default @Nullable Uuid lastSeenId() {
        return null;
    }
}
