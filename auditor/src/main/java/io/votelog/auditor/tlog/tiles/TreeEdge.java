// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.TlogException;
import io.votelog.schemas.hash.Merkle;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * The right edge of a tree: the partial tile of each level. Its hashes cover all leaves, so they hash to the root. Who
 * keeps the edge of a tree that was seen can tell, without the tiles of that tree, that a smaller tree is not its
 * beginning.
 */
public final class TreeEdge {
    private final long size;
    private final List<byte[]> levels;

    /**
     * @param size the tree's number of leaves, at least 0
     * @param levels the hashes of each level's partial tile, from the leaves up; empty where a level has none
     * @throws TlogException when a tree of this size has other partial tiles
     */
    public TreeEdge(long size, List<byte[]> levels) {
        if (size < 0 || levels.size() != TilePath.levels(size)) {
            throw new TlogException(
                    "a tree of %d leaves has another number of levels than %d".formatted(size, levels.size()));
        }
        for (int level = 0; level < levels.size(); level++) {
            if (levels.get(level).length != TilePath.partialWidth(level, size) * Merkle.HASH) {
                throw new TlogException("level %d of a tree of %d leaves has %d hashes in its last tile, not %d bytes"
                        .formatted(level, size, TilePath.partialWidth(level, size), levels.get(level).length));
            }
        }
        this.size = size;
        this.levels = levels.stream().map(byte[]::clone).toList();
    }

    /** The tree's number of leaves. */
    public long size() {
        return size;
    }

    /** The hashes of each level's partial tile, from the leaves up. */
    public List<byte[]> levels() {
        return levels.stream().map(byte[]::clone).toList();
    }

    /** The root of the tree with this edge. */
    public byte[] root() {
        return rootOf(levels);
    }

    static byte[] rootOf(List<byte[]> levels) {
        Merkle merkle = new Merkle();
        byte[] hash = null;
        for (byte[] hashes : levels) {
            int end = hashes.length / Merkle.HASH;
            while (end > 0) {
                int width = Integer.lowestOneBit(end);
                byte[] subtree = merkle.root(hashes, end - width, width);
                hash = hash == null ? subtree : merkle.node(subtree, hash);
                end -= width;
            }
        }
        return hash == null ? Merkle.emptyRoot() : hash;
    }

    /**
     * Where a smaller tree is known to differ from this one's beginning. Both edges have hashes of the same subtrees,
     * except near the smaller tree's end; so an empty answer does not say that the smaller tree is the beginning.
     *
     * @return the index of the first leaf of a subtree in which the two trees differ; empty where none is known
     * @throws IllegalArgumentException when the other tree is not smaller
     */
    public OptionalLong difference(TreeEdge smaller) {
        if (smaller.size >= size) {
            throw new IllegalArgumentException("%d leaves are not fewer than %d".formatted(smaller.size, size));
        }
        for (int level = smaller.levels.size() - 1; level >= 0; level--) {
            long tile = TilePath.fullTiles(level, size);
            if (tile != TilePath.fullTiles(level, smaller.size)) {
                continue;
            }
            byte[] mine = levels.get(level);
            byte[] its = smaller.levels.get(level);
            int first = Arrays.mismatch(
                    mine, 0, Math.min(mine.length, its.length), its, 0, Math.min(mine.length, its.length));
            if (first >= 0) {
                long hash = tile * TilePath.WIDTH + first / Merkle.HASH;
                return OptionalLong.of(hash << (level * TilePath.WIDTH_BITS));
            }
        }
        return OptionalLong.empty();
    }
}
