// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads HTTP/1.1 responses (RFC 9112) from one connection, however they are cut into packets. It looks at no more than it must:
 * the status, where the body ends, and whether the connection goes on. For one thread.
 */
public final class ResponseReader {
    private static final int MAX_BYTES = 4 << 20;
    private static final byte[] CONTENT_LENGTH = ascii("content-length");
    private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");
    private static final byte[] CONNECTION = ascii("connection");
    private static final byte[] PROBLEM = ascii("urn:votelog:problem:");

    private byte[] bytes = new byte[4096];
    private int from;
    private int to;

    private int status;
    private boolean close;
    private int bodyFrom;
    private int bodyTo;
    private int next;

    /** What is to be done with each response; the reader's methods tell about it until this returns. */
    public interface Answered {
        /** Called for each response that is whole. */
        void answered(ResponseReader response);
    }

    /**
     * Takes what has arrived and tells of each response that is whole.
     *
     * @throws IllegalStateException where it is no HTTP response
     */
    public void read(ByteBuf arrived, Answered sink) {
        int length = arrived.readableBytes();
        makeRoom(length);
        arrived.readBytes(bytes, to, length);
        to += length;
        while (from < to && whole()) {
            int end = next;
            sink.answered(this);
            from = end;
        }
        if (from == to) {
            from = 0;
            to = 0;
        }
    }

    /** The status of the response that is told of. */
    public int status() {
        return status;
    }

    /** Whether the server closes the connection now. */
    public boolean close() {
        return close;
    }

    /** The problem's code, or nothing where the body names none. */
    String problemCode() {
        int at = indexOf(PROBLEM, bodyFrom, bodyTo);
        if (at < 0) {
            return "";
        }
        int begin = at + PROBLEM.length;
        int end = begin;
        while (end < bodyTo && bytes[end] != '"') {
            end++;
        }
        return new String(bytes, begin, end - begin, StandardCharsets.US_ASCII);
    }

    /** The number behind a field's name in the body, or -1 where it is not there. The name is given with its quotes. */
    public long number(byte[] quotedName) {
        int at = valueOf(quotedName);
        if (at < 0 || bytes[at] < '0' || bytes[at] > '9') {
            return -1;
        }
        long number = 0;
        for (; at < bodyTo && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            number = number * 10 + bytes[at] - '0';
        }
        return number;
    }

    /** The text behind a field's name in the body, without escapes, or nothing. The name is given with its quotes. */
    public String text(byte[] quotedName) {
        int at = valueOf(quotedName);
        if (at < 0 || bytes[at] != '"') {
            return "";
        }
        int end = at + 1;
        while (end < bodyTo && bytes[end] != '"') {
            end++;
        }
        return new String(bytes, at + 1, end - at - 1, StandardCharsets.US_ASCII);
    }

    /** The head and the body as they came. A body in chunks has lost what frames them. */
    byte[] copy() {
        return Arrays.copyOfRange(bytes, from, bodyTo);
    }

    /** Bytes of the head, with the empty line. */
    int headLength() {
        return bodyFrom - from;
    }

    private int valueOf(byte[] quotedName) {
        int at = indexOf(quotedName, bodyFrom, bodyTo);
        if (at < 0) {
            return -1;
        }
        at += quotedName.length;
        while (at < bodyTo && (bytes[at] == ':' || bytes[at] == ' ')) {
            at++;
        }
        return at < bodyTo ? at : -1;
    }

    private void makeRoom(int length) {
        if (to + length <= bytes.length) {
            return;
        }
        int held = to - from;
        if (held + length > MAX_BYTES) {
            throw new IllegalStateException("a response has more than " + MAX_BYTES + " bytes");
        }
        byte[] room = held + length <= bytes.length ? bytes : new byte[Math.max(2 * bytes.length, held + length)];
        System.arraycopy(bytes, from, room, 0, held);
        bytes = room;
        from = 0;
        to = held;
    }

    /** Whether a whole response begins at {@link #from}; then the fields above are its. */
    private boolean whole() {
        int line = lineEnd(from);
        if (line < 0) {
            return false;
        }
        if (line - from < 12 || bytes[from] != 'H' || bytes[from + 4] != '/') {
            throw new IllegalStateException("no HTTP response: "
                    + new String(bytes, from, Math.min(40, line - from), StandardCharsets.ISO_8859_1));
        }
        status = (bytes[from + 9] - '0') * 100 + (bytes[from + 10] - '0') * 10 + bytes[from + 11] - '0';
        close = false;
        long length = -1;
        boolean chunked = false;
        int at = line + 1;
        while (true) {
            int end = lineEnd(at);
            if (end < 0) {
                return false;
            }
            if (end - at <= 1) {
                bodyFrom = end + 1;
                break;
            }
            switch (bytes[at] | 0x20) {
                case 'c' -> {
                    if (named(CONTENT_LENGTH, at)) {
                        length = decimal(at + CONTENT_LENGTH.length + 1, end);
                    } else if (named(CONNECTION, at)) {
                        close = has('l', at + CONNECTION.length, end);
                    }
                }
                case 't' -> chunked |= named(TRANSFER_ENCODING, at);
                default -> {}
            }
            at = end + 1;
        }
        if (chunked) {
            return wholeChunks();
        }
        if (length < 0) {
            length = 0;
        }
        bodyTo = (int) Math.min(Integer.MAX_VALUE, bodyFrom + length);
        next = bodyTo;
        return bodyTo <= to;
    }

    /** Moves the chunks together, once all of them are there. */
    private boolean wholeChunks() {
        int at = bodyFrom;
        while (true) {
            int end = lineEnd(at);
            if (end < 0) {
                return false;
            }
            int size = hex(at, end);
            at = end + 1 + size + 2;
            if (at > to) {
                return false;
            }
            if (size == 0) {
                break;
            }
        }
        next = at;
        int read = bodyFrom;
        int write = bodyFrom;
        while (true) {
            int end = lineEnd(read);
            int size = hex(read, end);
            if (size == 0) {
                bodyTo = write;
                return true;
            }
            System.arraycopy(bytes, end + 1, bytes, write, size);
            write += size;
            read = end + 1 + size + 2;
        }
    }

    private int lineEnd(int at) {
        for (int i = at; i < to; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private boolean named(byte[] name, int at) {
        if (at + name.length >= to || bytes[at + name.length] != ':') {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if ((bytes[at + i] | 0x20) != (name[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    /** Tells "close" from "keep-alive": both have an l, so the letter behind it is asked too. */
    private boolean has(char letter, int at, int end) {
        for (int i = at; i + 1 < end; i++) {
            if ((bytes[i] | 0x20) == letter && (bytes[i + 1] | 0x20) == 'o') {
                return true;
            }
        }
        return false;
    }

    private long decimal(int at, int end) {
        long number = 0;
        for (int i = at; i < end; i++) {
            if (bytes[i] >= '0' && bytes[i] <= '9') {
                number = number * 10 + bytes[i] - '0';
            }
        }
        return number;
    }

    private int hex(int at, int end) {
        int number = 0;
        for (int i = at; i < end; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) {
                break;
            }
            number = number * 16 + digit;
        }
        return number;
    }

    private int indexOf(byte[] wanted, int begin, int end) {
        outer:
        for (int i = begin; i <= end - wanted.length; i++) {
            for (int j = 0; j < wanted.length; j++) {
                if (bytes[i + j] != wanted[j]) {
                    continue outer;
                }
            }
            return i;
        }
        return -1;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
