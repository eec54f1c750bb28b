// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import static io.votelog.auditor.bundle.ZipWriter.CENTRAL;
import static io.votelog.auditor.bundle.ZipWriter.CENTRAL_LENGTH;
import static io.votelog.auditor.bundle.ZipWriter.END;
import static io.votelog.auditor.bundle.ZipWriter.END_64;
import static io.votelog.auditor.bundle.ZipWriter.END_64_LENGTH;
import static io.votelog.auditor.bundle.ZipWriter.END_LENGTH;
import static io.votelog.auditor.bundle.ZipWriter.EXTRA_64;
import static io.votelog.auditor.bundle.ZipWriter.LOCAL;
import static io.votelog.auditor.bundle.ZipWriter.LOCAL_LENGTH;
import static io.votelog.auditor.bundle.ZipWriter.LOCATOR_64;
import static io.votelog.auditor.bundle.ZipWriter.LOCATOR_64_LENGTH;
import static io.votelog.auditor.bundle.ZipWriter.MANY;
import static io.votelog.auditor.bundle.ZipWriter.SEVERAL;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The entries of an archive that a stranger made. It is taken only in the form that {@link ZipWriter} gives it: entries
 * stored as they are, one behind the other from the first byte on, then the directory, then the end, and nothing
 * between them or hidden. So every program finds the same files in it, and they have no more bytes than the archive.
 */
final class ZipListing implements AutoCloseable {
    /** The most files of an archive, which bounds the memory that its directory takes: 25 million votes have as many. */
    static final int MOST = 400_000;

    /** The most files that are none of a tree of the sealed log: a dump of a thousand partitions has some 6,000. */
    static final int MOST_OTHERS = 10_000;

    private static final int LONGEST_NAME = 200;
    private static final int DEEPEST = 12;
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

    /** Bit 11 of the flags: the name is in UTF-8. All others say that the entry is not simply there. */
    private static final int UTF_8 = 0x0800;

    private static final int TYPE_OF_FILE = 0xF000;
    private static final int REGULAR = 0x8000;

    private final Path file;
    private final FileChannel channel;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * A file in the archive.
     *
     * @param begin where its local header stands
     */
    record Entry(String name, long bytes, long crc32, long begin) {}

    private record Directory(long count, long begin, long length) {}

    /** @throws AuditException when the file is no such archive */
    ZipListing(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw refused(file, "it is no regular file");
        }
        this.file = file;
        this.channel = FileChannel.open(file);
        try {
            read(directory());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    static AuditException refused(Path file, String why) {
        return new AuditException("%s is no bundle: %s".formatted(file, why));
    }

    private AuditException refused(String why) {
        return refused(file, why);
    }

    /** The files in the order in which they stand in the archive. */
    List<Entry> entries() {
        return entries;
    }

    private ByteBuffer at(long position, int length) throws IOException {
        ByteBuffer bytes = ZipWriter.buffer(length);
        long from = position;
        while (bytes.hasRemaining()) {
            int read = channel.read(bytes, from);
            if (read < 0) {
                throw refused("it ends in the middle of something: is it whole?");
            }
            from += read;
        }
        return bytes.flip();
    }

    private static int unsigned(short number) {
        return Short.toUnsignedInt(number);
    }

    private static long unsigned(int number) {
        return Integer.toUnsignedLong(number);
    }

    /** Reads the end of the archive, which says where its directory is. */
    private Directory directory() throws IOException {
        long size = channel.size();
        if (size < END_LENGTH || at(size - END_LENGTH, END_LENGTH).getInt() != END) {
            throw refused("it does not end as a ZIP archive without a comment does. Is it whole?");
        }
        long endAt = size - END_LENGTH;
        ByteBuffer end = at(endAt, END_LENGTH).position(4);
        int disks = unsigned(end.getShort()) + unsigned(end.getShort());
        long here = unsigned(end.getShort());
        long count = unsigned(end.getShort());
        long length = unsigned(end.getInt());
        long begin = unsigned(end.getInt());
        if (count == SEVERAL || length == MANY || begin == MANY) {
            endAt -= LOCATOR_64_LENGTH + END_64_LENGTH;
            if (endAt < 0) {
                throw refused("its end record points to one that is not there");
            }
            ByteBuffer large = at(endAt, END_64_LENGTH + LOCATOR_64_LENGTH);
            boolean right = large.getInt() == END_64 && large.getLong() == END_64_LENGTH - 12;
            large.getInt();
            disks += large.getInt();
            disks += large.getInt();
            here = large.getLong();
            count = large.getLong();
            length = large.getLong();
            begin = large.getLong();
            if (!right || large.getInt() != LOCATOR_64 || large.getInt() != 0 || large.getLong() != endAt) {
                throw refused("its end record points to one that is not there");
            }
        }
        if (disks != 0 || here != count) {
            throw refused("it is a part of an archive in several parts");
        }
        if (count < 0 || count > MOST) {
            throw refused("it has more than %,d files".formatted(MOST));
        }
        if (begin < 0 || length < 0 || begin + length != endAt) {
            throw refused("its directory is not where it must be, before its end");
        }
        return new Directory(count, begin, length);
    }

    /** Reads the archive's directory, and looks for each entry's own header. */
    private void read(Directory directory) throws IOException {
        Set<String> names = new HashSet<>();
        Set<String> folders = new HashSet<>();
        int others = 0;
        long next = 0;
        // What is read at a time has room for the longest entry of the directory.
        ByteBuffer part = ZipWriter.buffer(0);
        long partAt = directory.begin();
        for (long number = 0; number < directory.count(); number++) {
            long left = directory.begin() + directory.length() - partAt - part.position();
            if (part.remaining() < CENTRAL_LENGTH + LONGEST_NAME + 64 && part.remaining() < left) {
                partAt += part.position();
                part = at(partAt, (int) Math.min(1 << 16, left));
            }
            Entry entry = central(part);
            if (!entry.name().startsWith(BundlePaths.SEALED) && ++others > MOST_OTHERS) {
                throw refused("it has more than %,d files beside those of the sealed log".formatted(MOST_OTHERS));
            }
            name(entry.name(), names, folders);
            if (entry.begin() != next) {
                throw refused("%s does not stand behind the file before it".formatted(entry.name()));
            }
            next = end(entry);
            if (next < 0 || next > directory.begin()) {
                throw refused("%s goes on into the archive's directory".formatted(entry.name()));
            }
            entries.add(entry);
        }
        for (String folder : folders) {
            if (names.contains(folder)) {
                throw refused("%s is a file and a folder in it".formatted(folder));
            }
        }
        if (partAt + part.position() != directory.begin() + directory.length() || next != directory.begin()) {
            throw refused("there is more in it than its files");
        }
    }

    /** Reads an entry of the directory. */
    private Entry central(ByteBuffer part) {
        if (part.remaining() < CENTRAL_LENGTH || part.getInt() != CENTRAL) {
            throw refused("its directory has fewer files than its end says");
        }
        part.getInt();
        int flags = unsigned(part.getShort());
        int method = unsigned(part.getShort());
        part.getInt();
        long crc32 = unsigned(part.getInt());
        long packed = unsigned(part.getInt());
        long bytes = unsigned(part.getInt());
        int nameLength = unsigned(part.getShort());
        int extraLength = unsigned(part.getShort());
        int commentLength = unsigned(part.getShort());
        int disk = unsigned(part.getShort());
        part.getShort();
        int type = (int) (unsigned(part.getInt()) >>> 16) & TYPE_OF_FILE;
        long begin = unsigned(part.getInt());
        if (nameLength > LONGEST_NAME || extraLength > 28 || part.remaining() < nameLength + extraLength) {
            throw refused("a file in it has a name of more than %d bytes, or fields that no bundle has"
                    .formatted(LONGEST_NAME));
        }
        byte[] name = new byte[nameLength];
        part.get(name);
        String text = new String(name, StandardCharsets.ISO_8859_1);
        String shown = shown(text);
        if (type != 0 && type != REGULAR) {
            throw refused("%s is no regular file: a link, or something else".formatted(shown));
        }
        if (method != 0 || packed != bytes) {
            throw refused("%s is compressed; a bundle's files are stored as they are".formatted(shown));
        }
        if ((flags & ~UTF_8) != 0 || commentLength != 0 || disk != 0) {
            throw refused("%s is encrypted, has a comment, or its length behind it".formatted(shown));
        }
        ByteBuffer extra = part.slice().order(part.order()).limit(extraLength);
        part.position(part.position() + extraLength);
        if (bytes == MANY || begin == MANY || extraLength > 0) {
            int wanted = (bytes == MANY ? 16 : 0) + (begin == MANY ? 8 : 0);
            boolean fits = wanted > 0
                    && extraLength == 4 + wanted
                    && unsigned(extra.getShort()) == EXTRA_64
                    && unsigned(extra.getShort()) == wanted;
            if (!fits) {
                throw refused("%s has fields that no bundle has".formatted(shown));
            }
            if (bytes == MANY) {
                bytes = extra.getLong();
                packed = extra.getLong();
            }
            begin = begin == MANY ? extra.getLong() : begin;
            if (bytes < 0 || packed != bytes || begin < 0) {
                throw refused("%s has a length that cannot be".formatted(shown));
            }
        }
        return new Entry(text, bytes, crc32, begin);
    }

    /** A name that anybody may have chosen, as it can be shown in a line. */
    private static String shown(String name) {
        String plain = name.replaceAll("[^ -~]", "?");
        return plain.length() > 80 ? plain.substring(0, 80) + "…" : plain;
    }

    /** Refuses a name that leads out of the folder that it is unpacked to, or to the same file as another one. */
    private void name(String name, Set<String> names, Set<String> folders) {
        List<String> segments = Arrays.asList(name.split("/", -1));
        if (segments.size() > DEEPEST
                || !segments.stream().allMatch(part -> SEGMENT.matcher(part).matches())) {
            throw refused(
                    "it holds a file with the name '%s', which may lead out of its folder".formatted(shown(name)));
        }
        String same = name.toLowerCase(Locale.ROOT);
        for (int slash = same.indexOf('/'); slash >= 0; slash = same.indexOf('/', slash + 1)) {
            folders.add(same.substring(0, slash));
        }
        if (!names.add(same)) {
            throw refused("it holds %s twice".formatted(name));
        }
    }

    /** Compares an entry's own header with the directory; returns where its bytes end. */
    private long end(Entry entry) throws IOException {
        int name = entry.name().length();
        boolean large = entry.bytes() >= MANY;
        long dataAt = entry.begin() + LOCAL_LENGTH + name + (large ? 20 : 0);
        ByteBuffer header = at(entry.begin(), (int) (dataAt - entry.begin()));
        boolean same = header.getInt() == LOCAL;
        header.getShort();
        same &= (unsigned(header.getShort()) & ~UTF_8) == 0 && header.getShort() == 0;
        header.getInt();
        same &= unsigned(header.getInt()) == entry.crc32();
        long bytes = large ? MANY : entry.bytes();
        same &= unsigned(header.getInt()) == bytes;
        same &= unsigned(header.getInt()) == bytes;
        same &= unsigned(header.getShort()) == name && unsigned(header.getShort()) == (large ? 20 : 0);
        byte[] path = new byte[name];
        header.get(path);
        same &= Arrays.equals(path, entry.name().getBytes(StandardCharsets.ISO_8859_1));
        if (large) {
            same &= unsigned(header.getShort()) == EXTRA_64 && header.getShort() == 16;
            same &= header.getLong() == entry.bytes();
            same &= header.getLong() == entry.bytes();
        }
        if (!same) {
            throw refused("%s is another file in its place than in the archive's directory".formatted(entry.name()));
        }
        return dataAt + entry.bytes();
    }

    /** A file's bytes, once. */
    InputStream open(Entry entry) throws IOException {
        long from = end(entry) - entry.bytes();
        InputStream all = Channels.newInputStream(channel.position(from));
        return new InputStream() {
            private long left = entry.bytes();

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] to, int at, int length) throws IOException {
                if (left == 0) {
                    return -1;
                }
                int read = all.read(to, at, (int) Math.min(length, left));
                if (read < 0) {
                    throw new EOFException("it was cut short while it was read");
                }
                left -= read;
                return read;
            }
        };
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new AuditException("%s cannot be closed: %s".formatted(file, Texts.reason(e)), e);
        }
    }
}
