// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of an event without creating objects, for votes and verdicts, of which there are many. It accepts
 * the canonical encoding alone, which Avro's writers produce. Whatever differs from it is reported by
 * {@link #isComplete}; {@code Events} then decodes the bytes, or says what is wrong with them. Used by one thread.
 */
public final class EventBytes {
    private static final VarHandle BIG_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Avro's single-object encoding begins with these two bytes and the fingerprint of a schema. */
    private static final int HEADER = 2 + Long.BYTES;

    /** The longest valid name, in bytes. */
    private static final int LONGEST_NAME = 64;

    /** A 64-bit number has one bit left for its tenth byte. */
    private static final int LAST_SHIFT = 63;

    private static final byte[] NONE = {};

    private final Names names = new Names();
    private byte[] bytes = NONE;
    private int at;
    private boolean canonical;

    /** Begins to read an event; false where its header does not name this schema. */
    public boolean begin(byte @Nullable [] value, long fingerprint) {
        if (value == null
                || value.length < HEADER
                || value[0] != (byte) 0xC3
                || value[1] != 1
                || (long) LITTLE_ENDIAN.get(value, 2) != fingerprint) {
            return false;
        }
        bytes = value;
        at = HEADER;
        canonical = true;
        return true;
    }

    /** Whether everything that was read is canonical, and no byte is left. */
    public boolean isComplete() {
        return canonical && at == bytes.length;
    }

    /** Whether everything that was read so far is canonical. */
    boolean isCanonical() {
        return canonical;
    }

    /** Eight bytes as a big-endian number. */
    public long fixed8() {
        int from = at;
        skip(Long.BYTES);
        return canonical ? (long) BIG_ENDIAN.get(bytes, from) : 0;
    }

    void skip(int length) {
        at += length;
        canonical &= at <= bytes.length;
    }

    /**
     * An int or a long in Avro's zigzag encoding: seven bits a byte, the lowest first. A number that takes more bytes
     * than it needs is not canonical: whether Avro accepts it depends on the type of the field.
     */
    long number() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE && at < bytes.length; shift += 7) {
            byte next = bytes[at++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                boolean padded = next == 0 && shift > 0;
                boolean tooLarge = shift == LAST_SHIFT && next > 1;
                canonical &= !padded && !tooLarge;
                return value >>> 1 ^ -(value & 1);
            }
        }
        canonical = false;
        return 0;
    }

    /** A number from 0 to {@code limit} - 1; anything else is not canonical. */
    public int number(int limit) {
        long number = number();
        if (number < 0 || number >= limit) {
            canonical = false;
            return 0;
        }
        return (int) number;
    }

    /** A text of at most {@value #LONGEST_NAME} bytes. */
    public String name() {
        int length = number(LONGEST_NAME + 1);
        int from = at;
        skip(length);
        return canonical ? names.of(bytes, from, length) : "";
    }

    /** A cache of names, so that each of the few names that keep recurring is one object. */
    private static final class Names {
        private static final int SLOTS = 1 << 12;

        private final @Nullable String[] texts = new @Nullable String[SLOTS];
        private final byte[][] encoded = new byte[SLOTS][];

        String of(byte[] bytes, int from, int length) {
            int hash = length;
            for (int i = from; i < from + length; i++) {
                hash = 31 * hash + bytes[i];
            }
            int slot = (hash ^ hash >>> 12 ^ hash >>> 24) & SLOTS - 1;
            String text = texts[slot];
            if (text != null && same(encoded[slot], bytes, from, length)) {
                return text;
            }
            String fresh = new String(bytes, from, length, StandardCharsets.UTF_8);
            texts[slot] = fresh;
            encoded[slot] = Arrays.copyOfRange(bytes, from, from + length);
            return fresh;
        }

        private static boolean same(byte[] name, byte[] bytes, int from, int length) {
            return Arrays.equals(name, 0, name.length, bytes, from, from + length);
        }
    }
}
