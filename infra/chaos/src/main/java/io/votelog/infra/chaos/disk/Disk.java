// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import io.votelog.infra.broker.FileTrees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder as the disk has it by its record, when the machine has lost power. Each folder has the entries that it had when it was last
 * synced, so a file that was made, renamed or replaced since then is not there, or is the one before. Each file has the bytes that it had
 * when it was last synced, and one that never was has none. What was cut off a file stays cut off. Indexes are never there: brokers change
 * them in place and make them anew.
 */
public final class Disk {
    private final Path record;
    private final Map<Long, Long> bytes = new HashMap<>();
    private final Map<Long, List<Entry>> folders = new HashMap<>();

    private record Entry(String name, long inode, boolean isFolder) {}

    /**
     * What was not on the disk.
     *
     * @param files that are not there any more
     * @param bytes that are not there any more, in all files
     */
    public record Lost(long files, long bytes) {
        /** This and that. */
        public Lost plus(Lost other) {
            return new Lost(files + other.files, bytes + other.bytes);
        }
    }

    private Disk(Path record) throws IOException {
        this.record = record;
        String all = Files.readString(SyncRecord.lines(record));
        // A line that the kill has cut says nothing.
        all.substring(0, all.lastIndexOf('\n') + 1).lines().forEach(this::take);
    }

    private void take(String line) {
        String[] words = line.split("\t");
        long inode = Long.parseLong(words[1]);
        if (words[0].equals(SyncRecord.FILE)) {
            bytes.put(inode, Long.parseLong(words[2]));
            return;
        }
        List<Entry> entries = new ArrayList<>();
        for (int at = 2; at < words.length; at += 3) {
            entries.add(new Entry(words[at], Long.parseLong(words[at + 1]), words[at + 2].equals(SyncRecord.FOLDER)));
        }
        folders.put(inode, entries);
    }

    /**
     * Puts a folder back to what its record has, and deletes the record: the next one begins with what is there. No process may have it open.
     *
     * @param record the record's folder, in the same file system
     */
    public static Lost putBack(Path folder, Path record) throws IOException {
        Map<String, Long> before = files(folder);
        Path back = folder.resolveSibling(folder.getFileName() + ".back");
        FileTrees.delete(back);
        new Disk(record).write((Long) Files.getAttribute(folder, "unix:ino"), back);
        FileTrees.delete(folder);
        Files.move(back, folder);
        FileTrees.delete(record);
        Map<String, Long> after = files(folder);
        long gone = before.keySet().stream()
                .filter(name -> !after.containsKey(name))
                .count();
        long bytesGone = before.entrySet().stream()
                .mapToLong(file -> Math.max(0, file.getValue() - after.getOrDefault(file.getKey(), 0L)))
                .sum();
        return new Lost(gone, bytesGone);
    }

    private void write(long folder, Path target) throws IOException {
        Files.createDirectory(target);
        for (Entry entry : folders.getOrDefault(folder, List.of())) {
            Path path = target.resolve(entry.name());
            if (entry.isFolder()) {
                write(entry.inode(), path);
            } else if (!isIndex(entry.name())) {
                copy(entry.inode(), path);
            }
        }
    }

    private void copy(long inode, Path target) throws IOException {
        Path kept = SyncRecord.link(record, inode);
        if (Files.notExists(kept)) {
            return;
        }
        try (FileChannel from = FileChannel.open(kept, StandardOpenOption.READ);
                FileChannel to = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long length = Math.min(from.size(), bytes.getOrDefault(inode, 0L));
            long copied = 0;
            while (copied < length) {
                copied += from.transferTo(copied, length - copied, to);
            }
        }
    }

    private static boolean isIndex(String name) {
        return name.endsWith(".index") || name.endsWith(".timeindex");
    }

    private static Map<String, Long> files(Path folder) throws IOException {
        Map<String, Long> lengths = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                if (!isIndex(String.valueOf(path.getFileName()))) {
                    lengths.put(folder.relativize(path).toString(), Files.size(path));
                }
            }
        }
        return lengths;
    }
}
