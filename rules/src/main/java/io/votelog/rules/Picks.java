// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** A set of options, as the bits of their indexes on the ballot; immutable. */
public final class Picks {
    private static final int MAX_WORDS = Ballot.MAX_OPTIONS / Long.SIZE;
    private static final Picks NONE = new Picks(new long[0]);

    /** Bit {@code i % 64} of word {@code i / 64} is option {@code i}; the last word is not zero. */
    private final long[] words;

    private Picks(long[] words) {
        this.words = words;
    }

    /**
     * The set of these options.
     *
     * @param indexes each from 0 to 1,023, in any order; one named twice is in the set once
     * @throws IllegalArgumentException for an index that no ballot has
     */
    public static Picks of(int... indexes) {
        long[] words = new long[MAX_WORDS];
        for (int index : indexes) {
            if (index < 0 || index >= Ballot.MAX_OPTIONS) {
                throw new IllegalArgumentException("no ballot has an option with the index " + index
                        + "; indexes go from 0 to " + (Ballot.MAX_OPTIONS - 1));
            }
            words[index >> 6] |= 1L << index;
        }
        return owning(words);
    }

    /**
     * The set with these words, as {@link #words()} gives them; trailing zero words make no difference.
     *
     * @throws IllegalArgumentException for a bit that no ballot has
     */
    public static Picks ofWords(long[] words) {
        Picks picks = owning(words.clone());
        if (picks.words.length > MAX_WORDS) {
            throw new IllegalArgumentException("a set of picks has at most " + MAX_WORDS + " words, not "
                    + picks.words.length + ": a ballot has at most " + Ballot.MAX_OPTIONS + " options");
        }
        return picks;
    }

    /** Takes the array over: nobody else may write to it any more. */
    static Picks owning(long[] words) {
        int length = words.length;
        while (length > 0 && words[length - 1] == 0) {
            length--;
        }
        if (length == 0) {
            return NONE;
        }
        return new Picks(length == words.length ? words : Arrays.copyOf(words, length));
    }

    /** A copy of the bits: bit {@code i % 64} of word {@code i / 64} is option {@code i}; the last word is not zero. */
    public long[] words() {
        return words.clone();
    }

    /** How many options are in the set. */
    public int count() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /** Whether the option of that index is in the set; false for an index that no ballot has. */
    public boolean contains(int index) {
        return index >= 0 && index >> 6 < words.length && (words[index >> 6] & 1L << index) != 0;
    }

    /** Gives each index in the set, in ascending order. */
    public void forEach(IntConsumer action) {
        for (int i = 0; i < words.length; i++) {
            for (long rest = words[i]; rest != 0; rest &= rest - 1) {
                action.accept((i << 6) + Long.numberOfTrailingZeros(rest));
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Picks that && Arrays.equals(words, that.words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }

    /** The indexes, such as {@code {0, 24}}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        forEach(index -> text.append(text.length() == 1 ? "" : ", ").append(index));
        return text.append('}').toString();
    }
}
