// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.files.PrivateFiles;
import io.votelog.auditor.report.AuditException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes an archive (PKWARE's APPNOTE 6.3.3) whose entries are stored as they are, one behind the other, all with one
 * time and no attributes. So its bytes follow from the entries alone, whatever machine and zlib there is, and an entry
 * never unpacks to more than the archive has. The entries are streamed.
 *
 * <p>The archive is written to a temporary file beside it, and gets its name when all of it is on the disk: a run that
 * is stopped leaves nothing under the name.
 */
final class ZipWriter implements AutoCloseable {
    static final int LOCAL = 0x04034b50;
    static final int CENTRAL = 0x02014b50;
    static final int END = 0x06054b50;
    static final int END_64 = 0x06064b50;
    static final int LOCATOR_64 = 0x07064b50;
    static final int LOCAL_LENGTH = 30;
    static final int CENTRAL_LENGTH = 46;
    static final int END_LENGTH = 22;
    static final int END_64_LENGTH = 56;
    static final int LOCATOR_64_LENGTH = 20;
    static final int EXTRA_64 = 1;

    /** The value of a field of four bytes whose true value is in the entry's extra field. */
    static final long MANY = 0xFFFF_FFFFL;

    /** The value of a field of two bytes whose true value is in the archive's larger end record. */
    static final int SEVERAL = 0xFFFF;

    /** The first of January 1980, 00:00, the earliest time that the format has. */
    private static final int DATE = 1 << 5 | 1;

    private static final short PLAIN = 10;
    private static final short LARGE = 45;
    private static final int BUFFER = 1 << 16;
    private static final String UNFINISHED = ".part";

    private final Path file;
    private final Path unfinished;
    private final FileChannel channel;
    private final FileLock lock;
    private final List<Entry> entries = new ArrayList<>();
    private final ByteBuffer out = buffer(BUFFER);
    private long position;
    private long flushed;
    private boolean named;

    /**
     * An entry that was written.
     *
     * @param sha256 of its bytes, in hexadecimal digits
     */
    record Entry(String name, long bytes, long crc32, String sha256, long begin) {
        private boolean isLarge() {
            return bytes >= MANY || begin >= MANY;
        }
    }

    /**
     * @param file the archive; it must not exist
     * @param forOwnerAlone whether its owner alone may read it
     * @throws AuditException when it exists, or another program is writing it
     */
    ZipWriter(Path file, boolean forOwnerAlone) throws IOException {
        this.file = file;
        this.unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        if (Files.exists(file)) {
            throw new AuditException("%s is there already, and is not written over".formatted(file));
        }
        try {
            if (forOwnerAlone) {
                PrivateFiles.newFile(unfinished).close();
            } else {
                Files.createFile(unfinished);
            }
        } catch (FileAlreadyExistsException ofAnEarlierRun) {
            // A run that was stopped left it; one that still runs holds its lock.
        }
        this.channel = FileChannel.open(unfinished, StandardOpenOption.WRITE);
        FileLock held;
        try {
            held = channel.tryLock();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        if (held == null) {
            channel.close();
            throw new AuditException("another program writes %s".formatted(unfinished));
        }
        this.lock = held;
        if (forOwnerAlone) {
            PrivateFiles.restrict(unfinished);
        }
        channel.truncate(0);
    }

    /** A buffer for the format's numbers, which are little-endian. */
    static ByteBuffer buffer(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Adds an entry that is in memory. */
    Entry add(String name, ByteBuffer bytes) throws IOException {
        byte[] all = new byte[bytes.remaining()];
        bytes.get(all);
        return add(name, all.length, new ByteArrayInputStream(all));
    }

    /** Adds a file. */
    Entry add(String name, Path from) throws IOException {
        try (InputStream in = InputFile.open(from)) {
            return add(name, Files.size(from), in);
        }
    }

    /**
     * Adds an entry.
     *
     * @param length the number of bytes that the stream has
     * @throws AuditException when the stream has another number of them
     */
    private Entry add(String name, long length, InputStream in) throws IOException {
        byte[] path = name.getBytes(StandardCharsets.US_ASCII);
        long begin = position;
        int header = LOCAL_LENGTH + path.length + (length >= MANY ? 20 : 0);
        put(new byte[header], header);
        MessageDigest sha256 = Hashes.sha256();
        CRC32 crc32 = new CRC32();
        byte[] bytes = new byte[BUFFER];
        long seen = 0;
        for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
            crc32.update(bytes, 0, read);
            sha256.update(bytes, 0, read);
            put(bytes, read);
            seen += read;
        }
        if (seen != length) {
            throw new AuditException(
                    "%s had %,d bytes, and %,d were read: it was changed meanwhile".formatted(name, length, seen));
        }
        Entry entry = new Entry(name, length, crc32.getValue(), HexFormat.of().formatHex(sha256.digest()), begin);
        entries.add(entry);
        flush();
        write(localHeader(entry, path, header), begin);
        return entry;
    }

    private static ByteBuffer localHeader(Entry entry, byte[] path, int length) {
        boolean large = entry.bytes() >= MANY;
        ByteBuffer header = buffer(length).putInt(LOCAL).putShort(large ? LARGE : PLAIN);
        putCommon(header, entry, large).putShort((short) path.length).putShort((short) (large ? 20 : 0));
        header.put(path);
        if (large) {
            header.putShort((short) EXTRA_64)
                    .putShort((short) 16)
                    .putLong(entry.bytes())
                    .putLong(entry.bytes());
        }
        return header.flip();
    }

    /** Flags, method, time, date, CRC-32 and both lengths, which are one. */
    private static ByteBuffer putCommon(ByteBuffer header, Entry entry, boolean large) {
        int bytes = (int) (large ? MANY : entry.bytes());
        return header.putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) DATE)
                .putInt((int) entry.crc32())
                .putInt(bytes)
                .putInt(bytes);
    }

    private static ByteBuffer centralHeader(Entry entry) {
        byte[] path = entry.name().getBytes(StandardCharsets.US_ASCII);
        boolean large = entry.isLarge();
        ByteBuffer header = buffer(CENTRAL_LENGTH + path.length + 28)
                .putInt(CENTRAL)
                .putShort(large ? LARGE : PLAIN)
                .putShort(large ? LARGE : PLAIN);
        putCommon(header, entry, large).putShort((short) path.length).putShort((short) (large ? 28 : 0));
        header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
        header.putInt((int) (large ? MANY : entry.begin())).put(path);
        if (large) {
            header.putShort((short) EXTRA_64)
                    .putShort((short) 24)
                    .putLong(entry.bytes())
                    .putLong(entry.bytes())
                    .putLong(entry.begin());
        }
        return header.flip();
    }

    /** The entries so far, in their order. */
    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** Writes the archive's directory, waits for the disk, and gives the archive its name. */
    void finish() throws IOException {
        long directory = position;
        for (Entry entry : entries) {
            ByteBuffer header = centralHeader(entry);
            put(header.array(), header.limit());
        }
        ByteBuffer end = end(entries.size(), directory, position - directory);
        put(end.array(), end.limit());
        flush();
        channel.force(true);
        if (Files.exists(file)) {
            throw new AuditException("%s was made meanwhile, and is not written over".formatted(file));
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        named = true;
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel above = FileChannel.open(folder, StandardOpenOption.READ)) {
                above.force(true);
            }
        }
    }

    private static ByteBuffer end(long count, long begin, long length) {
        boolean large = count >= SEVERAL || begin >= MANY || length >= MANY;
        ByteBuffer end = buffer(END_64_LENGTH + LOCATOR_64_LENGTH + END_LENGTH);
        if (large) {
            end.putInt(END_64).putLong(END_64_LENGTH - 12).putShort(LARGE).putShort(LARGE);
            end.putInt(0)
                    .putInt(0)
                    .putLong(count)
                    .putLong(count)
                    .putLong(length)
                    .putLong(begin);
            end.putInt(LOCATOR_64).putInt(0).putLong(begin + length).putInt(1);
        }
        short several = (short) (large ? SEVERAL : count);
        end.putInt(END)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort(several)
                .putShort(several);
        end.putInt((int) (large ? MANY : length))
                .putInt((int) (large ? MANY : begin))
                .putShort((short) 0);
        return end.flip();
    }

    private void put(byte[] bytes, int length) throws IOException {
        int at = 0;
        while (at < length) {
            int some = Math.min(out.remaining(), length - at);
            out.put(bytes, at, some);
            at += some;
            if (!out.hasRemaining()) {
                flush();
            }
        }
        position += length;
    }

    /** Writes what is in the buffer to the end of the file. */
    private void flush() throws IOException {
        out.flip();
        write(out, flushed);
        flushed += out.limit();
        out.clear();
    }

    private void write(ByteBuffer bytes, long at) throws IOException {
        long to = at;
        while (bytes.hasRemaining()) {
            to += channel.write(bytes, to);
        }
    }

    /** Lets go of the archive; one that is not finished is deleted. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (!named) {
                Files.deleteIfExists(unfinished);
            }
            lock.release();
        }
    }
}
