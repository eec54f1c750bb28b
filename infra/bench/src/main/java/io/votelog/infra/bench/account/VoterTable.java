// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import java.util.Arrays;

/** Voters by the first eight bytes of their pseudonyms: an open-addressed table, 12 bytes a slot. */
final class VoterTable {
    private final long[] keys;
    private final int[] voters;

    /** @param size how many voters will be put, at least 0 */
    VoterTable(int size) {
        int slots = Integer.highestOneBit(Math.max(8, size)) * 4;
        keys = new long[slots];
        voters = new int[slots];
        Arrays.fill(voters, -1);
    }

    void put(long key, int voter) {
        int slot = slot(key);
        if (voters[slot] >= 0) {
            throw new IllegalStateException(
                    "two pseudonyms begin alike: voters %d and %d".formatted(voters[slot], voter));
        }
        keys[slot] = key;
        voters[slot] = voter;
    }

    /** The voter, or -1. */
    int get(long key) {
        return voters[slot(key)];
    }

    /** Pseudonyms are as good as random, so their own bits are the hash. */
    private int slot(long key) {
        int slot = (int) key & keys.length - 1;
        while (voters[slot] >= 0 && keys[slot] != key) {
            slot = slot + 1 & keys.length - 1;
        }
        return slot;
    }
}
