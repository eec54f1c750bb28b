// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;

/**
 * Reads one response whose body is lines of JSON and comes in chunks (RFC 9112, section 7.1), while it comes, and tells of each
 * line's status. For one thread.
 */
final class NdjsonAnswers {
    private static final byte[] STATUS = "\"status\":".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_HEAD = 64 * 1024;

    /** What is to be done with each line. */
    interface Line {
        void answered(int status);
    }

    private enum At {
        HEAD,
        SIZE,
        DATA,
        DATA_END,
        TRAILER,
        END
    }

    private final Line sink;
    private final StringBuilder head = new StringBuilder();
    private final StringBuilder line = new StringBuilder();
    private final ByteProcessor lines = this::body;
    private At at = At.HEAD;
    private int status;
    private boolean chunkless;
    private long left;
    private int matched;
    private int lineStatus;
    private int digits;

    NdjsonAnswers(Line sink) {
        this.sink = sink;
    }

    /** The response's own status, 0 until it is known. */
    int status() {
        return status;
    }

    boolean ended() {
        return at == At.END;
    }

    /** @throws IllegalStateException where it is no such response */
    void read(ByteBuf arrived) {
        while (arrived.isReadable() && at != At.END) {
            switch (at) {
                case HEAD -> head(arrived);
                case SIZE, DATA_END, TRAILER -> framing(arrived);
                case DATA -> data(arrived);
                case END -> {}
            }
        }
    }

    private void head(ByteBuf arrived) {
        while (arrived.isReadable()) {
            head.append((char) (arrived.readByte() & 0xFF));
            int length = head.length();
            if (length >= 4 && head.charAt(length - 1) == '\n' && head.charAt(length - 3) == '\n') {
                String text = head.toString().toLowerCase(java.util.Locale.ROOT);
                status = Integer.parseInt(text.substring(9, 12));
                int given = text.indexOf("\r\ncontent-length:");
                if (text.contains("\r\ntransfer-encoding:")) {
                    at = At.SIZE;
                } else if (given >= 0) {
                    left = Long.parseLong(text.substring(given + 17, text.indexOf('\r', given + 2))
                            .strip());
                    chunkless = true;
                    at = left == 0 ? At.END : At.DATA;
                } else {
                    at = At.END;
                }
                return;
            }
            if (length > MAX_HEAD) {
                throw new IllegalStateException("the response's head does not end");
            }
        }
    }

    private void framing(ByteBuf arrived) {
        while (arrived.isReadable()) {
            byte next = arrived.readByte();
            if (next == '\r') {
                continue;
            }
            if (next != '\n') {
                line.append((char) next);
                continue;
            }
            String text = line.toString();
            line.setLength(0);
            switch (at) {
                case SIZE -> {
                    int extension = text.indexOf(';');
                    left = Long.parseLong(extension < 0 ? text : text.substring(0, extension), 16);
                    at = left == 0 ? At.TRAILER : At.DATA;
                }
                case DATA_END -> at = At.SIZE;
                case TRAILER -> at = text.isEmpty() ? At.END : At.TRAILER;
                case HEAD, DATA, END -> throw new IllegalStateException();
            }
            return;
        }
    }

    private void data(ByteBuf arrived) {
        int length = (int) Math.min(left, arrived.readableBytes());
        if (status == 200) {
            arrived.forEachByte(arrived.readerIndex(), length, lines);
        }
        arrived.skipBytes(length);
        left -= length;
        if (left == 0) {
            at = chunkless ? At.END : At.DATA_END;
        }
    }

    /** Finds the first "status": of each line, byte by byte: a line may be cut anywhere. */
    private boolean body(byte next) {
        if (next == '\n') {
            sink.answered(lineStatus);
            matched = 0;
            lineStatus = 0;
            digits = 0;
        } else if (matched == STATUS.length) {
            if (digits < 3 && next >= '0' && next <= '9') {
                lineStatus = lineStatus * 10 + next - '0';
                digits++;
            }
        } else if (next == STATUS[matched]) {
            matched++;
        } else {
            matched = next == STATUS[0] ? 1 : 0;
        }
        return true;
    }
}
