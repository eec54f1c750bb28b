// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.TlogException;
import io.votelog.schemas.hash.Merkle;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes a log's tiles and entry bundles below a folder (c2sp.org/tlog-tiles). When {@link #flush} returns a root, all
 * files of that tree are completely on the disk, so a checkpoint must be signed after that. The checkpoint file itself
 * is written by the caller.
 *
 * <p>Only one writer may use a folder at a time. Used by one thread.
 */
public final class TileWriter {
    /** The most bytes of full tiles that wait in memory for the next flush. */
    private static final int WAITING_BYTES = 64 << 20;

    /**
     * The number of threads that force files to the disk. A disk forces many files at once in little more time than
     * one, and it bounds the number of entries a second.
     */
    private static final int FORCED_AT_A_TIME = 32;

    private static final ExecutorService FORCING = threads();

    private static final String TEMPORARY = ".new";

    private final Path folder;
    private final Merkle merkle = new Merkle();
    private final List<Level> levels = new ArrayList<>();

    /** The files that changed since the last flush, by path, in the order in which they were filled. */
    private final Map<String, byte[]> waiting = new LinkedHashMap<>();

    /** Of the waiting files, those that are being written to temporary files, or are written. */
    private final Map<String, Future<?>> stored = new HashMap<>();

    /** Folders in which files were created or renamed since the last flush. */
    private final Set<Path> touched = new LinkedHashSet<>();

    /** Folders that are known to exist. */
    private final Set<Path> existingFolders = new HashSet<>();

    private byte[] bundle = new byte[1 << 16];
    private int bundleLength;
    private int waitingBytes;
    private long size;

    /** The last tile of a level, full or partial. */
    private static final class Level {
        private final byte[] hashes = new byte[TilePath.WIDTH * Merkle.HASH];
        private int width;
        private int writtenWidth;
    }

    /** Daemon threads that end when they are idle. */
    private static ExecutorService threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                FORCED_AT_A_TIME, FORCED_AT_A_TIME, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "log-tiles");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private TileWriter(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    /**
     * Opens a log of a given size for writing. Files of later leaves are from a run that died before it signed their
     * checkpoint; they are overwritten in their turn. The caller must compare {@link #root} with the checkpoint.
     *
     * @param folder the folder of the log's files; it is created when the first tile is written
     * @param size the number of leaves of the last checkpoint, at least 0; 0 begins a new log
     * @throws TlogException when the right edge of a tree of this size is missing or damaged
     * @throws IllegalArgumentException when the size is negative
     */
    public static TileWriter open(Path folder, long size) {
        if (size < 0) {
            throw new IllegalArgumentException("a log of %d leaves".formatted(size));
        }
        TileWriter writer = new TileWriter(folder);
        writer.load(new TreeTiles(new FolderTiles(folder), size), size);
        return writer;
    }

    private void load(TreeTiles tiles, long leaves) {
        size = leaves;
        for (int level = 0; level < TilePath.levels(leaves); level++) {
            Level edge = level(level);
            edge.width = TilePath.partialWidth(level, leaves);
            long index = TilePath.fullTiles(level, leaves);
            if (edge.width > 0) {
                byte[] hashes = tiles.hashes(level, index);
                System.arraycopy(hashes, 0, edge.hashes, 0, hashes.length);
                if (Files.exists(folder.resolve(tiles.path(level, index)))) {
                    edge.writtenWidth = edge.width;
                }
            }
            checkLastFullTile(tiles, level, index - 1);
        }
        if (!levels.isEmpty() && levels.get(0).width > 0) {
            loadBundle(tiles, TilePath.fullTiles(0, leaves));
        }
    }

    /**
     * Checks that the last full tile of a level hashes to the last hash of the level above: a cheap check that both
     * belong to one tree.
     */
    private void checkLastFullTile(TreeTiles tiles, int level, long index) {
        if (index < 0) {
            return;
        }
        byte[] hash = merkle.root(tiles.hashes(level, index), 0, TilePath.WIDTH);
        long parent = index / TilePath.WIDTH;
        int place = (int) (index % TilePath.WIDTH);
        byte[] above = tiles.hashes(level + 1, parent);
        if (!Arrays.equals(hash, 0, Merkle.HASH, above, place * Merkle.HASH, (place + 1) * Merkle.HASH)) {
            throw new TlogException("%s in %s is not what hash %d of %s says, one of them is damaged"
                    .formatted(tiles.path(level, index), folder, place, tiles.path(level + 1, parent)));
        }
    }

    private void loadBundle(TreeTiles tiles, long index) {
        byte[] stored = tiles.bundle(index);
        int width = tiles.width(0, index);
        int[] offsets = EntryBundle.offsets(stored, width, true, tiles.entriesPath(index));
        byte[] hash = new byte[Merkle.HASH];
        for (int i = 0; i < width; i++) {
            merkle.leaf(stored, offsets[i] + 2, offsets[i + 1] - offsets[i] - 2, hash, 0);
            if (!Arrays.equals(hash, 0, Merkle.HASH, levels.get(0).hashes, i * Merkle.HASH, (i + 1) * Merkle.HASH)) {
                throw new TlogException("entry %d of %s in %s is not the one whose hash is in %s"
                        .formatted(i, tiles.entriesPath(index), folder, tiles.path(0, index)));
            }
        }
        addToBundle(stored, 0, stored.length);
    }

    /** The number of leaves, including those that wait for a flush. */
    public long size() {
        return size;
    }

    /**
     * Appends a leaf. It is on the disk after the next flush.
     *
     * @param entry at most 65,535 bytes
     * @throws IllegalArgumentException when the entry is longer
     * @throws TlogException when tiles had to be written and could not be
     */
    public void append(byte[] entry) {
        if (entry.length > EntryBundle.LONGEST_ENTRY) {
            throw new IllegalArgumentException(
                    "an entry of %d bytes; at most %d are possible".formatted(entry.length, EntryBundle.LONGEST_ENTRY));
        }
        if (waitingBytes > WAITING_BYTES) {
            // These tiles are beyond every checkpoint, so they may be written before the next flush.
            write();
        }
        byte[] length = {(byte) (entry.length >> Byte.SIZE), (byte) entry.length};
        addToBundle(length, 0, length.length);
        addToBundle(entry, 0, entry.length);
        Level leaves = level(0);
        merkle.leaf(entry, 0, entry.length, leaves.hashes, leaves.width * Merkle.HASH);
        leaves.width++;
        size++;
        for (int level = 0; levels.get(level).width == TilePath.WIDTH; level++) {
            complete(level);
        }
    }

    private void complete(int level) {
        Level full = levels.get(level);
        long index = TilePath.fullTiles(level, size) - 1;
        Level above = level(level + 1);
        System.arraycopy(
                merkle.root(full.hashes, 0, TilePath.WIDTH), 0, above.hashes, above.width * Merkle.HASH, Merkle.HASH);
        above.width++;
        String path = TilePath.tile(level, index, TilePath.WIDTH);
        await(path, full.hashes.clone());
        storeEarly(path);
        if (level == 0) {
            String entries = TilePath.entries(index, TilePath.WIDTH);
            await(entries, Arrays.copyOf(bundle, bundleLength));
            storeEarly(entries);
            bundleLength = 0;
        }
        full.width = 0;
        full.writtenWidth = 0;
    }

    /**
     * Begins to write a full tile, which no longer changes, while others are filled, so that the flush has less to wait
     * for.
     */
    private void storeEarly(String path) {
        try {
            store(path);
        } catch (IOException e) {
            // Not reported here: the flush tries again, and reports what is wrong.
            existingFolders.clear();
        }
    }

    private void await(String path, byte[] bytes) {
        byte[] earlier = waiting.put(path, bytes);
        waitingBytes += bytes.length - (earlier == null ? 0 : earlier.length);
    }

    /**
     * Writes every tile and bundle that changed since the last flush, full and partial: to a temporary file beside it,
     * which is forced to the disk and then renamed; then the folders are forced too. Partial tiles of earlier sizes are
     * deleted after the full tile exists, never before.
     *
     * @return the root over all leaves
     * @throws TlogException when something could not be written; nothing is lost, and the next flush tries again
     */
    public byte[] flush() {
        for (int level = 0; level < levels.size(); level++) {
            Level edge = levels.get(level);
            if (edge.width > edge.writtenWidth) {
                long index = TilePath.fullTiles(level, size);
                await(TilePath.tile(level, index, edge.width), Arrays.copyOf(edge.hashes, edge.width * Merkle.HASH));
                if (level == 0) {
                    await(TilePath.entries(index, edge.width), Arrays.copyOf(bundle, bundleLength));
                }
            }
        }
        write();
        for (Level edge : levels) {
            edge.writtenWidth = edge.width;
        }
        return root();
    }

    /** The root over all leaves, including those that wait for a flush. */
    public byte[] root() {
        byte[] right = null;
        for (Level edge : levels) {
            if (edge.width > 0) {
                right = fold(edge, right);
            }
        }
        return right == null ? Merkle.emptyRoot() : right;
    }

    /** The root over a level's last hashes and the hash of everything to their right in the levels below. */
    private byte[] fold(Level edge, byte @Nullable [] right) {
        byte[] root = right;
        int end = edge.width;
        // Complete subtrees from the right: their widths are the one bits of the number of hashes, the smallest first.
        while (end > 0) {
            int width = Integer.lowestOneBit(end);
            byte[] subtree = merkle.root(edge.hashes, end - width, width);
            root = root == null ? subtree : merkle.node(subtree, root);
            end -= width;
        }
        return Objects.requireNonNull(root);
    }

    private Level level(int level) {
        if (level == levels.size()) {
            levels.add(new Level());
        }
        return levels.get(level);
    }

    private void addToBundle(byte[] bytes, int from, int length) {
        if (bundleLength + length > bundle.length) {
            bundle = Arrays.copyOf(bundle, Math.max(2 * bundle.length, bundleLength + length));
        }
        System.arraycopy(bytes, from, bundle, bundleLength, length);
        bundleLength += length;
    }

    private void write() {
        try {
            for (String path : waiting.keySet()) {
                store(path);
            }
            awaitStored();
            List<Path> targets = waiting.keySet().stream().map(folder::resolve).toList();
            for (Path target : targets) {
                Files.move(temporary(target), target, StandardCopyOption.ATOMIC_MOVE);
            }
            for (Path directory : touched) {
                force(directory, StandardOpenOption.READ);
            }
            for (Path target : targets) {
                deletePartials(target);
            }
            waiting.clear();
            waitingBytes = 0;
            stored.clear();
            touched.clear();
        } catch (IOException e) {
            // After a failure the state of the folders is unknown.
            existingFolders.clear();
            throw new TlogException("the log in %s can't be written: %s".formatted(folder, BoundedFile.why(e)), e);
        }
    }

    /** Begins to write a waiting file to a temporary file, and to force it. */
    private void store(String path) throws IOException {
        if (stored.containsKey(path)) {
            return;
        }
        byte[] bytes = Objects.requireNonNull(waiting.get(path));
        Path target = folder.resolve(path);
        makeFolder(parent(target));
        touched.add(parent(target));
        stored.put(path, FORCING.submit(() -> {
            Files.write(temporary(target), bytes);
            force(temporary(target), StandardOpenOption.WRITE);
            return null;
        }));
    }

    private void awaitStored() throws IOException {
        IOException failure = null;
        for (Future<?> file : stored.values()) {
            try {
                file.get();
            } catch (ExecutionException e) {
                failure = new IOException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
        if (failure != null) {
            // A file that could not be forced may be lost, so the next flush writes all of them again.
            stored.clear();
            throw failure;
        }
    }

    /** Creates a folder, and marks its parent as changed. */
    private void makeFolder(Path directory) throws IOException {
        if (!existingFolders.add(directory) || Files.isDirectory(directory)) {
            return;
        }
        Path above = directory.getParent();
        if (above != null) {
            makeFolder(above);
            touched.add(above);
        }
        Files.createDirectory(directory);
    }

    /** Deletes the partial tiles of a tile that is full now. */
    private void deletePartials(Path target) throws IOException {
        Path partials = target.resolveSibling(target.getFileName() + ".p");
        if (!Files.isDirectory(partials)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(partials)) {
            for (Path partial : files) {
                Files.deleteIfExists(partial);
            }
        }
        Files.deleteIfExists(partials);
        existingFolders.remove(partials);
    }

    private static void force(Path path, StandardOpenOption mode) throws IOException {
        try (FileChannel channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }

    private static Path temporary(Path target) {
        return target.resolveSibling(target.getFileName() + TEMPORARY);
    }

    private static Path parent(Path target) {
        return Objects.requireNonNull(target.getParent());
    }
}
