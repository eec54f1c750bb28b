// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import io.votelog.schemas.hash.SipHash;
import java.util.Arrays;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where the newest row of each key stands: a hash table with open addressing in plain arrays. A slot has 32 bits of the key's hash
 * and the row's address, not the key, so a hit is to be checked against the row. A slot takes 8 bytes, and a key 11 to 22, since
 * between three eighths and three quarters of the slots are in use. There are 256 segments, so that growing copies one segment at a
 * time.
 *
 * <p>The hash has a random key, drawn for each table: whoever writes to votes chooses keys, and cannot choose any that collide. Not
 * thread-safe.
 */
final class RowIndex {
    /** Addresses are multiples of this, below {@link #MAX_ADDRESS}. */
    static final int ALIGNMENT = 16;

    /** 64 GiB. */
    static final long MAX_ADDRESS = ALIGNMENT * (1L << Integer.SIZE);

    private static final int SEGMENTS = 256;
    private static final int SEGMENT_SHIFT = Long.SIZE - 8;
    private static final int FIRST_SLOTS = 16;
    private static final long ADDRESS_MASK = 0xffff_ffffL;

    private final SipHash hash = SipHash.withRandomKey(SipHash.Rounds.ONE_THREE);
    private final long[][] segments = new long[SEGMENTS][FIRST_SLOTS];
    private final int[] used = new int[SEGMENTS];
    private long size;

    /** The hash of a key in this table. */
    long hash(byte[] key, int from, int length) {
        return hash.of(key, from, length);
    }

    /**
     * Finds the row of a key.
     *
     * @param row what is wanted of the row at this address, or null when it is another key's; asked for addresses whose hash is alike
     * @return that, or null when the key has no row
     */
    <T> @Nullable T find(long hash, LongFunction<? extends @Nullable T> row) {
        long[] slots = segments[segment(hash)];
        int mask = slots.length - 1;
        for (int at = (int) hash & mask; slots[at] != 0; at = at + 1 & mask) {
            if ((int) (slots[at] >>> Integer.SIZE) == (int) hash) {
                T found = row.apply(address(slots[at]));
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** Whether a row stands at this address and is the newest of its key. */
    boolean has(long hash, long address) {
        return find(hash, at -> at == address ? at : null) != null;
    }

    /** Adds the row of a key that has none. */
    void add(long hash, long address) {
        int segment = segment(hash);
        if (++used[segment] * 4L > segments[segment].length * 3L) {
            grow(segment);
        }
        insert(segments[segment], slot(hash, address));
        size++;
    }

    /** Puts one row in the place of another. */
    void replace(long hash, long from, long to) {
        long[] slots = segments[segment(hash)];
        slots[place(slots, hash, from)] = slot(hash, to);
    }

    /** Removes a key, by its row. */
    void remove(long hash, long address) {
        int segment = segment(hash);
        long[] slots = segments[segment];
        int mask = slots.length - 1;
        int free = place(slots, hash, address);
        // The slots behind it move up where their own place is not behind the free one.
        for (int at = free + 1 & mask; slots[at] != 0; at = at + 1 & mask) {
            int home = (int) (slots[at] >>> Integer.SIZE) & mask;
            if ((at - home & mask) >= (at - free & mask)) {
                slots[free] = slots[at];
                free = at;
            }
        }
        slots[free] = 0;
        used[segment]--;
        size--;
    }

    void clear() {
        for (int segment = 0; segment < SEGMENTS; segment++) {
            segments[segment] = new long[FIRST_SLOTS];
        }
        Arrays.fill(used, 0);
        size = 0;
    }

    /** The number of keys. */
    long size() {
        return size;
    }

    private void grow(int segment) {
        long[] grown = new long[Math.multiplyExact(segments[segment].length, 2)];
        for (long slot : segments[segment]) {
            if (slot != 0) {
                insert(grown, slot);
            }
        }
        segments[segment] = grown;
    }

    private static void insert(long[] slots, long slot) {
        int mask = slots.length - 1;
        int at = (int) (slot >>> Integer.SIZE) & mask;
        while (slots[at] != 0) {
            at = at + 1 & mask;
        }
        slots[at] = slot;
    }

    private static int place(long[] slots, long hash, long address) {
        int mask = slots.length - 1;
        long slot = slot(hash, address);
        for (int at = (int) hash & mask; slots[at] != 0; at = at + 1 & mask) {
            if (slots[at] == slot) {
                return at;
            }
        }
        throw new IllegalStateException("the index has no row at %d".formatted(address));
    }

    private static int segment(long hash) {
        return (int) (hash >>> SEGMENT_SHIFT);
    }

    /** Never 0, which marks a free slot, since no row stands at address 0. */
    private static long slot(long hash, long address) {
        return hash << Integer.SIZE | address / ALIGNMENT;
    }

    private static long address(long slot) {
        return (slot & ADDRESS_MASK) * ALIGNMENT;
    }
}
