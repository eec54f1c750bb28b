// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.commands.KeyOptions;
import io.votelog.auditor.commands.ProgressOptions;
import io.votelog.auditor.commands.ReadOptions;
import io.votelog.auditor.commands.SealedLogOptions;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.replay.Announcement;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code votelog-auditor verify-bundle}. */
@Command(
        name = "verify-bundle",
        sortOptions = false,
        description = {
            "Makes every check of a bundle's CHECKS.md, under the same numbers.",
            "",
            "Keys and the announcement come from the bundle where you give none, and then it can be found consistent in itself and no"
                    + " more. Give what you have by another road: --expect, --public-key-file, --log-key, --policy."
        })
public final class VerifyBundleCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "the bundle")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path file;

    @Option(
            names = "--expect",
            paramLabel = "FILE",
            description = "what was announced before the vote, as announce printed it")
    private @Nullable Path expected;

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--log-key",
            paramLabel = "VKEY",
            description = "the public keys of the sealed log, as keygen printed them: twice, or in one argument")
    private List<String> logKeys = new ArrayList<>();

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "which witnesses must have cosigned (C2SP tlog-policy); default: the one in the bundle")
    private @Nullable Path policy;

    @Option(
            names = "--max-cosignature-age",
            paramLabel = "DURATION",
            description = "cosignatures that are older do not count: 24h, 7d (default: they may be of any age)")
    private @Nullable String maxCosignatureAge;

    @Option(
            names = "--promises",
            paramLabel = "FILE",
            description = "answers to votes, as gateways gave them, one a line: the log must keep each")
    private @Nullable Path promises;

    @Option(
            names = "--log",
            paramLabel = "FOLDER|URL",
            description = "where the sealed log is published, for a bundle without its tiles")
    private @Nullable String sealedLog;

    @Option(
            names = "--max-clock-step",
            paramLabel = "DURATION",
            description =
                    "how far the times of a partition may run back when another broker leads it, as PT5M (default: ${DEFAULT-VALUE})")
    private Duration maxClockStep = Duration.ofMinutes(5);

    @Option(
            names = "--work",
            paramLabel = "FOLDER",
            description =
                    "where the bundle is unpacked; it needs as much room again (default: where temporary files go)")
    private @Nullable Path work;

    @Mixin
    private ReadOptions reading = new ReadOptions();

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() throws IOException {
        BundleAudit.Given given = given();
        try (UnpackedBundle bundle = new UnpackedBundle(file, work)) {
            return new BundleAudit(bundle, given, talk.progress(reading.json()))
                    .run()
                    .printTo(System.out, reading.json());
        }
    }

    /** What the user gives, looked at before the bundle is. */
    private BundleAudit.Given given() {
        if (policy != null) {
            SealedLogOptions.policy(policy);
        }
        if (promises != null) {
            try {
                InputFile.open(promises).close();
            } catch (IOException e) {
                throw new AuditException("%s cannot be read: %s".formatted(promises, Texts.reason(e)), e);
            }
        }
        return new BundleAudit.Given(
                expected == null ? null : Announcement.read(expected),
                keys.given() ? keys.keys() : null,
                logKeys.isEmpty() ? null : SealedLogOptions.key(logKeys),
                policy,
                maxCosignatureAge == null ? null : SealedLogOptions.duration(maxCosignatureAge),
                promises,
                sealedLog,
                maxClockStep,
                reading.threads(),
                String.join(" ", spec.version()));
    }
}
