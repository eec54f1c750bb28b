// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.export.Export;
import io.votelog.auditor.export.ExportManifest;
import io.votelog.auditor.export.ExportManifest.Wanted;
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
import picocli.CommandLine.Option;

/** {@code votelog-auditor export}. */
@Command(
        name = "export",
        sortOptions = false,
        description = {
            "Puts what the log comes to into a folder, as JSON lines and as CSV: for each ballot its tallies, and how many votes were"
                    + " decided in which way. Nothing in it stands for one voter: no pseudonym, vote id, time or place in the log.",
            "",
            "Started again after it was stopped, it goes on, and comes to the same files."
        })
public final class ExportCommand implements Callable<Integer> {
    private static final int MOST_HELD = 200_000;

    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            required = true,
            description = "where it goes: a new folder, or that of an export which was stopped")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path folder;

    @Option(names = "--ballot", paramLabel = "ID", description = "this ballot alone")
    private @Nullable String ballot;

    @Option(
            names = "--votes",
            description =
                    "also how often each set of options was chosen, of ballots that have ended. Rare sets can tell who cast"
                            + " them, and be sold: see --at-least")
    private boolean votes;

    @Option(
            names = "--at-least",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "with --votes: sets that fewer voters have chosen are put together (default: ${DEFAULT-VALUE})")
    private long atLeast;

    @Option(
            names = "--nist",
            description =
                    "also the results of each ballot as an election report of NIST SP 1500-100, version 2, in ID.nist.json")
    private boolean nist;

    @Option(
            names = "--private",
            description =
                    "NOT FOR PUBLICATION: instead of all that, every vote with its place, time, id and verdict, in the order"
                            + " of the log")
    private boolean rows;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "partitions that are read at a time (default: one for each processor)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--json", description = "the answer as JSON: the manifest")
    private boolean json;

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() throws IOException {
        if (rows && votes) {
            throw new AuditException("--private has every vote, and --votes is for the public: one of them");
        }
        if (rows && nist) {
            throw new AuditException("--private has every vote, and --nist is for the public: one of them");
        }
        if (atLeast < 1) {
            throw new AuditException("--at-least is %d; 1 or more is allowed".formatted(atLeast));
        }
        Wanted wanted = new Wanted(rows, ballot, votes, votes ? atLeast : 1, nist ? Boolean.TRUE : null);
        try (LogSource source = log.open()) {
            ExportManifest manifest =
                    new Export(source, keys.keys(), wanted, folder, threads, MOST_HELD, talk.progress(json)).run();
            if (json) {
                System.out.println(Texts.JSON.writeValueAsString(manifest));
                return Report.PASSED;
            }
            for (ExportManifest.Ballot each : manifest.ballots()) {
                System.out.println("%s: %s%s"
                        .formatted(
                                each.ballotId(),
                                each.ended() ? "ended" : "not ended yet",
                                each.withheld().isEmpty()
                                        ? ""
                                        : "; withheld until then: " + String.join(", ", each.withheld())));
            }
            manifest.files()
                    .forEach(file ->
                            System.out.println("%s: %s".formatted(file.file(), Texts.count(file.rows(), "row"))));
            if (rows) {
                System.out.println("Not for publication.");
            }
            return Report.PASSED;
        }
    }
}
