// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.auditor.report.AuditException;
import io.votelog.rules.Ballot;
import io.votelog.rules.Picks;
import io.votelog.schemas.hash.SipHash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The accepted vote of each voter of a partition: for each pseudonym and ballot the vote's id, its picks, and whether it is
 * annulled. Used by one thread.
 *
 * <p>Votes are kept one after the other in {@link Chunk}s, which are never copied: pseudonym, vote id and the words of the picks,
 * 40 bytes where no option behind the 64th is picked and 8 bytes more for each further 64 options. An index leads from a hash of
 * pseudonym and ballot to the vote. It takes 8 bytes a slot and has between three and six of eight slots in use. It is extendible
 * hashing (Fagin and others, 1979): a directory of segments of one size, of which a full one splits in two; so it grows by one
 * segment at a time and leaves nothing behind. What the index finds is compared in full.
 */
final class VoterTable {
    /** The slots of a segment, as a power of two. */
    private static final int SLOT_BITS = 12;

    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int MOST_USED = SLOTS / 4 * 3;

    // Behind the slots of a segment: how many are in use, and how many highest bits of the hash all its votes have in
    // common.
    private static final int USED = SLOTS;
    private static final int DEPTH = SLOTS + 1;
    private static final int SEGMENT = SLOTS + 2;

    // A slot, 0 where it is free: 31 bits of the hash, a bit that says that the vote is annulled, and 32 bits for the
    // vote's place, which are the chunk's number, from 1, and the vote's number in it. The highest bits of the hash
    // choose the segment, the lowest of those 31 the first slot in it that is looked at.
    private static final int HASH_BITS = 31;
    private static final int HASH_SHIFT = Long.SIZE - HASH_BITS;
    private static final long ANNULLED = 1L << Integer.SIZE;
    private static final int MOST_DEPTH = HASH_BITS - SLOT_BITS;
    private static final int CHUNK_BITS = 10;
    private static final int MOST_IN_CHUNK = 1 << CHUNK_BITS;
    private static final int MOST_CHUNKS = 1 << Integer.SIZE - CHUNK_BITS;
    private static final int FIRST_IN_CHUNK = 8;

    // The words of a vote in its chunk.
    private static final int KEY = 0;
    private static final int VOTE_ID = 2;
    private static final int PICKS = 4;
    private static final int MOST_PICKS = Ballot.MAX_OPTIONS / Long.SIZE;

    private final Hash hash;

    /**
     * The segments by the highest bits of the hash; their number is a power of two. A segment that has split less often than others
     * stands there several times.
     */
    private long[][] directory = {new long[SEGMENT]};

    /** The number of highest bits of the hash that choose a segment. */
    private int depth;

    /** The slots of a segment while it is split. */
    private final long[] splitting = new long[SLOTS];

    private @Nullable Chunk[] chunks = new @Nullable Chunk[16];
    private int chunkCount;

    /** The number of the chunk that takes a ballot's next vote with so many words of picks; 0 where there is none yet. */
    private int[] open = new int[0];

    /**
     * A hash of a pseudonym and a ballot. Whoever writes a log must not know it: they could choose pseudonyms that share a slot, and
     * make the audit slow.
     */
    @FunctionalInterface
    interface Hash {
        long of(long keyHigh, long keyLow, long ballot);
    }

    /** Votes on one ballot, whose picks all take the same number of words. */
    private static final class Chunk {
        private final int ballot;
        private final int width;
        private final long[] words;
        private int votes;

        Chunk(int ballot, int width, int most) {
            this.ballot = ballot;
            this.width = width;
            this.words = new long[most * width];
        }

        boolean isFull() {
            return (votes + 1) * width > words.length;
        }

        int most() {
            return words.length / width;
        }
    }

    /** How a vote relates to the voter's accepted vote. */
    enum Seen {
        /** The voter has no accepted vote on the ballot. */
        NEW,
        /** The accepted vote has this id and these picks. */
        SAME,
        /** The accepted vote has this id and other picks. */
        SAME_ID,
        /** The accepted vote has another id. */
        OTHER
    }

    /** A table whose hash has a random key of its own. */
    VoterTable() {
        this(SipHash.withRandomKey(SipHash.Rounds.TWO_FOUR)::of);
    }

    /** A table with a given hash, for tests. */
    VoterTable(Hash hash) {
        this.hash = hash;
    }

    /**
     * Looks up how a vote relates to the voter's accepted vote on the ballot.
     *
     * @param ballot the ballot's number in this partition, from 1
     * @param picks as {@link Picks#words()} gives them
     */
    Seen seen(int ballot, long keyHigh, long keyLow, long idHigh, long idLow, long[] picks) {
        long hashed = hash.of(keyHigh, keyLow, ballot);
        long[] segment = segment(hashed);
        long slot = segment[find(segment, hashed, ballot, keyHigh, keyLow)];
        if (slot == 0) {
            return Seen.NEW;
        }
        Chunk chunk = chunk(slot);
        long[] words = chunk.words;
        int at = at(chunk, slot);
        if (words[at + VOTE_ID] != idHigh || words[at + VOTE_ID + 1] != idLow) {
            return Seen.OTHER;
        }
        return Arrays.equals(words, at + PICKS, at + chunk.width, picks, 0, picks.length) ? Seen.SAME : Seen.SAME_ID;
    }

    /**
     * Keeps the accepted vote of a voter that has none yet.
     *
     * @throws AuditException when the partition has more voters than a table can hold, over a billion
     */
    void accept(int ballot, long keyHigh, long keyLow, long idHigh, long idLow, long[] picks) {
        long hashed = hash.of(keyHigh, keyLow, ballot);
        long[] segment = segment(hashed);
        while (segment[USED] == MOST_USED) {
            split(segment, hashed);
            segment = segment(hashed);
        }
        int free = find(segment, hashed, ballot, keyHigh, keyLow);
        int number = chunkFor(ballot, picks.length);
        Chunk chunk = chunk((long) number << CHUNK_BITS);
        segment[free] = hashed >>> HASH_SHIFT << HASH_SHIFT | (long) number << CHUNK_BITS | chunk.votes;
        segment[USED]++;
        int at = chunk.votes++ * chunk.width;
        chunk.words[at + KEY] = keyHigh;
        chunk.words[at + KEY + 1] = keyLow;
        chunk.words[at + VOTE_ID] = idHigh;
        chunk.words[at + VOTE_ID + 1] = idLow;
        System.arraycopy(picks, 0, chunk.words, at + PICKS, picks.length);
    }

    /**
     * Annuls the accepted vote of a voter, if it has this id and is not annulled yet.
     *
     * @return the picks of the annulled vote; null where there is nothing to annul
     */
    @Nullable
    Picks annul(int ballot, long keyHigh, long keyLow, long idHigh, long idLow) {
        long hashed = hash.of(keyHigh, keyLow, ballot);
        long[] segment = segment(hashed);
        int found = find(segment, hashed, ballot, keyHigh, keyLow);
        long slot = segment[found];
        if (slot == 0 || (slot & ANNULLED) != 0) {
            return null;
        }
        Chunk chunk = chunk(slot);
        int at = at(chunk, slot);
        if (chunk.words[at + VOTE_ID] != idHigh || chunk.words[at + VOTE_ID + 1] != idLow) {
            return null;
        }
        segment[found] |= ANNULLED;
        return Picks.ofWords(Arrays.copyOfRange(chunk.words, at + PICKS, at + chunk.width));
    }

    private long[] segment(long hashed) {
        return directory[directoryIndex(hashed)];
    }

    private int directoryIndex(long hashed) {
        // Shifted twice, since a shift by 64 would be one by 0.
        return (int) (hashed >>> 1 >>> Long.SIZE - 1 - depth);
    }

    /** The index of the voter's slot, or of the free slot that the voter would get. */
    private int find(long[] segment, long hashed, int ballot, long keyHigh, long keyLow) {
        int at = home(hashed);
        for (; ; ) {
            long slot = segment[at];
            if (slot == 0 || (slot ^ hashed) >>> HASH_SHIFT == 0 && holds(slot, ballot, keyHigh, keyLow)) {
                return at;
            }
            at = at + 1 & SLOTS - 1;
        }
    }

    private static int home(long slotOrHash) {
        return (int) (slotOrHash >>> HASH_SHIFT) & SLOTS - 1;
    }

    private boolean holds(long slot, int ballot, long keyHigh, long keyLow) {
        Chunk chunk = chunk(slot);
        int at = at(chunk, slot);
        return chunk.ballot == ballot && chunk.words[at + KEY] == keyHigh && chunk.words[at + KEY + 1] == keyLow;
    }

    private Chunk chunk(long slot) {
        Chunk chunk = chunks[(int) slot >>> CHUNK_BITS];
        if (chunk == null) {
            throw new IllegalStateException("a slot without its chunk");
        }
        return chunk;
    }

    /** Where the vote begins in its chunk. */
    private static int at(Chunk chunk, long slot) {
        return ((int) slot & MOST_IN_CHUNK - 1) * chunk.width;
    }

    /** The number of a chunk that has room for one more vote on the ballot, with so many words of picks. */
    private int chunkFor(int ballot, int picks) {
        int kind = ballot * (MOST_PICKS + 1) + picks;
        if (kind >= open.length) {
            open = Arrays.copyOf(open, Math.max(kind + 1, open.length * 2));
        }
        int number = open[kind];
        Chunk last = chunks[number];
        if (last == null || last.isFull()) {
            if (++chunkCount == MOST_CHUNKS) {
                throw tooMany();
            }
            if (chunkCount == chunks.length) {
                chunks = Arrays.copyOf(chunks, chunks.length * 2);
            }
            int most = last == null ? FIRST_IN_CHUNK : Math.min(MOST_IN_CHUNK, last.most() * 2);
            number = chunkCount;
            chunks[number] = new Chunk(ballot, PICKS + picks, most);
            open[kind] = number;
        }
        return number;
    }

    /** Moves those votes of a full segment whose next bit is set into a new one. */
    private void split(long[] full, long hashed) {
        int common = (int) full[DEPTH];
        if (common == depth) {
            deepen();
        }
        int half = 1 << depth - common - 1;
        int first = directoryIndex(hashed) & -2 * half;
        long[] upper = new long[SEGMENT];
        Arrays.fill(directory, first + half, first + 2 * half, upper);
        System.arraycopy(full, 0, splitting, 0, SLOTS);
        Arrays.fill(full, 0);
        full[DEPTH] = common + 1;
        upper[DEPTH] = common + 1;
        for (long slot : splitting) {
            if (slot != 0) {
                long[] to = slot << common < 0 ? upper : full;
                int at = home(slot);
                while (to[at] != 0) {
                    at = at + 1 & SLOTS - 1;
                }
                to[at] = slot;
                to[USED]++;
            }
        }
    }

    private void deepen() {
        if (depth == MOST_DEPTH) {
            throw tooMany();
        }
        long[][] deeper = new long[directory.length * 2][];
        for (int at = 0; at < deeper.length; at++) {
            deeper[at] = directory[at / 2];
        }
        directory = deeper;
        depth++;
    }

    private static AuditException tooMany() {
        return new AuditException("a partition with more votes than this program can hold, over a billion");
    }
}
