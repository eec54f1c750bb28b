// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a dump's file, see {@link Dump}, through one large buffer. Used by one thread. */
final class DumpInput implements AutoCloseable {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int BUFFER = 1 << 20;
    private static final int NAMES = 16;

    /** No record of Kafka is longer. A greater length is damage, and no memory is allocated for it. */
    private static final int LONGEST = 64 << 20;

    private static final byte[] EMPTY = {};

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int limit;

    // The names that headers had last, by their place in the record: most records have the same ones.
    private final byte[][] encodedNames = new byte[NAMES][];
    private final String[] names = new String[NAMES];

    DumpInput(InputStream in) {
        this.in = in;
        Arrays.fill(encodedNames, EMPTY);
        Arrays.fill(names, "");
    }

    /** Whether no byte is left. */
    boolean isAtEnd() throws IOException {
        return !has(1);
    }

    /** @throws EOFException where fewer than eight bytes are left */
    long number8() throws IOException {
        need(Long.BYTES);
        long number = (long) LONG.get(buffer, at);
        at += Long.BYTES;
        return number;
    }

    private int number4() throws IOException {
        need(Integer.BYTES);
        int number = (int) INT.get(buffer, at);
        at += Integer.BYTES;
        return number;
    }

    /** A number of headers. */
    int headerCount() throws IOException {
        int count = number4();
        if (count < 0 || count > LONGEST) {
            throw new IOException("%d headers".formatted(count));
        }
        return count;
    }

    /** A key or a value; null where there is none. */
    byte @Nullable [] bytes() throws IOException {
        int length = length();
        return length < 0 ? null : bytes(length);
    }

    /**
     * A header's name; an empty one where there is none.
     *
     * @param place of the header in its record, from 0
     */
    String name(int place) throws IOException {
        int length = length();
        if (length < 0) {
            return "";
        }
        if (place >= NAMES || length > BUFFER) {
            return new String(bytes(length), StandardCharsets.UTF_8);
        }
        need(length);
        byte[] last = encodedNames[place];
        if (Arrays.equals(last, 0, last.length, buffer, at, at + length)) {
            at += length;
        } else {
            byte[] fresh = bytes(length);
            encodedNames[place] = fresh;
            names[place] = new String(fresh, StandardCharsets.UTF_8);
        }
        return names[place];
    }

    /** The length of a field; -1 where the field is null. */
    private int length() throws IOException {
        int length = number4();
        if (length < -1 || length > LONGEST) {
            throw new IOException("a field of %d bytes".formatted(length));
        }
        return length;
    }

    private byte[] bytes(int length) throws IOException {
        if (length <= BUFFER) {
            need(length);
            at += length;
            return Arrays.copyOfRange(buffer, at - length, at);
        }
        // The rest is read before it is put behind what is there: a damaged length takes no more memory than the file
        // has.
        int there = limit - at;
        byte[] rest = in.readNBytes(length - there);
        if (rest.length < length - there) {
            throw new EOFException();
        }
        byte[] bytes = new byte[length];
        System.arraycopy(buffer, at, bytes, 0, there);
        System.arraycopy(rest, 0, bytes, there, rest.length);
        at = limit;
        return bytes;
    }

    private void need(int bytes) throws IOException {
        if (!has(bytes)) {
            throw new EOFException();
        }
    }

    /** Fills the buffer, unless it holds so many bytes; false where the file has fewer. */
    private boolean has(int bytes) throws IOException {
        if (limit - at >= bytes) {
            return true;
        }
        System.arraycopy(buffer, at, buffer, 0, limit - at);
        limit -= at;
        at = 0;
        while (limit < bytes) {
            int read = in.read(buffer, limit, BUFFER - limit);
            if (read < 0) {
                return false;
            }
            limit += read;
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
