// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.bundle.BundleManifest.Contents;
import io.votelog.auditor.commands.GroupOptions;
import io.votelog.auditor.commands.KeyOptions;
import io.votelog.auditor.commands.LogOptions;
import io.votelog.auditor.commands.ProgressOptions;
import io.votelog.auditor.commands.ReadOptions;
import io.votelog.auditor.commands.SealedLogOptions;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code votelog-auditor bundle}. */
@Command(
        name = "bundle",
        sortOptions = false,
        description = {
            "Makes one archive with all that a stranger needs to check a vote that is over: the announcement, final results, keys,"
                    + " the sealed log, a dump of the log, and the checks as numbered commands.",
            "",
            "With a dump it holds pseudonyms and choices, as the log does, and is for auditors: its owner alone may read it. With"
                    + " --public it holds what export publishes in place of the log, and nothing that stands for one voter.",
            "",
            "The same inputs give the same bytes. A run that is stopped leaves nothing under the name."
        })
public final class BundleCommand implements Callable<Integer> {
    private static final String HTTP = "https?://.*";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "the archive that is made; it must not be there yet")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path out;

    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--log",
            required = true,
            paramLabel = "FOLDER|URL",
            description = "the sealed log: a folder that seal keeps, or where it is published")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String sealedLog;

    @Mixin
    private SealedLogOptions trust = new SealedLogOptions();

    @Option(names = "--public", description = "for everybody: what export publishes in place of the log")
    private boolean forEverybody;

    @Option(
            names = "--without-tiles",
            description =
                    "of the sealed log the checkpoints alone; who checks the bundle reads the rest where it is published")
    private boolean withoutTiles;

    @Option(
            names = "--published-at",
            paramLabel = "URL",
            description = "where the sealed log is published (default: --log, where that is a URL)")
    private @Nullable String publishedAt;

    @Mixin
    private GroupOptions group = new GroupOptions();

    @Mixin
    private ReadOptions reading = new ReadOptions();

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() throws IOException {
        String url = publishedAt == null && sealedLog.matches(HTTP) ? sealedLog : publishedAt;
        if (url != null && (!url.matches(HTTP) || !url.matches("[!-~]{1,200}"))) {
            throw new AuditException(
                    "--published-at is '%s'; an address that begins with http:// or https:// is needed".formatted(url));
        }
        if (withoutTiles && url == null) {
            throw new AuditException(
                    "--without-tiles leaves the tiles where they are published, and --published-at URL is not given");
        }
        // A policy and its age are looked at before the log is read.
        trust.cosignatureRequirement();
        BundleMaker.Request request = new BundleMaker.Request(
                out,
                sealedLog,
                trust.key(),
                keys.given() ? keys.keys() : trust.announcedKeys(),
                trust.policyFile(),
                forEverybody ? Contents.PUBLIC : Contents.LOG,
                !withoutTiles,
                url,
                group.group(),
                reading.threads(),
                String.join(" ", spec.version()));
        try (LogSource source = log.open()) {
            BundleManifest manifest = new BundleMaker(request, talk.progress(reading.json())).make(source);
            if (reading.json()) {
                System.out.println(Texts.JSON.writeValueAsString(manifest));
                return Report.PASSED;
            }
            long bytes = manifest.files().stream()
                    .mapToLong(BundleManifest.File::bytes)
                    .sum();
            System.out.println("%s: %s with %s"
                    .formatted(out, Texts.count(manifest.files().size(), "file"), Texts.count(bytes, "byte")));
            for (BundleManifest.Ballot ballot : manifest.ballots()) {
                System.out.println("%s: final, revision %d".formatted(ballot.ballotId(), ballot.revision()));
            }
            if (manifest.hasLog()) {
                System.out.println("It holds pseudonyms and choices: not for publication.");
            }
            return Report.PASSED;
        }
    }
}
