// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.verify.SealedLogAudit;
import io.votelog.auditor.verify.SealedRecordsCheck;
import io.votelog.auditor.verify.SeenCheckpoints;
import io.votelog.schemas.LogKeys;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code votelog-auditor verify}. */
@Command(
        name = "verify",
        sortOptions = false,
        description = {
            "Goes through a sealed log: signatures, every tile up to the signed roots, that what was seen before still stands, and that"
                    + " votes and verdicts are in step.",
            "",
            "With the log itself (--bootstrap-servers or --dump) it also holds every leaf against its record, and with the keys that"
                    + " the log obeys (--public-key or --public-key-file) every sealed verdict and every sealed result against"
                    + " what is decided and counted here. What takes that is listed as not asked for where it is not given."
        })
public final class VerifyCommand implements Callable<Integer> {
    @Option(
            names = "--log",
            required = true,
            paramLabel = "FOLDER|URL",
            description = "the sealed log: a folder that seal keeps, or where it is published")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String log;

    @Mixin
    private SealedLogOptions trust = new SealedLogOptions();

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description = "keeps what was seen, and holds the log to it the next time")
    private @Nullable Path state;

    @Mixin
    private LogOptions votes = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--max-unsealed",
            paramLabel = "N",
            description =
                    "more records than this in the log that are not sealed are a mismatch (default: they are counted and said)")
    private @Nullable Long mostUnsealed;

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() {
        if (mostUnsealed != null && mostUnsealed < 0) {
            throw new AuditException("--max-unsealed is %d; 0 or more records are allowed".formatted(mostUnsealed));
        }
        SealedLogKey key = trust.key();
        SeenCheckpoints seen = state == null ? null : new SeenCheckpoints(state, key);
        LogKeys obeyed = keys.given() ? keys.keys() : null;
        // The time is taken before the log is read, so that records that are appended later do not look old.
        Instant now = Clock.systemUTC().instant();
        SealedLogAudit audit = new SealedLogAudit(
                log,
                key,
                trust.cosignatureRequirement(),
                seen,
                new SealedRecordsCheck.Bounds(mostUnsealed, now),
                talk.progress(json));
        try (LogSource source = votes.openIfNamed()) {
            if (mostUnsealed != null && source == null) {
                throw new AuditException("--max-unsealed takes the log itself: --bootstrap-servers or --dump");
            }
            return audit.run(source, obeyed).printTo(System.out, json);
        }
    }
}
