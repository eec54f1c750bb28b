// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.schemas.hash.Merkle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the tiles and bundles of a tree of one size. Their lengths are checked; their contents are not verified here.
 */
final class TreeTiles {
    private final TileSource source;
    private final long size;

    TreeTiles(TileSource source, long size) {
        this.source = source;
        this.size = size;
    }

    /** The number of a tile's hashes in this tree: {@value TilePath#WIDTH}, or fewer in the last tile of a level. */
    int width(int level, long index) {
        return index < TilePath.fullTiles(level, size) ? TilePath.WIDTH : TilePath.partialWidth(level, size);
    }

    String path(int level, long index) {
        return TilePath.tile(level, index, width(level, index));
    }

    String entriesPath(long index) {
        return TilePath.entries(index, width(0, index));
    }

    /**
     * A tile's hashes, one after the other.
     *
     * @throws TlogException when the tile is missing or has another length
     */
    byte[] hashes(int level, long index) {
        int width = width(level, index);
        String path = TilePath.tile(level, index, width);
        byte[] tile = source.read(path);
        if (tile != null) {
            return checkLength(path, tile, width);
        }
        // A log may delete a partial tile once the full tile exists.
        String full = TilePath.tile(level, index, TilePath.WIDTH);
        tile = width < TilePath.WIDTH ? source.read(full) : null;
        if (tile == null) {
            throw missing(path, width);
        }
        return Arrays.copyOf(checkLength(full, tile, TilePath.WIDTH), width * Merkle.HASH);
    }

    /** Announces that these tiles of a level will be read. */
    void ahead(int level, long from, long to) {
        List<String> paths = new ArrayList<>();
        for (long index = from; index < to; index++) {
            paths.add(path(level, index));
        }
        source.ahead(paths);
    }

    /** Announces that these bundles will be read. */
    void bundlesAhead(long from, long to) {
        List<String> paths = new ArrayList<>();
        for (long index = from; index < to; index++) {
            paths.add(entriesPath(index));
        }
        source.ahead(paths);
    }

    /**
     * A bundle's bytes, up to the last entry that the tree has.
     *
     * @throws TlogException when the bundle is missing, or has a wrong number of entries
     */
    byte[] bundle(long index) {
        int width = width(0, index);
        String path = TilePath.entries(index, width);
        byte[] bundle = source.read(path);
        if (bundle != null) {
            EntryBundle.offsets(bundle, width, true, path);
            return bundle;
        }
        String full = TilePath.entries(index, TilePath.WIDTH);
        bundle = width < TilePath.WIDTH ? source.read(full) : null;
        if (bundle == null) {
            throw missing(path, width);
        }
        EntryBundle.offsets(bundle, TilePath.WIDTH, true, full);
        return Arrays.copyOf(bundle, EntryBundle.offsets(bundle, width, false, full)[width]);
    }

    /** The exception for a missing file: it proves nothing against the log. */
    private TlogException missing(String path, int width) {
        return new UnreadableException(
                "%s is missing in %s%s; a tree of %d leaves has it, and who publishes the log has to show it"
                        .formatted(path, source, width < TilePath.WIDTH ? ", and so is the full one" : "", size),
                false);
    }

    private static byte[] checkLength(String path, byte[] tile, int width) {
        if (tile.length != width * Merkle.HASH) {
            throw new TlogException(
                    "%s has %d bytes; its %d hashes take %d".formatted(path, tile.length, width, width * Merkle.HASH));
        }
        return tile;
    }
}
