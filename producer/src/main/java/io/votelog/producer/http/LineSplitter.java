// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines. It holds what was given last and the beginning of a line, and never more of a line than the
 * limit; the rest of a longer one is dropped as it comes.
 */
final class LineSplitter {
    private final int maxLineBytes;
    private byte[] bytes = new byte[1024];
    private int start;
    private int end;

    /** How far the line that begins at {@code start} was searched for its end. */
    private int searched;

    private boolean dropping;
    private int lineStart;
    private int lineLength;
    private boolean tooLong;

    LineSplitter(int maxLineBytes) {
        this.maxLineBytes = maxLineBytes;
    }

    /** Adds bytes behind those that are there. */
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

    /** Goes to the next whole line; false when there is none yet. */
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

    /** Goes to what stands behind the last line's end, once no more bytes come; false when that is nothing. */
    boolean rest() {
        if (isEmpty()) {
            return false;
        }
        take(end, end);
        return true;
    }

    private void take(int lineEnd, int following) {
        lineStart = start;
        lineLength = lineEnd - start;
        tooLong = dropping || lineLength > maxLineBytes;
        dropping = false;
        start = following;
        searched = following;
    }

    /** The line's bytes, valid until {@link #add}. */
    byte[] bytes() {
        return bytes;
    }

    /** Where the line begins in them. */
    int offset() {
        return lineStart;
    }

    /** How long it is, without its end. */
    int length() {
        return lineLength;
    }

    /** Whether the line has more bytes than are allowed; then its bytes are not all there. */
    boolean tooLong() {
        return tooLong;
    }

    /** Whether nothing is left but what {@link #next} gave. */
    boolean isEmpty() {
        return start == end && !dropping;
    }

    /** Whether there is nothing but white space in the line. */
    boolean blank() {
        for (int i = lineStart; i < lineStart + lineLength; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                return false;
            }
        }
        return !tooLong;
    }
}
