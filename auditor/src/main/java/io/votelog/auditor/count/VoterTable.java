// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.rules.Picks;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The accepted vote of each voter of a partition: for each pseudonym and ballot the vote's id, its choices or their
 * hash, and whether it is annulled. It is a hash table with open addressing in plain arrays, 56 bytes a slot, with at
 * most three of four slots in use. It has 256 segments, so that growing copies one segment at a time. Picks that do not
 * fit into a slot are kept in a list beside it.
 */
final class VoterTable {
    private static final int SEGMENTS = 256;
    private static final int FIRST_SLOTS = 16;
    private static final int WIDTH = 7;

    // The words of a slot. The lower half of BALLOT is the ballot's number, from 1, so that 0 is a free slot. Its upper
    // half is the place of longer picks in the list, from 1; its highest bit says that the vote is annulled.
    private static final int BALLOT = 0;
    private static final int KEY = 1;
    private static final int VOTE_ID = 3;
    private static final int CHOICES = 5;

    private final long factor = new SplittableRandom().nextLong() | 1;
    private final long[][] segments = new long[SEGMENTS][FIRST_SLOTS * WIDTH];
    private final int[] used = new int[SEGMENTS];
    private final List<Picks> longer = new ArrayList<>();

    /** How a vote relates to the voter's accepted vote. */
    enum Seen {
        /** The voter has no accepted vote on the ballot. */
        NEW,
        /** The accepted vote has this id and these choices. */
        SAME,
        /** The accepted vote has this id and other choices. */
        SAME_ID,
        /** The accepted vote has another id. */
        OTHER
    }

    /**
     * Looks up how a vote relates to the voter's accepted vote on the ballot.
     *
     * @param ballot the ballot's number in this partition, from 1
     */
    Seen seen(int ballot, long keyHigh, long keyLow, long idHigh, long idLow, long[] choices) {
        long hash = hash(ballot, keyHigh, keyLow);
        long[] slots = segments[segment(hash)];
        int at = find(slots, hash, ballot, keyHigh, keyLow);
        if (slots[at + BALLOT] == 0) {
            return Seen.NEW;
        }
        if (slots[at + VOTE_ID] != idHigh || slots[at + VOTE_ID + 1] != idLow) {
            return Seen.OTHER;
        }
        return slots[at + CHOICES] == choices[0] && slots[at + CHOICES + 1] == choices[1] ? Seen.SAME : Seen.SAME_ID;
    }

    /**
     * Keeps the accepted vote of a voter that has none yet.
     *
     * @param longerPicks the vote's picks, where {@code choices} is their hash; null where {@code choices} is their
     *     bits
     */
    void accept(
            int ballot,
            long keyHigh,
            long keyLow,
            long idHigh,
            long idLow,
            long[] choices,
            @Nullable Picks longerPicks) {
        long hash = hash(ballot, keyHigh, keyLow);
        int segment = segment(hash);
        if (++used[segment] * 4 > segments[segment].length / WIDTH * 3) {
            grow(segment);
        }
        long[] slots = segments[segment];
        int at = find(slots, hash, ballot, keyHigh, keyLow);
        slots[at + BALLOT] = ballot;
        if (longerPicks != null) {
            longer.add(longerPicks);
            slots[at + BALLOT] |= (long) longer.size() << Integer.SIZE;
        }
        slots[at + KEY] = keyHigh;
        slots[at + KEY + 1] = keyLow;
        slots[at + VOTE_ID] = idHigh;
        slots[at + VOTE_ID + 1] = idLow;
        slots[at + CHOICES] = choices[0];
        slots[at + CHOICES + 1] = choices[1];
    }

    /**
     * Annuls the accepted vote of a voter, if it has this id and is not annulled yet.
     *
     * @return the picks of the annulled vote; null where there is nothing to annul
     */
    @Nullable
    Picks annul(int ballot, long keyHigh, long keyLow, long idHigh, long idLow) {
        long hash = hash(ballot, keyHigh, keyLow);
        long[] slots = segments[segment(hash)];
        int at = find(slots, hash, ballot, keyHigh, keyLow);
        boolean sameId = slots[at + VOTE_ID] == idHigh && slots[at + VOTE_ID + 1] == idLow;
        if (slots[at + BALLOT] <= 0 || !sameId) {
            return null;
        }
        int place = (int) (slots[at + BALLOT] >>> Integer.SIZE);
        slots[at + BALLOT] |= Long.MIN_VALUE;
        return place > 0
                ? longer.get(place - 1)
                : Picks.ofWords(new long[] {slots[at + CHOICES], slots[at + CHOICES + 1]});
    }

    private void grow(int segment) {
        long[] old = segments[segment];
        long[] grown = new long[Math.multiplyExact(old.length, 2)];
        for (int from = 0; from < old.length; from += WIDTH) {
            if (old[from + BALLOT] != 0) {
                int ballot = (int) old[from + BALLOT];
                long hash = hash(ballot, old[from + KEY], old[from + KEY + 1]);
                int to = find(grown, hash, ballot, old[from + KEY], old[from + KEY + 1]);
                System.arraycopy(old, from, grown, to, WIDTH);
            }
        }
        segments[segment] = grown;
    }

    /** The index of the voter's slot, or of the free slot that the voter would get. */
    private static int find(long[] slots, long hash, int ballot, long keyHigh, long keyLow) {
        int mask = slots.length / WIDTH - 1;
        int slot = (int) (hash >>> 8) & mask;
        for (; ; ) {
            int at = slot * WIDTH;
            boolean free = slots[at + BALLOT] == 0;
            boolean same =
                    (int) slots[at + BALLOT] == ballot && slots[at + KEY] == keyHigh && slots[at + KEY + 1] == keyLow;
            if (free || same) {
                return at;
            }
            slot = slot + 1 & mask;
        }
    }

    /**
     * A hash with a random factor for each run, so that nobody can write a log whose keys collide and make the audit
     * slow.
     */
    private long hash(int ballot, long keyHigh, long keyLow) {
        long mixed = (keyHigh + ballot) * factor ^ Long.rotateLeft(keyLow * factor, 32);
        mixed *= factor;
        return mixed ^ mixed >>> 32;
    }

    private static int segment(long hash) {
        return (int) hash & SEGMENTS - 1;
    }
}
