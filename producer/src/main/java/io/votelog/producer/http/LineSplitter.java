// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Splits a stream of bytes into lines. It holds the bytes that were added last and the beginning of a line, but never more of a
 * line than the limit; the rest of a longer line is dropped as it comes.
 */
final class LineSplitter {
    private final int maxLineBytes;
    private byte[] bytes = new byte[1024];
    private int start;
    private int end;

    /** Up to where the line that begins at {@code start} was searched for its end. */
    private int searched;

    private boolean dropping;
    private int lineStart;
    private int lineLength;
    private boolean tooLong;

    LineSplitter(int maxLineBytes) {
        this.maxLineBytes = maxLineBytes;
    }

    /** Adds bytes at the end. */
    void add(ByteBuf part) {
        int added = part.readableBytes();
        if (start > 0) {
            System.arraycopy(bytes, start, bytes, 0, end - start);
            end -= start;
            searched -= start;
            start = 0;
        }
        if (end + added > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end + added, 2 * bytes.length));
        }
        part.readBytes(bytes, end, added);
        end += added;
    }

    /** Moves to the next whole line; false when there is none yet. */
    boolean next() {
        for (int i = searched; i < end; i++) {
            if (bytes[i] == '\n') {
                take(i, i + 1);
                return true;
            }
        }
        searched = end;
        if (end - start > maxLineBytes) {
            dropping = true;
            start = end;
        }
        return false;
    }

    /** Moves to what is left behind the last line's end, once no more bytes come; false when nothing is left. */
    boolean rest() {
        if (isEmpty()) {
            return false;
        }
        take(end, end);
        return true;
    }

    /** Drops what is left behind the last line's end, which is no line as no more bytes come. */
    void dropUnfinished() {
        while (end > start && bytes[end - 1] != '\n') {
            end--;
        }
        searched = Math.min(searched, end);
        dropping = dropping && end > start;
    }

    private void take(int lineEnd, int following) {
        lineStart = start;
        lineLength = lineEnd - start;
        tooLong = dropping || lineLength > maxLineBytes;
        dropping = false;
        start = following;
        searched = following;
    }

    /** The array that has the line's bytes, valid until {@link #add}. */
    byte[] bytes() {
        return bytes;
    }

    /** Where the line begins in {@link #bytes}. */
    int offset() {
        return lineStart;
    }

    /** The line's length in bytes, without its end. */
    int length() {
        return lineLength;
    }

    /** Whether the line is longer than the limit; then not all of its bytes are there. */
    boolean tooLong() {
        return tooLong;
    }

    /** Whether nothing is left behind the line that {@link #next} moved to. */
    boolean isEmpty() {
        return start == end && !dropping;
    }

    /** Whether the line has nothing but white space. */
    boolean blank() {
        for (int i = lineStart; i < lineStart + lineLength; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                return false;
            }
        }
        return !tooLong;
    }
}
