// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import static io.votelog.streams.topology.voters.RowFormat.BLOCK_HEADER_LENGTH;
import static io.votelog.streams.topology.voters.RowFormat.HEADER_LENGTH;
import static io.votelog.streams.topology.voters.RowFormat.ROW_HEADER_LENGTH;

import io.votelog.streams.topology.voters.RowFormat.Visitor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of rows in order, through a buffer whose length does not come from the file: blocks are checked in pieces, and only rows of
 * checked blocks are looked at. Not thread-safe.
 */
final class RowReader {
    private static final int LARGEST_BUFFER = 1 << 20;

    private final RandomAccessFile file;
    /** The end of what may be read. */
    private final long size;

    private ByteBuffer buffer;
    /** Where in the file the buffer begins. */
    private long from;
    /** The bytes of the file that are in the buffer. */
    private int filled;

    RowReader(RandomAccessFile file, long size) {
        this.file = file;
        this.size = size;
        this.buffer = ByteBuffer.allocate((int) Math.min(LARGEST_BUFFER, size));
    }

    /**
     * A block that is whole.
     *
     * @param next the offset of votes below which all rows stand up to its end, or 0
     */
    record Block(long end, long next, int checksum) {}

    /** The file's header, or null when the file is shorter. */
    byte @Nullable [] header() throws IOException {
        if (size < HEADER_LENGTH) {
            return null;
        }
        int at = have(0, HEADER_LENGTH);
        return Arrays.copyOfRange(buffer.array(), at, at + HEADER_LENGTH);
    }

    /**
     * The block at this place, or null when none is there that is whole.
     *
     * @param before the checksum of the block before it, or 0
     */
    @Nullable
    Block block(long place, int before) throws IOException {
        long rows = place + BLOCK_HEADER_LENGTH;
        if (rows > size) {
            return null;
        }
        int at = have(place, BLOCK_HEADER_LENGTH);
        int mark = buffer.getInt(at);
        int length = buffer.getInt(at + 4);
        long next = buffer.getLong(at + 8);
        int checksum = buffer.getInt(at + 16);
        if (mark != RowFormat.BLOCK || length < 0 || length > size - rows) {
            return null;
        }
        CRC32C crc = RowFormat.blockChecksum(before, length, next);
        long end = rows + length;
        while (rows < end) {
            int piece = (int) Math.min(end - rows, Math.max(1, from + filled - rows));
            crc.update(buffer.array(), have(rows, piece), piece);
            rows += piece;
        }
        return (int) crc.getValue() == checksum ? new Block(end, next, checksum) : null;
    }

    /** Shows the rows of the blocks between two places, all of which must be whole. */
    void rows(long begin, long end, Visitor visitor) throws IOException {
        for (long place = begin; place < end; ) {
            int length = buffer.getInt(have(place, BLOCK_HEADER_LENGTH) + 4);
            place += BLOCK_HEADER_LENGTH;
            for (long blockEnd = place + length; place < blockEnd; ) {
                int at = have(place, ROW_HEADER_LENGTH);
                at = have(place, RowFormat.rowLength(buffer, at));
                place += visit(at, (int) Math.min(filled, at + blockEnd - place), place - at, visitor);
            }
        }
    }

    /** Shows the rows that stand whole in this part of the buffer, and says how many bytes they take. */
    private int visit(int begin, int end, long address, Visitor visitor) throws IOException {
        ByteBuffer rows = buffer;
        int at = begin;
        while (end - at >= ROW_HEADER_LENGTH) {
            int length = RowFormat.rowLength(rows, at);
            if (length > end - at) {
                break;
            }
            RowFormat.visit(rows, at, address + at, visitor);
            at += length;
        }
        return at - begin;
    }

    /** Has this many bytes of the file in the buffer, and says where there. */
    private int have(long place, int wanted) throws IOException {
        if (place < from || place + wanted > from + filled) {
            if (wanted > buffer.capacity()) {
                buffer = ByteBuffer.allocate(wanted);
            }
            file.seek(place);
            from = place;
            filled = (int) Math.min(buffer.capacity(), size - place);
            file.readFully(buffer.array(), 0, filled);
        }
        return (int) (place - from);
    }
}
