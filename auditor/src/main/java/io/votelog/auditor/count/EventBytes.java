// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes an event apart without making an object of it, for the two kinds of which there are as many as votes. It reads what
 * ordinary writers write; of bytes that are anything else it says so, and they are read by {@code Events}, which also says what is
 * wrong with them. Used by one thread.
 */
public final class EventBytes {
    private static final VarHandle BIG_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Avro's single-object encoding begins with these two bytes and the fingerprint of a schema. */
    private static final int HEADER = 2 + Long.BYTES;

    /** No name that is in order is longer. */
    private static final int LONGEST_NAME = 64;

    /** Of the tenth byte of a number one bit is left. */
    private static final int LAST_SHIFT = 63;

    private static final byte[] NONE = {};

    private final Names names = new Names();
    private byte[] bytes = NONE;
    private int at;
    private boolean ordinary;

    /** Begins with an event; false where it is not one of that schema. */
    boolean begin(byte @Nullable [] value, long fingerprint) {
        if (value == null
                || value.length < HEADER
                || value[0] != (byte) 0xC3
                || value[1] != 1
                || (long) LITTLE_ENDIAN.get(value, 2) != fingerprint) {
            return false;
        }
        bytes = value;
        at = HEADER;
        ordinary = true;
        return true;
    }

    /** Whether all that was read was in order, and nothing is left. */
    boolean whole() {
        return ordinary && at == bytes.length;
    }

    /** Whether all that was read up to here was in order. */
    boolean ordinary() {
        return ordinary;
    }

    /** Eight bytes, the highest first. */
    long fixed8() {
        int from = at;
        skip(Long.BYTES);
        return ordinary ? (long) BIG_ENDIAN.get(bytes, from) : 0;
    }

    void skip(int length) {
        at += length;
        ordinary &= at <= bytes.length;
    }

    /**
     * An int or a long: seven bits a byte, the lowest first, and the sign in the lowest. A number that is written longer than it
     * needs to be is out of the ordinary: whether it is one at all depends on the type of the field.
     */
    long number() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE && at < bytes.length; shift += 7) {
            byte next = bytes[at++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                boolean padded = next == 0 && shift > 0;
                boolean tooLarge = shift == LAST_SHIFT && next > 1;
                ordinary &= !padded && !tooLarge;
                return value >>> 1 ^ -(value & 1);
            }
        }
        ordinary = false;
        return 0;
    }

    /** A number that is not negative and below {@code limit}. */
    int number(int limit) {
        long number = number();
        if (number < 0 || number >= limit) {
            ordinary = false;
            return 0;
        }
        return (int) number;
    }

    /** A short text. */
    String name() {
        int length = number(LONGEST_NAME + 1);
        int from = at;
        skip(length);
        return ordinary ? names.of(bytes, from, length) : "";
    }

    /** One object for each name, as there are few that come again and again. */
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
