// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.limits;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers the latest votes by their hashes, in a table of fixed size. It never blocks and allocates nothing; any thread may
 * call it.
 *
 * <p>A vote's hash names a line of {@value #LINE} slots, in which the newest vote comes first; one more vote pushes the oldest
 * out. Threads that write to one line at the same moment may lose a vote of it, which is then forgotten.
 */
final class RecentVotes {
    private static final int LINE = 8;

    private final AtomicLongArray hashes;
    private final int lineMask;

    /**
     * @param slots how many votes are remembered at most: a power of two of at least {@value #LINE}, 8 bytes each; with 0 none
     *     is remembered and no method may be called
     */
    RecentVotes(int slots) {
        if (slots != 0 && (slots < LINE || Integer.bitCount(slots) != 1)) {
            throw new IllegalArgumentException("a table of " + slots);
        }
        hashes = new AtomicLongArray(slots);
        lineMask = slots / LINE - 1;
    }

    /**
     * Whether the vote is remembered.
     *
     * @param hash the vote's hash, evenly distributed in all bits, under a key that no client knows
     */
    boolean has(long hash) {
        int line = line(hash);
        for (int at = line; at < line + LINE; at++) {
            if (hashes.getOpaque(at) == hash) {
                return true;
            }
        }
        return false;
    }

    /** Remembers the vote. */
    void add(long hash) {
        int line = line(hash);
        for (int at = line + LINE - 1; at > line; at--) {
            hashes.setOpaque(at, hashes.getOpaque(at - 1));
        }
        hashes.setOpaque(line, hash);
    }

    /** Forgets the vote. */
    void remove(long hash) {
        int line = line(hash);
        for (int at = line; at < line + LINE; at++) {
            hashes.compareAndSet(at, hash, 0);
        }
    }

    private int line(long hash) {
        return ((int) (hash >>> Integer.SIZE) & lineMask) * LINE;
    }
}
