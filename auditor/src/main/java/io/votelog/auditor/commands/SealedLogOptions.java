// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.replay.Announcement;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.CosignatureRequirement;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.schemas.LogKeys;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the trusted keys and witnesses of a sealed log. */
public final class SealedLogOptions {
    private static final Pattern SHORT_DURATION = Pattern.compile("([0-9]{1,9})([smhd])");

    @Option(
            names = "--log-key",
            paramLabel = "VKEY",
            description =
                    "the public key of the sealed log, as keygen prints it; from a place that you trust, not from the log."
                            + " Where each tree has its own, give both: twice, or in one argument with white space between")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--announced",
            paramLabel = "FILE",
            description =
                    "what was announced of the log, as announce --log-key printed it: its keys of the sealed log are taken, or those"
                            + " given by --log-key are held to it")
    private @Nullable Path announced;

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

    /**
     * The keys that were given, or announced.
     *
     * @throws AuditException when there are none, they are no keys of one log, or others were announced
     */
    public SealedLogKey key() {
        SealedLogKey given = keys.isEmpty() ? null : key(keys);
        if (announced == null) {
            if (given == null) {
                throw new AuditException(
                        "which keys sign the sealed log? --log-key VKEY, or --announced FILE with an announcement that names them");
            }
            return given;
        }
        SealedLogKey wanted = Announcement.read(announced)
                .sealedLogKey()
                .orElseThrow(() -> new AuditException(
                        "%s announces no key of a sealed log: it has no member 'sealedLog'".formatted(announced)));
        if (given != null && !given.texts().equals(wanted.texts())) {
            throw new AuditException("--log-key says %s, and %s was announced"
                    .formatted(String.join(" ", given.texts()), String.join(" ", wanted.texts())));
        }
        return wanted;
    }

    /**
     * The log's own public keys that were announced.
     *
     * @throws AuditException when no announcement is given
     */
    public LogKeys announcedKeys() {
        if (announced == null) {
            throw new AuditException(
                    "which keys the log obeys is not said: --public-key, --public-key-file or --announced is needed. Take them from a"
                            + " place that you trust, not from the log");
        }
        return Announcement.read(announced).keys();
    }

    /** Whether keys were given or announced. */
    boolean given() {
        return !keys.isEmpty() || announced != null;
    }

    /** The file that names the witnesses; null where none is given. */
    public @Nullable Path policyFile() {
        return policy;
    }

    /**
     * The keys in these texts.
     *
     * @throws AuditException when they are no keys of one log
     */
    public static SealedLogKey key(List<String> keys) {
        try {
            return SealedLogKey.parse(keys);
        } catch (TlogException e) {
            throw new AuditException("--log-key: " + e.getMessage(), e);
        }
    }

    /** @throws AuditException when the file holds no policy */
    public Optional<CosignatureRequirement> cosignatureRequirement() {
        Duration oldest = maxCosignatureAge == null ? null : duration(maxCosignatureAge);
        if (policy == null) {
            if (oldest != null) {
                throw new AuditException(
                        "--max-cosignature-age says nothing without --policy, which names the witnesses");
            }
            return Optional.empty();
        }
        return Optional.of(CosignatureRequirement.asOf(Clock.systemUTC().instant(), policy(policy), oldest));
    }

    /**
     * The witnesses that must have cosigned; null where none must.
     *
     * @throws AuditException when the file holds no policy, or an age is given without one
     */
    public @Nullable Policy witnesses() {
        return cosignatureRequirement().map(CosignatureRequirement::policy).orElse(null);
    }

    /**
     * The greatest age of a cosignature that counts; null for any age.
     *
     * @throws AuditException when the text is no duration
     */
    public @Nullable Duration oldestCosignature() {
        return maxCosignatureAge == null ? null : duration(maxCosignatureAge);
    }

    /**
     * A duration as people write it: {@code 90s}, {@code 10m}, {@code 24h}, {@code 7d}, or as ISO 8601 has it.
     *
     * @throws AuditException when the text is no duration
     */
    public static Duration duration(String text) {
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

    public static Policy policy(Path file) {
        try {
            return Policy.parse(InputFile.bytes(file, Policy.LONGEST));
        } catch (TlogException e) {
            throw new AuditException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
