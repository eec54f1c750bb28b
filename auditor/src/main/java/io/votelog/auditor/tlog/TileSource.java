package io.votelog.auditor.tlog;

import org.jspecify.annotations.Nullable;

/** Where the files of a log are. */
public interface TileSource {
    /**
     * The bytes of one file.
     *
     * @param path below the log's address, such as {@code tile/0/x001/234.p/17}
     * @return null where there is none
     * @throws TlogException when it cannot be told
     */
    byte @Nullable [] read(String path);
}
