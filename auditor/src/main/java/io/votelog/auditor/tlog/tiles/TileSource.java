// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.UnreadableException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a log's files are read from. What they say is believed by nobody before it was checked. */
public interface TileSource {
    /**
     * A file's bytes.
     *
     * @param path below the log's prefix: "checkpoint", "tile/0/x001/234.p/17", "tile/entries/000"
     * @return null where there is no such file
     * @throws UnreadableException when it can't be told, or the file is longer than any of a log's files may be
     */
    byte @Nullable [] read(String path);

    /**
     * Says which files will be asked for next, so that who fetches them from far away can begin.
     *
     * @param paths as for {@link #read}
     */
    default void ahead(List<String> paths) {
        // What is near is read when it is needed.
    }
}
