// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A log in a folder, as {@link TileWriter} writes it. */
public final class FolderTiles implements TileSource {
    private final Path folder;

    /**
     * @param folder the folder that holds the log's files
     */
    public FolderTiles(Path folder) {
        this.folder = folder;
    }

    @Override
    public byte @Nullable [] read(String path) {
        return BoundedFile.readIfThere(folder.resolve(path), EntryBundle.LONGEST);
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
