// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.coding;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * A piece that many streams have in common, wherever in each of them it comes. It is compressed when the first stream takes it so.
 *
 * <p>Compressed it stands by itself: it refers to nothing before it, and ends at a whole byte, behind a full flush (RFC 1951, section
 * 3.2.4). So it can stand in any reader's stream, behind whatever that reader has got, and can be shown as soon as it is there.
 */
public final class StreamPiece {
    /** Nothing at all. */
    public static final StreamPiece NOTHING = new StreamPiece(new byte[0]);

    private static final int ROOM = 8 * 1024;

    private final byte[] bytes;
    private @Nullable ByteBuffer plain;
    private @Nullable Deflated deflated;

    /** @param plain which is not copied; nobody may change it */
    public StreamPiece(byte[] plain) {
        this.bytes = plain;
    }

    /**
     * The piece as a stream has it that is compressed.
     *
     * @param bytes whole blocks, none of them the last, outside of the heap
     * @param length how many bytes they stand for
     * @param crc of those
     * @param shift by their length
     */
    record Deflated(ByteBuffer bytes, int length, int crc, int shift) {}

    /**
     * The bytes as they are. They lie outside of the heap, where the system writes them to a socket from, once for all streams: from the heap
     * each stream would have a copy of its own there, for as long as its reader leaves it untaken.
     */
    synchronized ByteBuffer plain() {
        if (plain == null) {
            plain = outsideOfHeap(bytes);
        }
        return plain.duplicate();
    }

    synchronized Deflated deflated() {
        if (deflated == null) {
            CRC32 crc = new CRC32();
            crc.update(bytes);
            deflated = new Deflated(
                    outsideOfHeap(deflate(bytes)), bytes.length, (int) crc.getValue(), Crc32.shift(bytes.length));
        }
        return deflated;
    }

    private static ByteBuffer outsideOfHeap(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer();
    }

    private static byte[] deflate(byte[] plain) {
        if (plain.length == 0) {
            return plain;
        }
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(plain);
            byte[] out = new byte[ROOM];
            int length = 0;
            while (true) {
                length += deflater.deflate(out, length, out.length - length, Deflater.FULL_FLUSH);
                if (length < out.length) {
                    return Arrays.copyOf(out, length);
                }
                out = Arrays.copyOf(out, 2 * out.length);
            }
        } finally {
            deflater.end();
        }
    }
}
