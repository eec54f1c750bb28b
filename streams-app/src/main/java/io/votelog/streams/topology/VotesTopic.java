// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Says which topic votes is, and where its partitions end. */
@FunctionalInterface
public interface VotesTopic {
    /** The offset behind the last record of this partition. */
    long endOffset(int partition);

    /** The id of the topic, asked for now: one that is deleted and made anew has another. Null where nobody can tell. */
    default @Nullable Uuid id() {
        return null;
    }

    /** The id that was found when somebody looked last; asks nobody. Null where nobody looks. */
    default @Nullable Uuid lastSeenId() {
        return null;
    }
}
