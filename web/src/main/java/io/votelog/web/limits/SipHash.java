// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): 64 bits that nobody can aim at who does not know the key. It is no commitment and
 * hides nothing of a short message from whoever does.
 */
public final class SipHash {
    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long key0;
    private final long key1;

    SipHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** With a key that only this object knows. */
    public static SipHash withRandomKey() {
        SecureRandom random = new SecureRandom();
        return new SipHash(random.nextLong(), random.nextLong());
    }

    /** The hash of these bytes. */
    public long of(byte[] message) {
        State state = new State(key0, key1);
        int whole = message.length & ~7;
        for (int at = 0; at < whole; at += 8) {
            state.take((long) LITTLE_ENDIAN.get(message, at));
        }
        long last = (long) message.length << 56;
        for (int at = whole; at < message.length; at++) {
            last |= (message[at] & 0xFFL) << (at - whole << 3);
        }
        state.take(last);
        return state.end();
    }

    /** The hash of the 16 bytes of these numbers, little-endian. */
    public long of(long first, long second) {
        State state = new State(key0, key1);
        state.take(first);
        state.take(second);
        state.take(16L << 56);
        return state.end();
    }

    /** Never leaves the method that makes it, so it costs no allocation once compiled. */
    private static final class State {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        State(long key0, long key1) {
            v0 = key0 ^ 0x736f6d6570736575L;
            v1 = key1 ^ 0x646f72616e646f6dL;
            v2 = key0 ^ 0x6c7967656e657261L;
            v3 = key1 ^ 0x7465646279746573L;
        }

        void take(long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        long end() {
            v2 ^= 0xFF;
            round();
            round();
            round();
            round();
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
