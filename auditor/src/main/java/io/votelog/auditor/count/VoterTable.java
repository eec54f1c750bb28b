// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.rules.Picks;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The accepted vote of each voter of a partition: for each pseudonym and ballot the vote's id, what stands for its choices, and
 * whether it is annulled. A table in plain arrays with open addressing, 56 bytes a slot and at most three slots of four in use; 256
 * tables, so that no growth copies more than one of them. Picks that are too many for a slot lie beside the tables.
 */
final class VoterTable {
    private static final int SEGMENTS = 256;
    private static final int FIRST_SLOTS = 16;
    private static final int WIDTH = 7;

    // Within a slot. A ballot's number counts from 1, so 0 is a free slot. It has the lower half; the upper one says
    // where longer
    // picks lie, from 1, and in the highest bit that the vote is annulled.
    private static final int BALLOT = 0;
    private static final int KEY = 1;
    private static final int VOTE_ID = 3;
    private static final int CHOICES = 5;

    private final long factor = new SplittableRandom().nextLong() | 1;
    private final long[][] segments = new long[SEGMENTS][FIRST_SLOTS * WIDTH];
    private final int[] used = new int[SEGMENTS];
    private final List<Picks> longer = new ArrayList<>();

    /** What becomes of a vote that is looked up. */
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
     * How a vote stands to the accepted one.
     *
     * @param ballot its number, from 1
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
     * @param longerPicks what it picks, where {@code choices} are not these bits themselves
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
     * @return what it picked; null where there is nothing to annul
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

    /** Where the voter's slot begins, or the free one that would be it. */
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

    /** Random for each run, so that nobody can make a log that is slow to audit. */
    private long hash(int ballot, long keyHigh, long keyLow) {
        long mixed = (keyHigh + ballot) * factor ^ Long.rotateLeft(keyLow * factor, 32);
        mixed *= factor;
        return mixed ^ mixed >>> 32;
    }

    private static int segment(long hash) {
        return (int) hash & SEGMENTS - 1;
    }
}
