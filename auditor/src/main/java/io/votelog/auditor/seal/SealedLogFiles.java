// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.tlog.tiles.FetchedTiles;
import io.votelog.auditor.tlog.tiles.FolderTiles;
import io.votelog.auditor.tlog.tiles.HttpTiles;
import io.votelog.auditor.tlog.tiles.TileSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Opens the files of a sealed log in the folder, or below the URL, that {@code --log} names. */
public final class SealedLogFiles {
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");

    private SealedLogFiles() {}

    /**
     * The files of one tree.
     *
     * @param log a folder, or a URL that begins with http:// or https://
     */
    public static TileSource of(SealedLog tree, String log) {
        return of(below(tree, log));
    }

    /**
     * The same without a cache, for callers who look again and again: {@link #cached} makes one for each look.
     *
     * @throws AuditException when the text is neither a folder nor a URL
     */
    public static TileSource uncached(SealedLog tree, String log) {
        return open(below(tree, log));
    }

    /** A source that fetches each file of a remote log once; a folder is read as it is. */
    public static TileSource cached(TileSource source) {
        return source instanceof FolderTiles ? source : new FetchedTiles(source);
    }

    /** Deletes what {@link #cached} keeps of a source. */
    public static void close(TileSource source) {
        if (source instanceof FetchedTiles fetched) {
            fetched.close();
        }
    }

    private static String below(SealedLog tree, String log) {
        return log.endsWith("/") ? log + tree.path() : log + "/" + tree.path();
    }

    /**
     * The files of a log in a folder or below a URL.
     *
     * @throws AuditException when the text is neither
     */
    public static TileSource of(String log) {
        return cached(open(log));
    }

    private static TileSource open(String log) {
        try {
            return ADDRESS.matcher(log).matches() ? new HttpTiles(new URI(log)) : new FolderTiles(Path.of(log));
        } catch (URISyntaxException e) {
            throw new AuditException("--log: '%s' is no URL: %s".formatted(log, e.getReason()), e);
        } catch (InvalidPathException e) {
            throw new AuditException("--log: that is no folder's name: %s".formatted(e.getReason()), e);
        } catch (IllegalArgumentException e) {
            throw new AuditException("--log: " + e.getMessage(), e);
        }
    }
}
