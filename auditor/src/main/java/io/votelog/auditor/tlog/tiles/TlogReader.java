// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.StrictEncoding;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.schemas.hash.Merkle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log of a given size and verifies its files against the root. A tile is used only when its hash is in a
 * verified tile above it; the last tiles of all levels are used only when together they hash to the root. Used by one
 * thread.
 *
 * <p>Files are read when they are needed. Each method throws a {@link TlogException}, which names the file, where a
 * file is missing, cannot be read, or does not match the root.
 */
public final class TlogReader {
    /** The number of recently used tiles that are kept in memory: 8 MB. */
    private static final int KEPT_TILES = 1024;

    /** The number of files that are fetched ahead. */
    private static final int AHEAD = 64;

    private final TileSource source;
    private final TreeTiles tiles;
    private final long size;
    private final byte[] root;
    private final Merkle merkle = new Merkle();

    private final Map<Place, byte[]> believed = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, byte[]> eldest) {
            return size() > KEPT_TILES;
        }
    };

    /** The partial tile of each level; null before they are read. */
    private @Nullable List<byte[]> edge;

    private record Place(int level, long index) {}

    /**
     * A reader of the tree with this size and root, which must be from a verified checkpoint.
     *
     * @param source the log's files; the log may have grown since the checkpoint
     * @param size the number of leaves, at least 0
     * @param root {@value Merkle#HASH} bytes
     * @throws IllegalArgumentException when the size is negative
     */
    public TlogReader(TileSource source, long size, byte[] root) {
        if (size < 0) {
            throw new IllegalArgumentException("a log of %d leaves".formatted(size));
        }
        this.source = source;
        this.size = size;
        this.root = root.clone();
        tiles = new TreeTiles(source, size);
    }

    /**
     * A leaf's hash.
     *
     * @throws IllegalArgumentException when the log has no such leaf
     */
    byte[] leafHash(long index) {
        checkIndex(index);
        return hashAt(tile(0, index / TilePath.WIDTH), (int) (index % TilePath.WIDTH));
    }

    /**
     * An entry, verified against the leaf's hash.
     *
     * @throws IllegalArgumentException when the log has no such entry
     */
    public byte[] entry(long index) {
        checkIndex(index);
        byte[][] entry = new byte[1][];
        entries(index, index + 1, (at, bytes) -> entry[0] = bytes);
        return Objects.requireNonNull(entry[0]);
    }

    /**
     * Passes entries in their order to a consumer, each verified against its leaf's hash. One bundle is in memory at a
     * time. When an entry does not match, the consumer has had all entries before it.
     *
     * @param from the index of the first entry
     * @param to the index after the last entry
     * @throws IllegalArgumentException when the log does not have all of them
     */
    public void entries(long from, long to, EntryConsumer consumer) {
        checkRange(from, to);
        byte[] hash = new byte[Merkle.HASH];
        for (long index = from; index < to; ) {
            long place = index / TilePath.WIDTH;
            byte[] hashes = tile(0, place);
            byte[] bundle = tiles.bundle(place);
            String path = tiles.entriesPath(place);
            int[] offsets = EntryBundle.offsets(bundle, tiles.width(0, place), true, path);
            long end = Math.min(to, (place + 1) * TilePath.WIDTH);
            for (; index < end; index++) {
                int i = (int) (index % TilePath.WIDTH);
                merkle.leaf(bundle, offsets[i] + 2, offsets[i + 1] - offsets[i] - 2, hash, 0);
                if (!isAt(hash, hashes, i)) {
                    throw new TlogException("entry %d, the one at %d of %s, hashes to %s; the log's leaf is %s"
                            .formatted(
                                    index,
                                    i,
                                    path,
                                    StrictEncoding.base64(hash),
                                    StrictEncoding.base64(hashAt(hashes, i))));
                }
                consumer.accept(index, Arrays.copyOfRange(bundle, offsets[i] + 2, offsets[i + 1]));
            }
        }
    }

    /**
     * The proof that a leaf is in this tree (RFC 6962, section 2.1.1), from its sibling up.
     *
     * @throws IllegalArgumentException when the log has no such leaf
     */
    public List<byte[]> inclusion(long index) {
        checkIndex(index);
        List<byte[]> proof = new ArrayList<>();
        long from = 0;
        long to = size;
        while (to - from > 1) {
            long middle = from + split(to - from);
            if (index < middle) {
                proof.add(hash(middle, to));
                to = middle;
            } else {
                proof.add(hash(from, middle));
                from = middle;
            }
        }
        Collections.reverse(proof);
        return proof;
    }

    /**
     * The proof that this tree is consistent with an older one (RFC 6962, section 2.1.2). It has no hashes when the
     * older tree is empty or the same.
     *
     * @param oldSize the older tree's number of leaves
     * @throws IllegalArgumentException when it is negative or larger than this one's
     */
    public List<byte[]> consistency(long oldSize) {
        checkOldSize(oldSize);
        List<byte[]> proof = new ArrayList<>();
        long from = 0;
        long to = size;
        // Descends to the subtree that ends where the older tree ends.
        while (oldSize > 0 && to != oldSize) {
            long middle = from + split(to - from);
            if (oldSize <= middle) {
                proof.add(hash(middle, to));
                to = middle;
            } else {
                proof.add(hash(from, middle));
                from = middle;
            }
        }
        // A subtree that also begins at leaf 0 is the whole older tree, whose root the verifier has.
        if (from > 0) {
            proof.add(hash(from, to));
        }
        Collections.reverse(proof);
        return proof;
    }

    /**
     * The root of the older tree that consists of this tree's first leaves.
     *
     * @param oldSize its number of leaves
     * @throws IllegalArgumentException when it is negative or larger than this one's
     */
    public byte[] root(long oldSize) {
        checkOldSize(oldSize);
        return oldSize == 0 ? Merkle.emptyRoot() : hash(0, oldSize);
    }

    /**
     * Reads every tile, and verifies each hash against the tile below it, up to the root. Entries are not read;
     * {@link #entries} does that.
     *
     * @throws TlogException which names the first tile that is wrong, and the hash that it should have
     */
    public void check() {
        check(0);
    }

    /**
     * The same without the tiles of an older tree, for callers who have verified them before, and who verify that this
     * tree is consistent with the older one ({@link #consistency}).
     *
     * @param oldSize the older tree's number of leaves; 0 reads every tile
     * @throws TlogException which names the first tile that is not what it should be, and what that is
     */
    public void check(long oldSize) {
        checkOldSize(oldSize);
        edge();
        for (int level = TilePath.levels(size) - 2; level >= 0; level--) {
            long full = TilePath.fullTiles(level, size);
            long first = TilePath.fullTiles(level, oldSize);
            for (long index = first; index < full; index++) {
                if ((index - first) % AHEAD == 0) {
                    tiles.ahead(level, index, Math.min(full, index + 2 * AHEAD));
                }
                tile(level, index);
            }
        }
    }

    /** The tree's right edge, verified. */
    public TreeEdge rightEdge() {
        return new TreeEdge(size, edge());
    }

    /**
     * Announces that these entries will be read, so that their files can be fetched ahead.
     *
     * @throws IllegalArgumentException when the log does not have all of them
     */
    public void ahead(long from, long to) {
        checkRange(from, to);
        if (from < to) {
            long first = from / TilePath.WIDTH;
            long behind = (to - 1) / TilePath.WIDTH + 1;
            tiles.ahead(0, first, behind);
            tiles.bundlesAhead(first, behind);
        }
    }

    private void checkRange(long from, long to) {
        if (from < 0 || from > to || to > size) {
            throw new IllegalArgumentException("entries %d to %d of a log of %d".formatted(from, to, size));
        }
    }

    private void checkIndex(long index) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("entry %d of a log of %d".formatted(index, size));
        }
    }

    private void checkOldSize(long oldSize) {
        if (oldSize < 0 || oldSize > size) {
            throw new IllegalArgumentException("%d leaves of a log of %d".formatted(oldSize, size));
        }
    }

    /** The largest power of two that is less than {@code count}. */
    private static long split(long count) {
        return Long.highestOneBit(count - 1);
    }

    /**
     * The hash over leaves that form a subtree or the right edge of one. {@code from} must be a multiple of a power of
     * two that is at least {@code to - from}.
     */
    private byte[] hash(long from, long to) {
        byte[] hash = null;
        long end = to;
        while (end > from) {
            long width = Long.lowestOneBit(end - from);
            byte[] subtree = wholeSubtree(end - width, width);
            hash = hash == null ? subtree : merkle.node(subtree, hash);
            end -= width;
        }
        return Objects.requireNonNull(hash);
    }

    /** The hash over 2^k leaves from a multiple of 2^k on. It is in one tile, or is computed from a part of one. */
    private byte[] wholeSubtree(long from, long width) {
        int height = Long.numberOfTrailingZeros(width);
        int level = Math.min(height / TilePath.WIDTH_BITS, TilePath.LEVELS - 1);
        long first = from >>> (level * TilePath.WIDTH_BITS);
        int hashes = 1 << (height - level * TilePath.WIDTH_BITS);
        return merkle.root(tile(level, first / TilePath.WIDTH), (int) (first % TilePath.WIDTH), hashes);
    }

    /** A verified tile. */
    private byte[] tile(int level, long index) {
        if (index == TilePath.fullTiles(level, size)) {
            return edge().get(level);
        }
        Place place = new Place(level, index);
        byte[] known = believed.get(place);
        if (known != null) {
            return known;
        }
        byte[] above = tile(level + 1, index / TilePath.WIDTH);
        byte[] tile = tiles.hashes(level, index);
        byte[] hash = merkle.root(tile, 0, TilePath.WIDTH);
        int at = (int) (index % TilePath.WIDTH);
        if (!isAt(hash, above, at)) {
            throw new TlogException("%s hashes to %s; %s, which is right, says %s"
                    .formatted(
                            tiles.path(level, index),
                            StrictEncoding.base64(hash),
                            tiles.path(level + 1, index / TilePath.WIDTH),
                            StrictEncoding.base64(hashAt(above, at))));
        }
        believed.put(place, tile);
        return tile;
    }

    /**
     * The partial tiles, from the leaves up, verified: together they hash to the root. A level without a partial tile
     * has an empty array.
     */
    private List<byte[]> edge() {
        if (edge != null) {
            return edge;
        }
        List<byte[]> read = new ArrayList<>();
        for (int level = 0; level < TilePath.levels(size); level++) {
            if (TilePath.partialWidth(level, size) > 0) {
                long last = TilePath.fullTiles(level, size);
                tiles.ahead(level, last, last + 1);
            }
        }
        for (int level = 0; level < TilePath.levels(size); level++) {
            read.add(
                    TilePath.partialWidth(level, size) == 0
                            ? new byte[0]
                            : tiles.hashes(level, TilePath.fullTiles(level, size)));
        }
        byte[] hash = TreeEdge.rootOf(read);
        if (!Arrays.equals(hash, root)) {
            throw wrongEdge(read, hash);
        }
        edge = read;
        return read;
    }

    /** Finds which partial tile does not match the root: the one that contradicts the tiles below it. */
    private TlogException wrongEdge(List<byte[]> partial, byte[] hash) {
        for (int level = 0; level < partial.size(); level++) {
            byte[] hashes = partial.get(level);
            long index = TilePath.fullTiles(level, size);
            List<byte[]> below = hashes.length == 0 ? List.of() : hashesBelow(level, index);
            for (int i = 0; i < below.size(); i++) {
                if (!isAt(below.get(i), hashes, i)) {
                    return new TlogException("%s has %s as its hash %d; what is below it hashes to %s"
                            .formatted(
                                    tiles.path(level, index),
                                    StrictEncoding.base64(hashAt(hashes, i)),
                                    i,
                                    StrictEncoding.base64(below.get(i))));
                }
            }
        }
        List<String> paths = new ArrayList<>();
        for (int level = 0; level < partial.size(); level++) {
            if (partial.get(level).length > 0) {
                paths.add(tiles.path(level, TilePath.fullTiles(level, size)));
            }
        }
        return new TlogException("the tiles in %s%s hash to the root %s; of %d leaves it should be %s"
                .formatted(
                        source,
                        paths.isEmpty() ? "" : " at the right edge (" + String.join(", ", paths) + ")",
                        StrictEncoding.base64(hash),
                        size,
                        StrictEncoding.base64(root)));
    }

    /** A tile's hashes, computed from the tiles or entries below it; empty where those cannot be read. */
    private List<byte[]> hashesBelow(int level, long index) {
        List<byte[]> below = new ArrayList<>();
        try {
            if (level == 0) {
                byte[] bundle = tiles.bundle(index);
                int[] offsets = EntryBundle.offsets(bundle, tiles.width(0, index), true, tiles.entriesPath(index));
                EntryBundle.entries(bundle, offsets).forEach(entry -> below.add(merkle.leaf(entry)));
            } else {
                for (int i = 0; i < tiles.width(level, index); i++) {
                    byte[] tile = tiles.hashes(level - 1, index * TilePath.WIDTH + i);
                    below.add(merkle.root(tile, 0, TilePath.WIDTH));
                }
            }
        } catch (TlogException unreadable) {
            return List.of();
        }
        return below;
    }

    private static byte[] hashAt(byte[] hashes, int i) {
        return Arrays.copyOfRange(hashes, i * Merkle.HASH, (i + 1) * Merkle.HASH);
    }

    private static boolean isAt(byte[] hash, byte[] hashes, int i) {
        return Arrays.equals(hash, 0, Merkle.HASH, hashes, i * Merkle.HASH, (i + 1) * Merkle.HASH);
    }
}
