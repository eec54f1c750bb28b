package io.votelog.auditor.tlog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes a log's tiles and entry bundles (C2SP tlog-tiles) below a folder. What is appended is safely there after {@link #flush},
 * and a file is whole from the moment it has its name. Used by one thread.
 */
public final class TileWriter {
    private static final int LONGEST_ENTRY = 65_535;
    private static final String UNFINISHED = ".next";

    private final Path folder;
    private final Merkle merkle = new Merkle();

    /** By level: the hashes of the tile that is not full yet. */
    private final List<List<byte[]>> edge = new ArrayList<>();

    private final ByteArrayOutputStream bundle = new ByteArrayOutputStream();

    /** Files that are written, and have neither been synced nor named yet. */
    private final Set<Path> unfinished = new LinkedHashSet<>();

    /** Folders of partial tiles of which the full ones are among these files. */
    private final List<Path> superseded = new ArrayList<>();

    private long size;
    private long flushed;

    private TileWriter(Path folder, long size) {
        this.folder = folder;
        this.size = size;
        this.flushed = size;
    }

    /**
     * Opens a log.
     *
     * @param folder made when it is not there
     * @param size of the tree that its files hold, 0 for a new one; what is there of later leaves is written anew
     * @throws TlogException when the folder does not hold the right edge of that tree
     */
    public static TileWriter open(Path folder, long size) {
        TileWriter writer = new TileWriter(folder, size);
        TileSource files = new FolderTiles(folder);
        for (int level = 0; Tile.hashes(level, size) > 0; level++) {
            List<byte[]> hashes = new ArrayList<>();
            Tile tile = Tile.of(level, Tile.hashes(level, size) / Tile.FULL, size);
            if (tile.width() > 0) {
                hashes.addAll(TlogReader.hashes(files, tile));
            }
            writer.edge.add(hashes);
        }
        Tile last = Tile.of(Tile.ENTRIES, size / Tile.FULL, size);
        if (last.width() > 0) {
            for (byte[] entry : TlogReader.bundle(files, last)) {
                writer.bundle(entry);
            }
        }
        return writer;
    }

    /** The number of leaves. */
    public long size() {
        return size;
    }

    /**
     * Adds a leaf.
     *
     * @throws IllegalArgumentException when the entry is longer than 65,535 bytes
     * @throws UncheckedIOException when the disk does not take it
     */
    public void append(byte[] entry) {
        if (entry.length > LONGEST_ENTRY) {
            throw new IllegalArgumentException(
                    "an entry of %d bytes; %d are allowed".formatted(entry.length, LONGEST_ENTRY));
        }
        bundle(entry);
        size++;
        if (size % Tile.FULL == 0) {
            write(Tile.of(Tile.ENTRIES, size / Tile.FULL - 1, size), bundle.toByteArray());
            bundle.reset();
        }
        add(0, merkle.leaf(entry));
    }

    private void bundle(byte[] entry) {
        bundle.write(entry.length >> 8);
        bundle.write(entry.length);
        bundle.write(entry, 0, entry.length);
    }

    private void add(int level, byte[] hash) {
        if (edge.size() == level) {
            edge.add(new ArrayList<>(Tile.FULL));
        }
        List<byte[]> tile = edge.get(level);
        tile.add(hash);
        if (tile.size() == Tile.FULL) {
            write(Tile.of(level, Tile.hashes(level, size) / Tile.FULL - 1, size), joined(tile));
            byte[] root = perfect(tile, 0, Tile.FULL);
            tile.clear();
            add(level + 1, root);
        }
    }

    private static byte[] joined(List<byte[]> hashes) {
        return Ed25519.joined(hashes.toArray(byte[][]::new));
    }

    private byte[] perfect(List<byte[]> hashes, int from, int to) {
        if (to - from == 1) {
            return hashes.get(from);
        }
        int half = (from + to) / 2;
        return merkle.node(perfect(hashes, from, half), perfect(hashes, half, to));
    }

    private void write(Tile tile, byte[] bytes) {
        Path file = folder.resolve(tile.path());
        try {
            Files.createDirectories(file.getParent());
            Files.write(file.resolveSibling(file.getFileName() + UNFINISHED), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        unfinished.add(file);
        if (tile.full()) {
            superseded.add(file.resolveSibling(file.getFileName() + ".p"));
        }
    }

    /**
     * Brings everything that was appended safely to disk.
     *
     * @return the root
     * @throws UncheckedIOException when the disk does not take it
     */
    public byte[] flush() {
        if (size > flushed) {
            for (int level = 0; level < edge.size(); level++) {
                // A level that got no hash has the partial tile of before.
                if (!edge.get(level).isEmpty() && Tile.hashes(level, size) > Tile.hashes(level, flushed)) {
                    write(Tile.of(level, Tile.hashes(level, size) / Tile.FULL, size), joined(edge.get(level)));
                }
            }
            if (bundle.size() > 0) {
                write(Tile.of(Tile.ENTRIES, size / Tile.FULL, size), bundle.toByteArray());
            }
            finish();
            flushed = size;
        }
        return root();
    }

    private void finish() {
        try {
            unfinished.parallelStream().forEach(file -> sync(file.resolveSibling(file.getFileName() + UNFINISHED)));
            Set<Path> folders = new LinkedHashSet<>();
            for (Path file : unfinished) {
                Files.move(file.resolveSibling(file.getFileName() + UNFINISHED), file, StandardCopyOption.ATOMIC_MOVE);
                // Up to the folder, whose own entries change with the first file of a level.
                Path parent = file;
                do {
                    parent = Objects.requireNonNull(parent.getParent());
                } while (folders.add(parent) && !parent.equals(folder));
            }
            folders.forEach(TileWriter::sync);
            for (Path partials : superseded) {
                forget(partials);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        unfinished.clear();
        superseded.clear();
    }

    private static void sync(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void forget(Path partials) throws IOException {
        if (Files.isDirectory(partials)) {
            try (Stream<Path> files = Files.list(partials)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(partials);
        }
    }

    /** The root over all that was appended. */
    public byte[] root() {
        byte[] root = null;
        for (List<byte[]> tile : edge) {
            int to = tile.size();
            for (int bit = 0; bit < Tile.BITS; bit++) {
                int width = 1 << bit;
                if ((tile.size() & width) != 0) {
                    byte[] left = perfect(tile, to - width, to);
                    root = root == null ? left : merkle.node(left, root);
                    to -= width;
                }
            }
        }
        return root == null ? Merkle.emptyRoot() : root;
    }
}
