// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;

/**
 * Avro's binary encoding (Avro 1.12 specification, "Binary Encoding"), read from an array as Avro's own decoder reads it, within bounds
 * that are the same in every process. Those of Avro's decoder are system properties that take effect only when they are set before
 * the first class of Avro is used: whether a record is a vote would depend on the order in which a program loads its classes. Used by
 * one thread.
 */
final class BoundedDecoder extends Decoder {
    /** The longest text, in bytes. */
    static final int LONGEST_TEXT = 1 << 20;

    /** The most items that a list has, in all its blocks. */
    static final int MOST_ITEMS = 1 << 16;

    private static final int INT_BYTES = 5;
    private static final int LONG_BYTES = 10;
    private static final byte[] NONE = {};

    private byte[] bytes = NONE;
    private int at;
    private int items;

    /** Begins to read these bytes at {@code from}. */
    void begin(byte[] value, int from) {
        bytes = value;
        at = from;
    }

    /** Whether no byte is left. */
    boolean isEnd() {
        return at == bytes.length;
    }

    @Override
    public int readInt() throws IOException {
        return (int) number(INT_BYTES);
    }

    @Override
    public long readLong() throws IOException {
        return number(LONG_BYTES);
    }

    @Override
    public String readString() throws IOException {
        int length = textLength();
        return new String(bytes, skipped(length), length, StandardCharsets.UTF_8);
    }

    @Override
    public Utf8 readString(Utf8 old) throws IOException {
        return new Utf8(readString());
    }

    @Override
    public void skipString() throws IOException {
        skipped(textLength());
    }

    @Override
    public boolean readBoolean() throws IOException {
        return bytes[skipped(1)] == 1;
    }

    @Override
    public void readFixed(byte[] to, int start, int length) throws IOException {
        System.arraycopy(bytes, skipped(length), to, start, length);
    }

    @Override
    public void skipFixed(int length) throws IOException {
        skipped(length);
    }

    @Override
    public int readEnum() throws IOException {
        return readInt();
    }

    @Override
    public int readIndex() throws IOException {
        return readInt();
    }

    @Override
    public void readNull() {}

    @Override
    public long readArrayStart() throws IOException {
        items = 0;
        return arrayNext();
    }

    @Override
    public long arrayNext() throws IOException {
        long count = readLong();
        if (count < 0) {
            count = -count;
            if (readLong() < 0) {
                throw new IOException("a block of items whose size in bytes is negative");
            }
        }
        if (count < 0 || count > MOST_ITEMS - items) {
            throw new IOException("a list of more than " + MOST_ITEMS + " items");
        }
        items += (int) count;
        return count;
    }

    @Override
    public long skipArray() throws IOException {
        return readArrayStart();
    }

    @Override
    public float readFloat() {
        throw unused();
    }

    @Override
    public double readDouble() {
        throw unused();
    }

    @Override
    public ByteBuffer readBytes(ByteBuffer old) {
        throw unused();
    }

    @Override
    public void skipBytes() {
        throw unused();
    }

    @Override
    public long readMapStart() {
        throw unused();
    }

    @Override
    public long mapNext() {
        throw unused();
    }

    @Override
    public long skipMap() {
        throw unused();
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("no event has a field of this type");
    }

    /**
     * A number in zigzag encoding: seven bits a byte, the lowest first. Bits that the last byte has beyond 32 or 64 are left out, as Avro
     * leaves them out.
     */
    private long number(int most) throws IOException {
        long value = 0;
        for (int read = 0; read < most; read++) {
            byte next = bytes[skipped(1)];
            value |= (next & 0x7FL) << 7 * read;
            if (next >= 0) {
                long bits = most == INT_BYTES ? value & 0xFFFF_FFFFL : value;
                return bits >>> 1 ^ -(bits & 1);
            }
        }
        throw new IOException("a number of more than " + most + " bytes");
    }

    private int textLength() throws IOException {
        long length = readLong();
        if (length < 0 || length > LONGEST_TEXT) {
            throw new IOException("a text of %d bytes; it has 0 to %d".formatted(length, LONGEST_TEXT));
        }
        return (int) length;
    }

    /** Where the next bytes begin, and behind them goes on what is read next. */
    private int skipped(int length) throws EOFException {
        int from = at;
        if (length > bytes.length - from) {
            throw new EOFException("it ends too early");
        }
        at = from + length;
        return from;
    }
}
