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
        return of(log.endsWith("/") ? log + tree.path() : log + "/" + tree.path());
    }

    /**
     * The files of a log in a folder or below a URL.
     *
     * @throws AuditException when the text is neither
     */
    public static TileSource of(String log) {
        try {
            return ADDRESS.matcher(log).matches()
                    ? new FetchedTiles(new HttpTiles(new URI(log)))
                    : new FolderTiles(Path.of(log));
        } catch (URISyntaxException e) {
            throw new AuditException("--log: '%s' is no URL: %s".formatted(log, e.getReason()), e);
        } catch (InvalidPathException e) {
            throw new AuditException("--log: that is no folder's name: %s".formatted(e.getReason()), e);
        } catch (IllegalArgumentException e) {
            throw new AuditException("--log: " + e.getMessage(), e);
        }
    }
}
