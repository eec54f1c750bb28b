// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * SipHash (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012): 64 bits that nobody can aim at who does not know the
 * key. It is no commitment: whoever knows the key learns a short message from its hash by trying. Thread-safe.
 */
public final class SipHash {
    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Rounds rounds;
    private final long key0;
    private final long key1;

    /** How often a hash is stirred: for each eight bytes of the message, and at the end. */
    public enum Rounds {
        /** SipHash-2-4, as its authors propose it. */
        TWO_FOUR,
        /**
         * SipHash-1-3, which takes about half the time for a short message. Nobody is known to find collisions in it without the key, and
         * the hash tables of CPython, Ruby and Rust use it. Where a hash stands in the place of its message, take the other.
         */
        ONE_THREE
    }

    /**
     * With a given key, to be held to known hashes.
     *
     * @param key0 the first eight bytes of the key, little-endian
     * @param key1 its last eight bytes
     */
    SipHash(Rounds rounds, long key0, long key1) {
        this.rounds = rounds;
        this.key0 = key0;
        this.key1 = key1;
    }

    /** With a key that is drawn by {@link SecureRandom} and that only this object knows. */
    public static SipHash withRandomKey(Rounds rounds) {
        SecureRandom random = new SecureRandom();
        return new SipHash(rounds, random.nextLong(), random.nextLong());
    }

    /** The hash of these bytes. */
    public long of(byte[] message) {
        return of(message, 0, message.length);
    }

    /**
     * The hash of some of these bytes.
     *
     * @throws IndexOutOfBoundsException where the array does not have them
     */
    public long of(byte[] bytes, int from, int length) {
        State state = new State(rounds, key0, key1);
        int to = from + length;
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            state.take((long) LITTLE_ENDIAN.get(bytes, at));
        }
        long last = (long) length << 56;
        for (int shift = 0; at < to; at++, shift += Byte.SIZE) {
            last |= (bytes[at] & 0xFFL) << shift;
        }
        state.take(last);
        return state.end();
    }

    /** The hash of the 16 bytes of these numbers, little-endian. */
    public long of(long first, long second) {
        State state = new State(rounds, key0, key1);
        state.take(first);
        state.take(second);
        state.take(2L * Long.BYTES << 56);
        return state.end();
    }

    /** The hash of the 24 bytes of these numbers, little-endian. */
    public long of(long first, long second, long third) {
        State state = new State(rounds, key0, key1);
        state.take(first);
        state.take(second);
        state.take(third);
        state.take(3L * Long.BYTES << 56);
        return state.end();
    }

    /** The hash of the 48 bytes of these numbers, little-endian. */
    public long of(long first, long second, long third, long fourth, long fifth, long sixth) {
        State state = new State(rounds, key0, key1);
        state.take(first);
        state.take(second);
        state.take(third);
        state.take(fourth);
        state.take(fifth);
        state.take(sixth);
        state.take(6L * Long.BYTES << 56);
        return state.end();
    }

    /** Never leaves the method that makes it, so it costs no allocation once compiled. */
    private static final class State {
        private final boolean more;
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        State(Rounds rounds, long key0, long key1) {
            more = rounds == Rounds.TWO_FOUR;
            v0 = key0 ^ 0x736f6d6570736575L;
            v1 = key1 ^ 0x646f72616e646f6dL;
            v2 = key0 ^ 0x6c7967656e657261L;
            v3 = key1 ^ 0x7465646279746573L;
        }

        void take(long word) {
            v3 ^= word;
            round();
            if (more) {
                round();
            }
            v0 ^= word;
        }

        long end() {
            v2 ^= 0xFF;
            round();
            round();
            round();
            if (more) {
                round();
            }
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void round() {
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
}
