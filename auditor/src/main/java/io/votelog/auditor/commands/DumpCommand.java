// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.Dump;
import io.votelog.auditor.source.DumpWriter;
import io.votelog.auditor.source.LogSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code votelog-auditor dump}. */
@Command(
        name = "dump",
        sortOptions = false,
        description = {
            "Copies the log, and what was published of it, into a folder that replay takes in place of a broker.",
            "",
            "The copy holds pseudonyms and choices, as the log does; its owner alone may read it."
        })
public final class DumpCommand implements Callable<Integer> {
    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private GroupOptions group = new GroupOptions();

    @Parameters(paramLabel = "FOLDER", description = "where it goes: an empty folder, or one that is not there yet")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path folder;

    @Option(names = "--json", description = "the answer as JSON: the manifest")
    private boolean json;

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() throws IOException {
        try (LogSource source = log.open()) {
            Dump.Manifest manifest = new DumpWriter(source, group.group(), folder, talk.progress(json)).write();
            if (json) {
                System.out.println(Texts.JSON.writeValueAsString(manifest));
                return Report.PASSED;
            }
            long records =
                    manifest.files().stream().mapToLong(Dump.File::records).sum();
            System.out.println("%s from %s".formatted(Texts.count(records, "record"), source.name()));
            return Report.PASSED;
        }
    }
}
