// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import java.util.Locale;

/** The paths of tiles and entry bundles below a log's prefix (c2sp.org/tlog-tiles). */
final class TilePath {
    /** The number of hashes in a full tile, and of entries in a full bundle. */
    static final int WIDTH = 256;

    static final int WIDTH_BITS = 8;

    /** The most levels of tiles: a tree of 2^63 - 1 leaves has levels 0 to 7. */
    static final int LEVELS = 8;

    private TilePath() {}

    /** The path of a tile, such as tile/0/x001/234 or tile/0/x001/235.p/17. */
    static String tile(int level, long index, int width) {
        return path("tile/" + level, index, width);
    }

    /** The path of an entry bundle, such as tile/entries/000.p/17. */
    static String entries(long index, int width) {
        return path("tile/entries", index, width);
    }

    private static String path(String prefix, long index, int width) {
        StringBuilder path = new StringBuilder(String.format(Locale.ROOT, "%03d", index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000) {
            path.insert(0, String.format(Locale.ROOT, "x%03d/", rest % 1000));
        }
        path.insert(0, '/').insert(0, prefix);
        if (width < WIDTH) {
            path.append(".p/").append(width);
        }
        return path.toString();
    }

    /**
     * The number of hashes in the partial tile of a level, in a tree of this size; 0 where the level has no partial
     * tile.
     */
    static int partialWidth(int level, long size) {
        return (int) (size >>> (WIDTH_BITS * level)) & (WIDTH - 1);
    }

    /** The number of full tiles of a level, in a tree of this size. */
    static long fullTiles(int level, long size) {
        int shift = WIDTH_BITS * (level + 1);
        return shift < Long.SIZE ? size >>> shift : 0;
    }

    /** The number of levels of tiles of a tree of this size. */
    static int levels(long size) {
        int levels = 0;
        while (levels < LEVELS && size >>> (WIDTH_BITS * levels) > 0) {
            levels++;
        }
        return levels;
    }
}
