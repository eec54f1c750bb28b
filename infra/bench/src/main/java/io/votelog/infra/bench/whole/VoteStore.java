// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import java.util.List;

/** Keeps votes on one ballot, one of each voter, and counters of its options. One connection, for one thread at a time. */
interface VoteStore extends AutoCloseable {
    /** Makes what the store needs before its first vote. */
    void prepare();

    /** Stores and counts votes, and tells each of them when the store has confirmed. */
    void cast(List<CastVote> votes);

    /** What the store has counted. */
    Counts counts();

    @Override
    void close();
}
