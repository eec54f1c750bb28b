package io.votelog.auditor.tlog;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a log of a given size and root. Whatever it gives has been traced up to that root, so it may be read from anywhere. Used
 * by one thread.
 */
public final class TlogReader {
    private static final int KEPT = 1024;

    private final TileSource source;
    private final long size;
    private final byte[] root;
    private final Merkle merkle = new Merkle();
    private final Map<Tile, List<byte[]>> trusted = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Tile, List<byte[]>> eldest) {
            return size() > KEPT;
        }
    };
    private final Map<Tile, List<byte[]>> edge = new LinkedHashMap<>();

    /**
     * Reads nothing yet.
     *
     * @param size the number of leaves
     * @param root of the tree, from a checkpoint that is trusted
     */
    public TlogReader(TileSource source, long size, byte[] root) {
        this.source = source;
        this.size = size;
        this.root = root.clone();
    }

    /** Takes entries in their order. */
    @FunctionalInterface
    public interface EntryConsumer {
        /** The next one. */
        void entry(long index, byte[] entry);
    }

    /** @throws TlogException when it cannot be traced to the root */
    public byte[] leafHash(long index) {
        return hash(0, index);
    }

    /** @throws TlogException when it is not the entry of that leaf */
    public byte[] entry(long index) {
        byte[][] found = new byte[1][];
        entries(index, index + 1, (at, entry) -> found[0] = entry);
        return found[0];
    }

    /**
     * Gives the entries of these leaves, a bundle of them in memory at a time.
     *
     * @throws TlogException at the first that is not the entry of its leaf
     */
    public void entries(long from, long to, EntryConsumer consumer) {
        if (from < 0 || to > size) {
            throw new TlogException("the tree has %d leaves; %d to %d were asked for".formatted(size, from, to));
        }
        long next = from;
        while (next < to) {
            Tile tile = Tile.of(Tile.ENTRIES, next / Tile.FULL, size);
            List<byte[]> bundle = bundle(source, tile);
            List<byte[]> hashes = tile(Tile.of(0, tile.number(), size));
            long start = tile.number() * Tile.FULL;
            for (; next < to && next < start + tile.width(); next++) {
                int at = (int) (next - start);
                if (!Arrays.equals(merkle.leaf(bundle.get(at)), hashes.get(at))) {
                    throw new TlogException("%s: its entry %d, at index %d, is not the one that is hashed in the tree"
                            .formatted(tile.path(), at, next));
                }
                consumer.entry(next, bundle.get(at));
            }
        }
    }

    /** The inclusion proof of a leaf (RFC 6962, section 2.1.1). */
    public List<byte[]> inclusion(long index) {
        if (index < 0 || index >= size) {
            throw new TlogException("the tree has %d leaves, and none at index %d".formatted(size, index));
        }
        List<byte[]> proof = new ArrayList<>();
        path(index, 0, size, proof);
        return proof;
    }

    private void path(long index, long from, long to, List<byte[]> proof) {
        if (to - from == 1) {
            return;
        }
        long split = from + split(to - from);
        if (index < split) {
            path(index, from, split, proof);
            proof.add(subtree(split, to));
        } else {
            path(index, split, to, proof);
            proof.add(subtree(from, split));
        }
    }

    /** The proof that the tree of an old size is how this one begins (RFC 6962, section 2.1.2). */
    public List<byte[]> consistency(long oldSize) {
        if (oldSize < 0 || oldSize > size) {
            throw new TlogException("the tree has %d leaves; %d were asked for".formatted(size, oldSize));
        }
        List<byte[]> proof = new ArrayList<>();
        if (oldSize > 0 && oldSize < size) {
            subproof(oldSize, 0, size, true, proof);
        }
        return proof;
    }

    private void subproof(long oldEnd, long from, long to, boolean known, List<byte[]> proof) {
        if (oldEnd == to) {
            if (!known) {
                proof.add(subtree(from, to));
            }
            return;
        }
        long split = from + split(to - from);
        if (oldEnd <= split) {
            subproof(oldEnd, from, split, known, proof);
            proof.add(subtree(split, to));
        } else {
            subproof(oldEnd, split, to, false, proof);
            proof.add(subtree(from, split));
        }
    }

    /** The largest power of two below a number above 1. */
    private static long split(long width) {
        return Long.highestOneBit(width - 1);
    }

    private byte[] subtree(long from, long to) {
        long width = to - from;
        if (Long.bitCount(width) == 1) {
            int height = Long.numberOfTrailingZeros(width);
            int level = height / Tile.BITS;
            long first = from >> (level * Tile.BITS);
            int count = 1 << (height % Tile.BITS);
            List<byte[]> tile = tile(Tile.of(level, first / Tile.FULL, size));
            int at = (int) (first % Tile.FULL);
            return perfect(tile, at, at + count);
        }
        long split = from + split(width);
        return merkle.node(subtree(from, split), subtree(split, to));
    }

    private byte[] perfect(List<byte[]> hashes, int from, int to) {
        if (to - from == 1) {
            return hashes.get(from);
        }
        int half = (from + to) / 2;
        return merkle.node(perfect(hashes, from, half), perfect(hashes, half, to));
    }

    /**
     * Goes through every tile of every level.
     *
     * @throws TlogException that names the first one, from the top, that does not lead to the root
     */
    public void check() {
        edge();
        for (int level = levels() - 1; level >= 0; level--) {
            long tiles = (Tile.hashes(level, size) + Tile.FULL - 1) / Tile.FULL;
            for (long number = 0; number < tiles; number++) {
                tile(Tile.of(level, number, size));
            }
        }
    }

    private int levels() {
        int levels = 0;
        while (Tile.hashes(levels, size) > 0) {
            levels++;
        }
        return levels;
    }

    private byte[] hash(int level, long number) {
        return tile(Tile.of(level, number / Tile.FULL, size)).get((int) (number % Tile.FULL));
    }

    private List<byte[]> tile(Tile tile) {
        Map<Tile, List<byte[]>> edge = edge();
        if (edge.containsKey(tile)) {
            return edge.get(tile);
        }
        List<byte[]> hashes = trusted.get(tile);
        if (hashes == null) {
            hashes = hashes(source, tile);
            byte[] expected = hash(tile.level() + 1, tile.number());
            byte[] found = perfect(hashes, 0, Tile.FULL);
            if (!Arrays.equals(found, expected)) {
                throw new TlogException(
                        "%s hashes to %s, and the tree says %s".formatted(tile.path(), hex(found), hex(expected)));
            }
            trusted.put(tile, hashes);
        }
        return hashes;
    }

    /** The tiles that are not full: together they give the root. */
    private Map<Tile, List<byte[]>> edge() {
        if (!edge.isEmpty() || size == 0) {
            return edge;
        }
        Map<Tile, List<byte[]>> tiles = new LinkedHashMap<>();
        byte[] found = null;
        for (int level = 0; level < levels(); level++) {
            Tile tile = Tile.of(level, Tile.hashes(level, size) / Tile.FULL, size);
            if (tile.width() == 0) {
                continue;
            }
            List<byte[]> hashes = hashes(source, tile);
            tiles.put(tile, hashes);
            int to = tile.width();
            for (int bit = 0; bit < Tile.BITS; bit++) {
                int width = 1 << bit;
                if ((tile.width() & width) != 0) {
                    byte[] left = perfect(hashes, to - width, to);
                    found = found == null ? left : merkle.node(left, found);
                    to -= width;
                }
            }
        }
        if (!Arrays.equals(found, root)) {
            throw new TlogException("%s together give the root %s, and %s is signed"
                    .formatted(
                            tiles.keySet().stream().map(Tile::path).toList(),
                            found == null ? "of nothing" : hex(found),
                            hex(root)));
        }
        edge.putAll(tiles);
        return edge;
    }

    /** The hashes of a tile, not traced to anything. */
    static List<byte[]> hashes(TileSource source, Tile tile) {
        byte[] bytes = read(source, tile);
        int length = tile.width() * Merkle.HASH;
        if (bytes.length < length || bytes.length % Merkle.HASH != 0 || bytes.length > Tile.FULL * Merkle.HASH) {
            throw new TlogException("%s has %d bytes; %d are needed".formatted(tile.path(), bytes.length, length));
        }
        List<byte[]> hashes = new ArrayList<>(tile.width());
        for (int at = 0; at < length; at += Merkle.HASH) {
            hashes.add(Arrays.copyOfRange(bytes, at, at + Merkle.HASH));
        }
        return hashes;
    }

    /** The entries of a bundle, not traced to anything. */
    static List<byte[]> bundle(TileSource source, Tile tile) {
        ByteBuffer bytes = ByteBuffer.wrap(read(source, tile));
        List<byte[]> entries = new ArrayList<>(tile.width());
        while (entries.size() < tile.width()) {
            int length = bytes.remaining() < Short.BYTES ? -1 : bytes.getShort() & 0xffff;
            if (length < 0 || length > bytes.remaining()) {
                throw new TlogException("%s is cut short behind its entry %d".formatted(tile.path(), entries.size()));
            }
            byte[] entry = new byte[length];
            bytes.get(entry);
            entries.add(entry);
        }
        return entries;
    }

    /** A partial tile may be gone once the whole one stands. */
    private static byte[] read(TileSource source, Tile tile) {
        byte[] bytes = source.read(tile.path());
        if (bytes == null && !tile.full()) {
            bytes = source.read(tile.whole().path());
        }
        if (bytes == null) {
            throw new TlogException("%s is missing".formatted(tile.path()));
        }
        return bytes;
    }

    private static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}
