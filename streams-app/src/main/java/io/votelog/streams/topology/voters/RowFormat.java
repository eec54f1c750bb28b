// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;

/**
 * The bytes of a file of rows. Numbers are big-endian. Header (48): a mark with the version (8), the topic's id (16; zeros when it is
 * not known), the partition (4), CRC-32C of these (4), zeros. Block (32 and its rows): a mark (4), the length of its rows (4), the next
 * offset of votes (8), CRC-32C of the checksum of the block before it, or 0, and of length, offset and rows (4), zeros. Row (16, key
 * and value, then zeros up to a multiple of 16): its kind (1), zero (1), the length of the key (2) and of the value (4), the address of
 * the key's row before this one, or 0 (8). A row's address is its place in the file.
 *
 * <p>A block with rows and without an offset (0) is a part of a larger whole: it holds only with all blocks behind it up to the first one
 * that has an offset.
 */
final class RowFormat {
    /** The address that says that there is no row. No row can stand at 0, since the file's header does. */
    static final long NO_ROW = 0;

    static final int BLOCK = 0x424c4f43;
    static final int HEADER_LENGTH = 48;
    static final int BLOCK_HEADER_LENGTH = 32;
    static final int ROW_HEADER_LENGTH = 16;

    private static final long MAGIC = 0x564f5445_52530002L; // "VOTERS" and the version

    private RowFormat() {}

    /** Looks at rows as they stand in the file. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Looks at a row.
         *
         * @param bytes has the key at {@code keyFrom} and the value behind it, until the call ends
         * @param before the address of the key's row before this one, or {@link #NO_ROW}
         */
        void row(byte kind, byte[] bytes, int keyFrom, int keyLength, int valueLength, long address, long before)
                throws IOException;
    }

    static byte[] header(Uuid topic, int partition) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_LENGTH)
                .putLong(MAGIC)
                .putLong(topic.getMostSignificantBits())
                .putLong(topic.getLeastSignificantBits())
                .putInt(partition);
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, header.position());
        return header.putInt((int) crc.getValue()).array();
    }

    /** Whether this is the header of a file of the partition and, as far as is known, of the topic. */
    static boolean isOf(byte[] found, Uuid topic, int partition) {
        ByteBuffer header = ByteBuffer.wrap(found);
        Uuid known = new Uuid(header.getLong(Long.BYTES), header.getLong(2 * Long.BYTES));
        return Arrays.equals(found, header(known, partition))
                && (known.equals(topic) || known.equals(Uuid.ZERO_UUID) || topic.equals(Uuid.ZERO_UUID));
    }

    /**
     * A block's checksum before that of its rows.
     *
     * @param before the checksum of the block before it, or 0
     */
    static CRC32C blockChecksum(int before, int length, long next) {
        ByteBuffer fields = ByteBuffer.allocate(2 * Integer.BYTES + Long.BYTES)
                .putInt(before)
                .putInt(length)
                .putLong(next);
        CRC32C crc = new CRC32C();
        crc.update(fields.flip());
        return crc;
    }

    /** The bytes that the row at this place takes in the file. */
    static int rowLength(ByteBuffer rows, int at) {
        return rowLength(keyLength(rows, at) + valueLength(rows, at));
    }

    /** The bytes that a row takes in the file, by those of its key and value. */
    static int rowLength(int keyAndValue) {
        return ROW_HEADER_LENGTH + (keyAndValue + RowIndex.ALIGNMENT - 1 & -RowIndex.ALIGNMENT);
    }

    static int keyLength(ByteBuffer rows, int at) {
        return rows.getShort(at + 2) & 0xffff;
    }

    static int valueLength(ByteBuffer rows, int at) {
        return rows.getInt(at + 4);
    }

    /** Shows a row to a visitor. */
    static void visit(ByteBuffer rows, int at, long address, Visitor visitor) throws IOException {
        visitor.row(
                rows.get(at),
                rows.array(),
                at + ROW_HEADER_LENGTH,
                keyLength(rows, at),
                valueLength(rows, at),
                address,
                rows.getLong(at + 8));
    }
}
