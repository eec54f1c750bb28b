// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.promise.KeptPromise;
import io.votelog.auditor.promise.PromiseAudit;
import io.votelog.auditor.replay.Announcement;
import io.votelog.auditor.replay.Replay;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.source.LogSource;
import io.votelog.schemas.LogKeys;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code votelog-auditor replay}. */
@Command(
        name = "replay",
        sortOptions = false,
        description = {
            "Reads the log from its first record, decides and counts every vote again, and compares: every verdict with decisions,"
                    + " every number with results. Names the first difference with its partition and offset."
        })
public final class ReplayCommand implements Callable<Integer> {
    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--ballot",
            paramLabel = "ID",
            description = "compare the results of this ballot; may be given several times (default: of all)")
    private Set<String> ballots = new TreeSet<>();

    @Option(
            names = "--expect",
            paramLabel = "FILE",
            description =
                    "what was announced, as announce printed it: the log is held to it. The keys that it names are obeyed where"
                            + " no other are given")
    private @Nullable Path expected;

    @Option(
            names = "--promises",
            paramLabel = "FILE",
            description =
                    "answers to votes, as gateways gave them, one a line: the log must have each promised vote where it was promised")
    private @Nullable Path promises;

    @Mixin
    private ReplayOptions options = new ReplayOptions();

    @Mixin
    private ReadOptions reading = new ReadOptions();

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() {
        try (LogSource source = log.open()) {
            Announcement announced = expected == null ? null : Announcement.read(expected);
            LogKeys obeyed = announced == null || keys.given() ? keys.keys() : announced.keys();
            Replay replay = new Replay(
                    source, obeyed, ballots, reading.threads(), options.terms(), talk.progress(reading.json()));
            if (announced != null) {
                replay.holdTo(announced);
            }
            KeptPromise.Kept kept = promises == null ? null : KeptPromise.readAll(promises, obeyed);
            Report report = replay.run();
            if (kept != null) {
                new PromiseAudit(source).run(report, kept);
            }
            return report.printTo(System.out, reading.json());
        }
    }
}
