package io.votelog.auditor;

import io.votelog.auditor.tlog.FolderTiles;
import io.votelog.auditor.tlog.HttpTiles;
import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.TileSource;
import io.votelog.auditor.tlog.TlogException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose sealed log is trusted. */
final class SealedLogOptions {
    @Option(
            names = "--log-key",
            required = true,
            paramLabel = "VKEY",
            description =
                    "the public key of the sealed log, as keygen prints it; from a place that you trust, not from the log")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String key;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "which witnesses must have cosigned (C2SP tlog-policy); without it no witness is asked for")
    private @Nullable Path policy;

    /** @throws AuditException when it is no key */
    NoteVerifier key() {
        try {
            return NoteVerifier.parse(key);
        } catch (TlogException e) {
            throw new AuditException("--log-key: " + e.getMessage(), e);
        }
    }

    /** @throws AuditException when the file holds no policy */
    Optional<Policy> policy() {
        return policy == null ? Optional.empty() : Optional.of(policy(policy));
    }

    static Policy policy(Path file) {
        try {
            return Policy.parse(GivenFile.text(file, GivenFile.SMALL));
        } catch (TlogException e) {
            throw new AuditException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * Where a tree's files are.
     *
     * @param log a folder, or an address that begins with http:// or https://
     */
    static TileSource source(SealedLog tree, String log) {
        return source(log.endsWith("/") ? log + tree.path() : log + "/" + tree.path());
    }

    /**
     * The same of one log's own folder or address.
     *
     * @throws AuditException when it is neither
     */
    static TileSource source(String log) {
        try {
            return log.startsWith("http://") || log.startsWith("https://")
                    ? new HttpTiles(URI.create(log))
                    : new FolderTiles(Path.of(log));
        } catch (IllegalArgumentException e) {
            throw new AuditException(
                    "--log: '%s' is neither a folder nor an address: %s".formatted(log, e.getMessage()), e);
        }
    }
}
