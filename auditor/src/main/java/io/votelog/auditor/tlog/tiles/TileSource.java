// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.UnreadableException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a log's files are read from. Their contents are not trusted: callers must verify them. */
public interface TileSource {
    /**
     * A file's bytes.
     *
     * @param path below the log's prefix: "checkpoint", "tile/0/x001/234.p/17", "tile/entries/000"
     * @return null where there is no such file
     * @throws UnreadableException when the file cannot be read, or is longer than any file of a log can be
     */
    byte @Nullable [] read(String path);

    /**
     * Announces which files will be read next, so that a remote source can fetch them ahead.
     *
     * @param paths as for {@link #read}
     */
    default void ahead(List<String> paths) {
        // A local source has nothing to fetch ahead.
    }
}
