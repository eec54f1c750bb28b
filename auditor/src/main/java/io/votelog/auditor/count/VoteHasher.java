// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * Hashes a vote's voter, id, ballot and time to eight bytes, which are then compared in place of the vote. The hash is
 * SipHash-2-4 (Aumasson and Bernstein, 2012) under a secret key that is drawn for each run. So whoever writes a log
 * cannot prepare two votes with one hash; what remains is chance, 1 in 2^64. Used by one thread.
 */
public final class VoteHasher {
    private static final long KEY_HIGH;
    private static final long KEY_LOW;

    static {
        SecureRandom random = new SecureRandom();
        KEY_HIGH = random.nextLong();
        KEY_LOW = random.nextLong();
    }

    private static final int LETTERS_A_WORD = Long.BYTES / Character.BYTES;

    private final long high;
    private final long low;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private @Nullable String lastBallotId;
    private long lastBallot;

    public VoteHasher() {
        this(KEY_HIGH, KEY_LOW);
    }

    /** A hasher under a given key, for tests against known values. */
    public VoteHasher(long high, long low) {
        this.high = high;
        this.low = low;
    }

    /** The hash of a vote. */
    public long of(long keyHigh, long keyLow, long idHigh, long idLow, String ballotId, long recordedAtMs) {
        long ballot = ballot(ballotId);
        begin();
        add(keyHigh);
        add(keyLow);
        add(idHigh);
        add(idLow);
        add(ballot);
        add(recordedAtMs);
        return end(6L * Long.BYTES);
    }

    /** The hash of a ballot id. The last one is kept, since most votes are on the same ballot as the vote before. */
    private long ballot(String ballotId) {
        if (!ballotId.equals(lastBallotId)) {
            lastBallotId = ballotId;
            lastBallot = of(ballotId);
        }
        return lastBallot;
    }

    private long of(String text) {
        begin();
        int length = text.length();
        int at = 0;
        for (; at + LETTERS_A_WORD <= length; at += LETTERS_A_WORD) {
            add(word(text, at, at + LETTERS_A_WORD));
        }
        add(word(text, at, length));
        return end((long) length * Character.BYTES);
    }

    private static long word(String text, int from, int to) {
        long word = 0;
        for (int at = from; at < to; at++) {
            word |= (long) text.charAt(at) << Character.SIZE * (at - from);
        }
        return word;
    }

    /** The hash of three words. */
    long of(long first, long second, long third) {
        begin();
        add(first);
        add(second);
        add(third);
        return end(3L * Long.BYTES);
    }

    /** The hash of these words. */
    public long of(long... words) {
        begin();
        for (long word : words) {
            add(word);
        }
        return end((long) words.length * Long.BYTES);
    }

    private void begin() {
        v0 = low ^ 0x736f6d6570736575L;
        v1 = high ^ 0x646f72616e646f6dL;
        v2 = low ^ 0x6c7967656e657261L;
        v3 = high ^ 0x7465646279746573L;
    }

    private void add(long word) {
        v3 ^= word;
        mix();
        mix();
        v0 ^= word;
    }

    private long end(long bytes) {
        add(bytes << 56);
        v2 ^= 0xff;
        mix();
        mix();
        mix();
        mix();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void mix() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
