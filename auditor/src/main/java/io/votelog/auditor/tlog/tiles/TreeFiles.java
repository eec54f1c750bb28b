// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.TlogException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The files that hold a tree of one size: its tiles and entry bundles, and no file of a smaller or a larger tree. They
 * are copied one at a time, so a tree may be larger than memory.
 */
public final class TreeFiles {
    /** The number of files of a level that are fetched ahead. */
    private static final int AHEAD = 64;

    private final TreeTiles tiles;
    private final long size;

    /**
     * @param source the log's files; the log may have grown since
     * @param size the tree's number of leaves, at least 0
     */
    public TreeFiles(TileSource source, long size) {
        this.tiles = new TreeTiles(source, size);
        this.size = size;
    }

    /** The number of files of a tree of this size. */
    public static long count(long size) {
        long count = 0;
        for (int level = 0; level < TilePath.levels(size); level++) {
            count += files(level, size) * (level == 0 ? 2 : 1);
        }
        return count;
    }

    /** The paths of the files of a tree of this size, in the order in which {@link #each} passes the files. */
    public static List<String> paths(long size) {
        List<String> paths = new ArrayList<>();
        TreeTiles tiles = new TreeTiles(path -> null, size);
        for (int level = 0; level < TilePath.levels(size); level++) {
            for (long index = 0; index < files(level, size); index++) {
                paths.add(tiles.path(level, index));
            }
        }
        for (long index = 0; index < files(0, size); index++) {
            paths.add(tiles.entriesPath(index));
        }
        return paths;
    }

    /** The number of tiles of a level, the partial one included. */
    private static long files(int level, long size) {
        return TilePath.fullTiles(level, size) + (TilePath.partialWidth(level, size) > 0 ? 1 : 0);
    }

    /**
     * Passes each file's path and bytes to a consumer. Where the log has a full tile in place of a partial one, the
     * consumer has the part of it that this tree has.
     *
     * @throws TlogException when a file is missing, cannot be read, or has another length than it must have; whether it
     *     leads to a root is not checked
     */
    public void each(BiConsumer<String, ByteBuffer> consumer) {
        for (int level = 0; level < TilePath.levels(size); level++) {
            long files = files(level, size);
            for (long index = 0; index < files; index++) {
                if (index % AHEAD == 0) {
                    tiles.ahead(level, index, Math.min(files, index + AHEAD));
                }
                consumer.accept(tiles.path(level, index), ByteBuffer.wrap(tiles.hashes(level, index)));
            }
        }
        long files = files(0, size);
        for (long index = 0; index < files; index++) {
            if (index % AHEAD == 0) {
                tiles.bundlesAhead(index, Math.min(files, index + AHEAD));
            }
            consumer.accept(tiles.entriesPath(index), ByteBuffer.wrap(tiles.bundle(index)));
        }
    }
}
