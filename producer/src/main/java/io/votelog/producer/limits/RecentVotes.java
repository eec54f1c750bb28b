// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.limits;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The latest votes, as hashes, in a table whose size never changes. It never blocks and allocates nothing; any thread may call it.
 *
 * <p>A vote stands in one line of {@value #LINE} slots, which its hash names, the newest first; one more pushes the oldest out.
 * Threads that write to one line at the same moment may lose a vote of it: it is then as good as forgotten.
 */
final class RecentVotes {
    private static final int LINE = 8;

    private final AtomicLongArray hashes;
    private final int lineMask;

    /**
     * @param slots how many votes are remembered at most, a power of two of at least {@value #LINE}, 8 bytes each; 0 remembers none and
     *     may not be asked
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
     * @param hash of the vote, all of its bits alike, and nobody else's to choose
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
