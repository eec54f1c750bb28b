// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one partition of votes, in the order in which they were put: a file that only grows, or is cut. Rows are written in blocks, and a
 * block says up to which offset of votes the rows up to its end go. What stands behind the last whole block is not there: it is
 * cut off when the file is opened. Nothing is synced: the rows come of the log, and what a crash takes is read there again.
 *
 * <p>Bytes, numbers big-endian. Header (48): a mark with the version (8), the topic's id (16; zeros when it is not known), the
 * partition (4), CRC-32C of these (4), zeros. Block (32 and its rows): a mark (4), the length of its rows (4),
 * the next offset of votes (8), CRC-32C of length, offset and rows (4), zeros. Row (16, key and value, then zeros up to a
 * multiple of 16): its kind (1), zero (1), the length of the key (2) and of the value (4), the address of the key's row before
 * this one, or 0 (8). A row's address is its place in the file.
 *
 * <p>Not thread-safe.
 */
final class RowFile implements Closeable {
    /** In the place of an address: that there is none. The file's header stands there. */
    static final long NO_ROW = 0;

    private static final long MAGIC = 0x564f5445_52530001L; // "VOTERS" and the version
    private static final int BLOCK = 0x424c4f43;
    private static final int HEADER_LENGTH = 48;
    private static final int BLOCK_HEADER_LENGTH = 32;
    private static final int ROW_HEADER_LENGTH = 16;
    private static final int FIRST_READ = 256;
    private static final int MAX_BLOCK = 1 << 30;
    private static final int READ_BUFFER = 1 << 20;
    private static final int FIRST_PENDING = 1 << 16;
    /** More blocks than a start has to take back: those of a commit, which may have been tried several times. */
    private static final int REMEMBERED = 64;

    private final Path path;
    /** Not a channel, which closes itself when a thread that reads from it is interrupted. */
    private final RandomAccessFile file;

    private final Deque<Boundary> boundaries = new ArrayDeque<>();
    private long end;
    private long nextOffset;
    private byte[] pending = new byte[FIRST_PENDING];
    private int pendingLength = BLOCK_HEADER_LENGTH;

    /** The end of a block, and the offset of votes below which all rows stand before it. */
    private record Boundary(long nextOffset, long end) {}

    /** Looks at rows as they stand in the file. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Looks at a row.
         *
         * @param bytes has the key at {@code keyFrom} and the value behind it, until the call ends
         * @param before the address of the key's row before this one, or {@link #NO_ROW}
         */
        void row(byte kind, byte[] bytes, int keyFrom, int keyLength, int valueLength, long address, long before);
    }

    private RowFile(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    /**
     * Opens the file, or makes it anew where it is not of this partition of this topic.
     *
     * @param topic the id of votes, or null when it is not known
     * @param logEnd the end of the partition of votes; blocks that go beyond it are cut off
     * @param visitor gets each row
     */
    static RowFile open(Path path, @Nullable Uuid topic, int partition, long logEnd, Visitor visitor)
            throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        RowFile rows = new RowFile(path, new RandomAccessFile(path.toFile(), "rw"));
        try {
            rows.load(topic == null ? Uuid.ZERO_UUID : topic, partition, logEnd, visitor);
        } catch (IOException | RuntimeException e) {
            rows.close();
            throw e;
        }
        return rows;
    }

    private void load(Uuid topic, int partition, long logEnd, Visitor visitor) throws IOException {
        boundaries.add(new Boundary(0, HEADER_LENGTH));
        end = HEADER_LENGTH;
        byte[] header = header(topic, partition);
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(new FileInputStream(path.toFile()), READ_BUFFER))) {
            byte[] found = in.readNBytes(HEADER_LENGTH);
            if (isOf(found, topic, partition)) {
                header = topic.equals(Uuid.ZERO_UUID) ? found : header;
                long size = file.length();
                while (readBlock(in, size, logEnd, visitor)) {
                    remember();
                }
            }
        }
        file.setLength(end);
        write(0, header, header.length);
    }

    /** Whether this is the header of a file of the partition and, as far as is known, of the topic. */
    private static boolean isOf(byte[] found, Uuid topic, int partition) {
        if (found.length != HEADER_LENGTH) {
            return false;
        }
        ByteBuffer header = ByteBuffer.wrap(found);
        Uuid known = new Uuid(header.getLong(Long.BYTES), header.getLong(2 * Long.BYTES));
        return Arrays.equals(found, header(known, partition))
                && (known.equals(topic) || known.equals(Uuid.ZERO_UUID) || topic.equals(Uuid.ZERO_UUID));
    }

    private static byte[] header(Uuid topic, int partition) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_LENGTH)
                .putLong(MAGIC)
                .putLong(topic.getMostSignificantBits())
                .putLong(topic.getLeastSignificantBits())
                .putInt(partition);
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, header.position());
        return header.putInt((int) crc.getValue()).array();
    }

    private boolean readBlock(DataInputStream in, long size, long logEnd, Visitor visitor) throws IOException {
        byte[] header = in.readNBytes(BLOCK_HEADER_LENGTH);
        if (header.length < BLOCK_HEADER_LENGTH) {
            return false;
        }
        ByteBuffer fields = ByteBuffer.wrap(header);
        int magic = fields.getInt();
        int length = fields.getInt();
        long next = fields.getLong();
        int crc = fields.getInt();
        if (magic != BLOCK
                || length < 0
                || length > MAX_BLOCK
                || next < nextOffset
                || next > logEnd
                || length > size - end - BLOCK_HEADER_LENGTH) {
            return false;
        }
        // Nothing is pending yet, so its place may be used to read.
        if (pending.length < length) {
            pending = new byte[length];
        }
        in.readFully(pending, 0, length);
        if (crc(header, pending, 0, length) != crc) {
            return false;
        }
        visit(pending, 0, length, end + BLOCK_HEADER_LENGTH, visitor);
        end += BLOCK_HEADER_LENGTH + length;
        nextOffset = next;
        return true;
    }

    private static int crc(byte[] blockHeader, byte[] rows, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(blockHeader, Integer.BYTES, Integer.BYTES + Long.BYTES);
        crc.update(rows, from, length);
        return (int) crc.getValue();
    }

    private static void visit(byte[] rows, int from, int length, long address, Visitor visitor) {
        ByteBuffer fields = ByteBuffer.wrap(rows);
        for (int at = from; at < from + length; ) {
            int keyLength = fields.getShort(at + 2) & 0xffff;
            int valueLength = fields.getInt(at + 4);
            visitor.row(
                    rows[at],
                    rows,
                    at + ROW_HEADER_LENGTH,
                    keyLength,
                    valueLength,
                    address + at - from,
                    fields.getLong(at + 8));
            at += padded(keyLength + valueLength);
        }
    }

    private static int padded(int length) {
        return ROW_HEADER_LENGTH + (length + RowIndex.ALIGNMENT - 1 & -RowIndex.ALIGNMENT);
    }

    private void remember() {
        boundaries.addLast(new Boundary(nextOffset, end));
        if (boundaries.size() > REMEMBERED) {
            boundaries.removeFirst();
        }
    }

    /** The offset of votes below which all rows are in the file. */
    long nextOffset() {
        return nextOffset;
    }

    /** The length of the file in bytes, with the rows that are not written yet. */
    long length() {
        return end + (pendingLength > BLOCK_HEADER_LENGTH ? pendingLength : 0);
    }

    /**
     * Puts a row, which is written with the next block.
     *
     * @param before the address of the key's row until now, or {@link #NO_ROW}
     * @return its address
     */
    long append(byte kind, byte[] key, byte[] value, long before) {
        int length = padded(key.length + value.length);
        if (end + pendingLength + length > RowIndex.MAX_ADDRESS) {
            throw new IllegalStateException("%s has reached its bound of 64 GiB".formatted(path));
        }
        if (pendingLength + length > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(pending.length * 2, pendingLength + length));
        }
        int at = pendingLength;
        ByteBuffer row = ByteBuffer.wrap(pending, at, length)
                .put(kind)
                .put((byte) 0)
                .putShort((short) key.length)
                .putInt(value.length)
                .putLong(before)
                .put(key)
                .put(value);
        Arrays.fill(pending, row.position(), at + length, (byte) 0);
        pendingLength += length;
        return end + at;
    }

    /**
     * Writes the rows that were put since the last block.
     *
     * @param next the offset of votes below which all rows have been put
     */
    void endBlock(long next) throws IOException {
        int length = pendingLength - BLOCK_HEADER_LENGTH;
        if (length == 0 && next == nextOffset) {
            return;
        }
        ByteBuffer block = ByteBuffer.wrap(pending, 0, pendingLength);
        block.putInt(BLOCK).putInt(length).putLong(next);
        block.putInt(crc(pending, pending, BLOCK_HEADER_LENGTH, length));
        Arrays.fill(pending, block.position(), BLOCK_HEADER_LENGTH, (byte) 0);
        write(end, pending, pendingLength);
        end += pendingLength;
        pendingLength = BLOCK_HEADER_LENGTH;
        nextOffset = next;
        remember();
    }

    /** The value of the row at this address if it has this key, else null. */
    byte @Nullable [] value(long address, byte[] key) {
        Row row = read(address);
        return row.hasKey(key) ? row.value() : null;
    }

    boolean hasKey(long address, byte[] key) {
        return read(address).hasKey(key);
    }

    /** The row at this address. */
    private Row read(long address) {
        if (address >= end) {
            return new Row(pending, (int) (address - end));
        }
        try {
            byte[] bytes = readAt(address, FIRST_READ);
            Row row = new Row(bytes, 0);
            return row.length() <= bytes.length ? row : new Row(readAt(address, row.length()), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be read: %s".formatted(path, e), e);
        }
    }

    private byte[] readAt(long address, int length) throws IOException {
        byte[] bytes = new byte[(int) Math.min(length, end - address)];
        file.seek(address);
        file.readFully(bytes);
        return bytes;
    }

    private record Row(byte[] bytes, int from) {
        int keyLength() {
            return ByteBuffer.wrap(bytes).getShort(from + 2) & 0xffff;
        }

        int valueLength() {
            return ByteBuffer.wrap(bytes).getInt(from + 4);
        }

        int length() {
            return ROW_HEADER_LENGTH + keyLength() + valueLength();
        }

        boolean hasKey(byte[] key) {
            int at = from + ROW_HEADER_LENGTH;
            return Arrays.equals(bytes, at, at + keyLength(), key, 0, key.length);
        }

        byte[] value() {
            int at = from + ROW_HEADER_LENGTH + keyLength();
            return Arrays.copyOfRange(bytes, at, at + valueLength());
        }
    }

    /**
     * Takes back all rows behind the last block that goes no further than this offset of votes, those that are not written included.
     *
     * @param visitor gets each row that is taken back, the newest first
     * @return whether there is such a block among the last ones; if not, nothing is changed
     */
    boolean cutTo(long offset, Visitor visitor) throws IOException {
        if (boundaries.getFirst().nextOffset() > offset) {
            return false;
        }
        takeBack(pending, pendingLength, end, visitor);
        pendingLength = BLOCK_HEADER_LENGTH;
        while (boundaries.getLast().nextOffset() > offset) {
            takeBackLastBlock(visitor);
        }
        return true;
    }

    /** Takes back the last block, if there is one; nothing may have been put since it was written. */
    void takeBackLastBlock(Visitor visitor) throws IOException {
        if (boundaries.size() > 1) {
            boundaries.removeLast();
            Boundary last = boundaries.getLast();
            byte[] block = readAt(last.end(), Math.toIntExact(end - last.end()));
            takeBack(block, block.length, last.end(), visitor);
            end = last.end();
            nextOffset = last.nextOffset();
            file.setLength(end);
        }
    }

    private static void takeBack(byte[] block, int length, long address, Visitor visitor) {
        Deque<Runnable> newestFirst = new ArrayDeque<>();
        visit(
                block,
                BLOCK_HEADER_LENGTH,
                length - BLOCK_HEADER_LENGTH,
                address + BLOCK_HEADER_LENGTH,
                (kind, bytes, keyFrom, keyLength, valueLength, at, before) -> newestFirst.addFirst(
                        () -> visitor.row(kind, bytes, keyFrom, keyLength, valueLength, at, before)));
        newestFirst.forEach(Runnable::run);
    }

    private void write(long at, byte[] bytes, int length) throws IOException {
        file.seek(at);
        file.write(bytes, 0, length);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
