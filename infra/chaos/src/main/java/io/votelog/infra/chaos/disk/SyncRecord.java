// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of a folder is on the disk, as it was told so far. A file is known by its inode, whatever it is named at the moment, and is kept by
 * a hard link, so that one that was replaced or deleted since the last sync of its folder can come back. Outlives the process that writes
 * it. Safe for use by many threads.
 *
 * <p>Each line of the record is one of two, with tabs between:
 *
 * <ul>
 *   <li>{@code F}, a file's inode, and the bytes of it that are on the disk
 *   <li>{@code D}, a folder's inode, and of each entry that the folder has on the disk the name, the inode, and {@code F} or {@code D}
 * </ul>
 */
final class SyncRecord implements Closeable {
    static final String FILE = "F";
    static final String FOLDER = "D";
    private static final String LINES = "covered";
    private static final String LINKS = "inodes";

    private final Path links;
    private final OutputStream out;
    private final Set<Long> linked = ConcurrentHashMap.newKeySet();

    /** A file or a folder as it is now. */
    private record Found(long inode, long bytes, boolean isFolder) {
        static Found at(Path path, LinkOption... options) throws IOException {
            Map<String, Object> is = Files.readAttributes(path, "unix:ino,size,isDirectory", options);
            return new Found(number(is, "ino"), number(is, "size"), Boolean.TRUE.equals(is.get("isDirectory")));
        }

        private static long number(Map<String, Object> attributes, String name) {
            return ((Number) Objects.requireNonNull(attributes.get(name))).longValue();
        }
    }

    private SyncRecord(Path record) throws IOException {
        this.links = Files.createDirectories(record.resolve(LINKS));
        this.out = new FileOutputStream(lines(record).toFile(), true);
    }

    /**
     * Begins the record of a folder, all of which is taken to be on the disk now; goes on with the record where there is one already, so
     * a process that was killed on a machine that went on has its files as they were.
     *
     * @param record the record's own folder, in the same file system
     */
    static SyncRecord of(Path folder, Path record) throws IOException {
        boolean begun = Files.exists(lines(record));
        SyncRecord covered = new SyncRecord(record);
        if (!begun) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.toList()) {
                    covered.cover(path);
                }
            }
        }
        return covered;
    }

    static Path lines(Path record) {
        return record.resolve(LINES);
    }

    /** The file or the content that has had this inode since the record was begun. */
    static Path link(Path record, long inode) {
        return record.resolve(LINKS).resolve(Long.toString(inode));
    }

    /** What a sync that begins now covers of an open file or folder; null where it has been deleted. */
    @Nullable
    String look(int descriptor) throws IOException {
        Path open = Path.of("/proc/self/fd", Integer.toString(descriptor));
        return look(Files.readSymbolicLink(open), open);
    }

    /**
     * @param named where it is found by name
     * @param itself the same, whatever has taken its name meanwhile
     */
    @Nullable
    String look(Path named, Path itself) throws IOException {
        try {
            Found found = Found.at(itself);
            if (found.isFolder()) {
                return folder(named, found.inode());
            }
            keep(named, found.inode());
            return FILE + '\t' + found.inode() + '\t' + found.bytes();
        } catch (NoSuchFileException gone) {
            return null;
        }
    }

    private String folder(Path folder, long inode) throws IOException {
        StringBuilder line = new StringBuilder(FOLDER).append('\t').append(inode);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                try {
                    Found found = Found.at(entry, LinkOption.NOFOLLOW_LINKS);
                    if (!found.isFolder()) {
                        keep(entry, found.inode());
                    }
                    line.append('\t').append(entry.getFileName()).append('\t').append(found.inode());
                    line.append('\t').append(found.isFolder() ? FOLDER : FILE);
                } catch (NoSuchFileException gone) {
                    // It was deleted while the folder was read.
                }
            }
        }
        return line.toString();
    }

    /** Links a file, so that its inode is not given to another one and its bytes stay. */
    private void keep(Path file, long inode) throws IOException {
        if (linked.contains(inode)) {
            return;
        }
        try {
            Files.createLink(links.resolve(Long.toString(inode)), file);
            linked.add(inode);
        } catch (FileAlreadyExistsException known) {
            linked.add(inode);
        } catch (NoSuchFileException renamed) {
            // Its folder links it, under the name that it has got, where that folder is synced.
        }
    }

    /** Notes what a sync has covered. Returns when a kill of this process cannot undo that any more. */
    synchronized void covered(String looked) throws IOException {
        out.write((looked + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void cover(Path path) throws IOException {
        String looked = look(path, path);
        if (looked != null) {
            covered(looked);
        }
    }

    /** Has half of the files and folders written back as they are now, as an operating system does it: each by itself, in no order. */
    void writeBackSome(Path folder, Random random) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(any -> random.nextBoolean()).toList()) {
                cover(path);
            }
        } catch (UncheckedIOException deletedMeanwhile) {
            if (!(deletedMeanwhile.getCause() instanceof NoSuchFileException)) {
                throw deletedMeanwhile.getCause();
            }
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
