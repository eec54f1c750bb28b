// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.coding;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Makes one reader's stream of pieces that it shares with others: as they are, or as one member of gzip (RFC 1952). There is one member
 * and not one for each piece, since browsers stop behind the first. It is used in the order in which the stream is written.
 */
public final class PieceWriter {
    /** Magic, deflate, no flags, no time, no hint, unknown system. */
    private static final byte[] HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, (byte) 0xFF};

    /** An empty block that says that it is the last. */
    private static final byte[] LAST_BLOCK = {3, 0};

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final boolean gzip;
    private boolean begun;
    private int crc;
    private int length;

    /** @param gzip whether the reader takes the stream so */
    public PieceWriter(boolean gzip) {
        this.gzip = gzip;
    }

    /** What is written for the next piece; its bytes are shared with other streams. */
    public ByteBuffer write(StreamPiece piece) {
        if (!gzip) {
            return piece.plain();
        }
        StreamPiece.Deflated deflated = piece.deflated();
        crc = Crc32.combine(crc, deflated.crc(), deflated.shift());
        length += deflated.length();
        if (begun) {
            return deflated.bytes().duplicate();
        }
        begun = true;
        return ByteBuffer.allocate(HEADER.length + deflated.bytes().remaining())
                .put(HEADER)
                .put(deflated.bytes().duplicate())
                .flip();
    }

    /** What is written behind the last piece. */
    public ByteBuffer end() {
        if (!gzip) {
            return NOTHING;
        }
        byte[] beginning = begun ? new byte[0] : HEADER;
        begun = true;
        return ByteBuffer.allocate(beginning.length + LAST_BLOCK.length + 2 * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(beginning)
                .put(LAST_BLOCK)
                .putInt(crc)
                .putInt(length)
                .flip();
    }
}
