package io.votelog.auditor;

import java.nio.file.Path;
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
                    + " what is decided and counted here. What is not given is skipped, and said."
        })
final class VerifyCommand implements Callable<Integer> {
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

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() {
        SealedLogAudit audit = new SealedLogAudit(
                log,
                trust.key(),
                trust.policy(),
                state == null ? null : new SeenCheckpoints(state),
                talk.progress(json));
        try (LogSource source = votes.openIfNamed()) {
            return audit.run(source, keys.given() ? keys.keys() : null).printTo(System.out, json);
        }
    }
}
