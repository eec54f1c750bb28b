package io.votelog.auditor;

import io.votelog.auditor.tlog.FetchedTiles;
import io.votelog.auditor.tlog.FolderTiles;
import io.votelog.auditor.tlog.HttpTiles;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.TileSource;
import io.votelog.auditor.tlog.TlogException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose sealed log is trusted. */
final class SealedLogOptions {
    /** Witnesses' clocks may be ahead of this machine's by so much. */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(5);

    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");
    private static final Pattern SHORT_DURATION = Pattern.compile("([0-9]{1,9})([smhd])");

    @Option(
            names = "--log-key",
            required = true,
            paramLabel = "VKEY",
            description =
                    "the public key of the sealed log, as keygen prints it; from a place that you trust, not from the log."
                            + " Where each tree has its own, give both: twice, or in one argument with white space between")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "which witnesses must have cosigned (C2SP tlog-policy); without it no witness is asked for")
    private @Nullable Path policy;

    @Option(
            names = "--max-cosignature-age",
            paramLabel = "DURATION",
            description =
                    "cosignatures that are older do not count for the policy: 90s, 10m, 24h, 7d or an ISO 8601 duration"
                            + " (default: they may be of any age, and their times are said). Those of the future never count")
    private @Nullable String maxCosignatureAge;

    /** @throws AuditException when they are no keys */
    SealedLogKey key() {
        return key(keys);
    }

    static SealedLogKey key(List<String> keys) {
        try {
            return SealedLogKey.parse(keys);
        } catch (TlogException e) {
            throw new AuditException("--log-key: " + e.getMessage(), e);
        }
    }

    /** @throws AuditException when the file holds no policy */
    Optional<Cosigned> cosigned() {
        Duration oldest = maxCosignatureAge == null ? null : duration(maxCosignatureAge);
        if (policy == null) {
            if (oldest != null) {
                throw new AuditException(
                        "--max-cosignature-age says nothing without --policy, which names the witnesses");
            }
            return Optional.empty();
        }
        return Optional.of(cosigned(policy(policy), oldest, Clock.systemUTC().instant()));
    }

    static Cosigned cosigned(Policy policy, @Nullable Duration oldest, Instant now) {
        Instant from = oldest == null ? Instant.EPOCH : now.minus(oldest);
        return new Cosigned(policy, new Policy.Times(from, now.plus(CLOCKS_APART)));
    }

    /** @throws AuditException when it is none */
    static Duration duration(String text) {
        try {
            Matcher parts = SHORT_DURATION.matcher(text);
            if (!parts.matches()) {
                Duration iso = Duration.parse(text);
                if (iso.isNegative()) {
                    throw new DateTimeException("negative");
                }
                return iso;
            }
            long number = Long.parseLong(parts.group(1));
            return switch (parts.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        } catch (DateTimeException e) {
            throw new AuditException("'%s' is no duration: 90s, 10m, 24h, 7d or PT1H30M are some".formatted(text), e);
        }
    }

    static Policy policy(Path file) {
        try {
            return Policy.parse(GivenFile.bytes(file, Policy.LONGEST));
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
