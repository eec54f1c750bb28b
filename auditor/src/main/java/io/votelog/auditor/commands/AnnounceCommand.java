// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.replay.Announcement;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.LogSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code votelog-auditor announce}. */
@Command(
        name = "announce",
        sortOptions = false,
        description = {
            "Prints, as JSON, what pins a log to what was announced: the digest of each ballot's definition, in how many partitions it"
                    + " stands, and the public keys that the log obeys.",
            "",
            "Whoever holds the log's key can sign a ballot anew with two titles swapped, and write a log to it. Published on the day"
                    + " of the announcement, where nobody can change it, this stops that: replay --expect FILE holds a log to it."
                    + " The command digest makes the same digest from the ballot file that was announced."
        })
public final class AnnounceCommand implements Callable<Integer> {
    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--ballot",
            paramLabel = "ID",
            description = "announce this ballot; may be given several times (default: all)")
    private Set<String> ballots = new TreeSet<>();

    @Option(
            names = "--positions",
            description = "also how far votes go now: the log may never end before. For the day when a vote has ended")
    private boolean positions;

    @Option(
            names = "--log-key",
            paramLabel = "VKEY",
            description =
                    "also the public keys of the sealed log, as keygen prints them: twice, or in one argument with white space between")
    private List<String> sealedLog = new ArrayList<>();

    @Override
    public Integer call() {
        SealedLogKey sealedLogKey = sealedLog.isEmpty() ? null : SealedLogOptions.key(sealedLog);
        try (LogSource source = log.open()) {
            System.out.println(Texts.JSON.writeValueAsString(
                    Announcement.of(source, keys.keys(), ballots, positions, sealedLogKey)));
            return Report.PASSED;
        }
    }
}
