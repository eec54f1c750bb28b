// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import static io.votelog.streams.topology.voters.RowFormat.BLOCK_HEADER_LENGTH;
import static io.votelog.streams.topology.voters.RowFormat.HEADER_LENGTH;
import static io.votelog.streams.topology.voters.RowFormat.NO_ROW;
import static io.votelog.streams.topology.voters.RowFormat.ROW_HEADER_LENGTH;

import io.votelog.streams.topology.voters.RowFormat.Visitor;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one partition of votes, in the order in which they were put: a file that only grows, or is cut ({@link RowFormat} has its
 * bytes). Rows are written in blocks, and a block says up to which offset of votes the rows up to its end go. What stands behind the
 * last whole block is not there: it is cut off when the file is opened. Nothing is synced: the rows are made from the log, and what a
 * crash takes is made from it again.
 *
 * <p>Not thread-safe.
 */
final class RowFile implements Closeable {
    private static final int FIRST_READ = 256;
    private static final int FIRST_PENDING = 1 << 16;
    /** How many bytes a block of a compacted copy has, about. */
    private static final int COPIED_BLOCK = 1 << 20;
    /**
     * How many of the last blocks can be taken back. A start takes back those of one commit, which are several where it was tried
     * several times.
     */
    private static final int REMEMBERED = 64;

    private final Path path;
    /** A file and no channel: a channel closes itself when a thread that reads from it is interrupted. */
    private final RandomAccessFile file;

    private final Deque<Boundary> boundaries = new ArrayDeque<>();
    private byte[] header;
    private long end = HEADER_LENGTH;
    private long nextOffset;
    private int checksum;
    private byte[] pending = new byte[FIRST_PENDING];
    private int pendingLength = BLOCK_HEADER_LENGTH;

    /** The end of a block, the offset of votes below which all rows stand before it, and the block's checksum. */
    private record Boundary(long nextOffset, long end, int checksum) {}

    /** Says of rows whether they are the newest of their keys. */
    @FunctionalInterface
    interface Newest {
        boolean isNewest(byte kind, byte[] bytes, int keyFrom, int keyLength, long address);
    }

    private RowFile(Path path, byte[] header) throws IOException {
        this.path = path;
        this.header = header;
        this.file = new RandomAccessFile(path.toFile(), "rw");
        boundaries.add(new Boundary(0, HEADER_LENGTH, 0));
    }

    /**
     * Opens the file, or makes it anew where it is not of this partition of this topic.
     *
     * @param topic the id of votes, or null when it is not known
     * @param logEnd the end of the partition of votes
     * @param visitor gets each row
     * @throws LogTruncatedException when the file was made from votes beyond the end of the log; it stays as it is
     */
    static RowFile open(Path path, @Nullable Uuid topic, int partition, long logEnd, Visitor visitor)
            throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        Uuid known = topic == null ? Uuid.ZERO_UUID : topic;
        RowFile rows = new RowFile(path, RowFormat.header(known, partition));
        try {
            rows.load(known, partition, logEnd, visitor);
        } catch (IOException | RuntimeException e) {
            rows.close();
            throw e;
        }
        return rows;
    }

    private void load(Uuid topic, int partition, long logEnd, Visitor visitor) throws IOException {
        RowReader in = new RowReader(file, file.length());
        byte[] found = in.header();
        if (found != null && RowFormat.isOf(found, topic, partition)) {
            header = topic.equals(Uuid.ZERO_UUID) ? found : header;
            long seen = end;
            RowReader.Block block = in.block(end, checksum);
            while (block != null && block.next() >= nextOffset) {
                if (block.next() > logEnd) {
                    throw LogTruncatedException.endsBeforeVoters(partition, block.next(), logEnd);
                }
                blockEnded(block.next(), block.end(), block.checksum());
                if (nextOffset > 0) {
                    in.rows(seen, end, visitor);
                    seen = end;
                }
                block = in.block(end, checksum);
            }
            if (nextOffset == 0) {
                // All blocks that were found are parts of a larger whole whose end is missing.
                end = HEADER_LENGTH;
                checksum = 0;
            }
        }
        file.setLength(end);
        write(0, header, header.length);
    }

    /** Notes that one more block is in the file. */
    private void blockEnded(long next, long newEnd, int newChecksum) {
        boolean endsParts = nextOffset == 0 && next > 0 && end > HEADER_LENGTH;
        end = newEnd;
        nextOffset = next;
        checksum = newChecksum;
        if (next == 0) {
            return;
        }
        if (endsParts) {
            // The parts before it are no state that the file could go back to.
            boundaries.clear();
        }
        boundaries.addLast(new Boundary(next, end, checksum));
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
     * @param before the address of the key's row until now, or {@link RowFormat#NO_ROW}
     * @return its address
     */
    long append(byte kind, byte[] key, byte[] value, long before) {
        int length = RowFormat.rowLength(key.length + value.length);
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
        if (pendingLength > BLOCK_HEADER_LENGTH || next != nextOffset) {
            writeBlock(next);
        }
    }

    private void writeBlock(long next) throws IOException {
        int length = pendingLength - BLOCK_HEADER_LENGTH;
        CRC32C crc = RowFormat.blockChecksum(checksum, length, next);
        crc.update(pending, BLOCK_HEADER_LENGTH, length);
        ByteBuffer block = ByteBuffer.wrap(pending, 0, pendingLength);
        block.putInt(RowFormat.BLOCK).putInt(length).putLong(next).putInt((int) crc.getValue());
        Arrays.fill(pending, block.position(), BLOCK_HEADER_LENGTH, (byte) 0);
        write(end, pending, pendingLength);
        blockEnded(next, end + pendingLength, (int) crc.getValue());
        pendingLength = BLOCK_HEADER_LENGTH;
    }

    /**
     * Writes the newest row of each key to another file, as if it were the key's first, and syncs that file. It is whole, or none of its rows
     * is there when it is opened. No rows may be pending.
     */
    void copyNewest(Path target, Newest newest) throws IOException {
        Files.deleteIfExists(target);
        try (RowFile copy = new RowFile(target, header)) {
            copy.write(0, header, header.length);
            new RowReader(file, end)
                    .rows(HEADER_LENGTH, end, (kind, bytes, keyFrom, keyLength, valueLength, address, before) -> {
                        if (newest.isNewest(kind, bytes, keyFrom, keyLength, address)) {
                            int valueFrom = keyFrom + keyLength;
                            copy.append(
                                    kind,
                                    Arrays.copyOfRange(bytes, keyFrom, valueFrom),
                                    Arrays.copyOfRange(bytes, valueFrom, valueFrom + valueLength),
                                    NO_ROW);
                            if (copy.pendingLength > COPIED_BLOCK) {
                                copy.writeBlock(0);
                            }
                        }
                    });
            copy.writeBlock(0);
            // It has no rows and no block before it that the file could go back to, so a start does not take it back.
            copy.writeBlock(nextOffset);
            copy.file.getFD().sync();
        }
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
            return new Row(ByteBuffer.wrap(pending), (int) (address - end));
        }
        try {
            ByteBuffer bytes = readAt(address, FIRST_READ);
            int length = RowFormat.rowLength(bytes, 0);
            return new Row(length <= bytes.capacity() ? bytes : readAt(address, length), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be read: %s".formatted(path, e), e);
        }
    }

    private ByteBuffer readAt(long address, int length) throws IOException {
        byte[] bytes = new byte[(int) Math.min(length, end - address)];
        file.seek(address);
        file.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private record Row(ByteBuffer bytes, int from) {
        private int keyFrom() {
            return from + ROW_HEADER_LENGTH;
        }

        private int valueFrom() {
            return keyFrom() + RowFormat.keyLength(bytes, from);
        }

        boolean hasKey(byte[] key) {
            return Arrays.equals(bytes.array(), keyFrom(), valueFrom(), key, 0, key.length);
        }

        byte[] value() {
            return Arrays.copyOfRange(bytes.array(), valueFrom(), valueFrom() + RowFormat.valueLength(bytes, from));
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
        takeBack(ByteBuffer.wrap(pending, 0, pendingLength), end, visitor);
        pendingLength = BLOCK_HEADER_LENGTH;
        while (boundaries.getLast().nextOffset() > offset) {
            takeBackLastBlock(visitor);
        }
        return true;
    }

    /** Takes back the last block, if there is one that can be; nothing may have been put since it was written. */
    void takeBackLastBlock(Visitor visitor) throws IOException {
        if (boundaries.size() > 1) {
            boundaries.removeLast();
            Boundary last = boundaries.getLast();
            takeBack(readAt(last.end(), Math.toIntExact(end - last.end())), last.end(), visitor);
            end = last.end();
            nextOffset = last.nextOffset();
            checksum = last.checksum();
            file.setLength(end);
        }
    }

    private static void takeBack(ByteBuffer block, long address, Visitor visitor) throws IOException {
        List<Integer> rows = new ArrayList<>();
        for (int at = BLOCK_HEADER_LENGTH; at < block.limit(); at += RowFormat.rowLength(block, at)) {
            rows.add(at);
        }
        for (int row = rows.size() - 1; row >= 0; row--) {
            int at = rows.get(row);
            RowFormat.visit(block, at, address + at, visitor);
        }
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
