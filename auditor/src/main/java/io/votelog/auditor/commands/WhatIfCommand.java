// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.count.Cutoff;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.count.VotesReader;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.LogKeys;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code votelog-auditor what-if}. */
@Command(
        name = "what-if",
        sortOptions = false,
        description = {
            "Counts the log once under its own rules and once under those of another ballot file, and shows the difference in each"
                    + " figure.",
            "",
            "The file takes the place of the ballot of its own id. Votes stay as they were cast: what an option was called then"
                    + " decides."
        })
public final class WhatIfCommand implements Callable<Integer> {
    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(names = "--ballot", paramLabel = "FILE", required = true, description = "the other rules, YAML or JSON")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path file;

    @Mixin
    private ReadOptions reading = new ReadOptions();

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() {
        BallotDefinition other = definition(file);
        String id = other.ballot().id();
        try (LogSource source = log.open()) {
            VotesReader reader = new VotesReader(source, reading.threads(), talk.progress(reading.json()));
            List<OffsetRange> votes = reader.ranges();
            LogKeys obeyed = keys.keys();
            Tally asIs = tally(reader, votes, obeyed, id, Map.of());
            Tally asIf = tally(reader, votes, obeyed, id, Map.of(id, other));
            if (reading.json()) {
                Map<String, Tally> both = new LinkedHashMap<>();
                both.put("asIs", asIs);
                both.put("asIf", asIf);
                System.out.println(Texts.JSON.writeValueAsString(both));
            } else {
                print(System.out, asIs, asIf);
            }
            return Report.PASSED;
        }
    }

    private static Tally tally(
            VotesReader reader,
            List<OffsetRange> votes,
            LogKeys keys,
            String id,
            Map<String, BallotDefinition> otherRules) {
        List<PartitionBallot> partitionBallots = Tally.partitionBallots(
                reader.read(
                        votes,
                        range -> new PartitionReplay(range.partition(), keys, any -> Long.MAX_VALUE, otherRules),
                        Cutoff.none()),
                id);
        if (partitionBallots.isEmpty()) {
            throw new AuditException(
                    "no ballot %s stands in this log: other rules take the place of the ballot of their id"
                            .formatted(id));
        }
        return Tally.of(partitionBallots);
    }

    /**
     * Reads a ballot from a file.
     *
     * @throws AuditException when the file is no ballot; the message lists every fault
     */
    static BallotDefinition definition(Path file) {
        byte[] bytes = InputFile.bytes(file, BallotFile.MAX_BYTES);
        BallotFile format = file.toString().endsWith(".json") ? BallotFile.JSON : BallotFile.YAML;
        Ballot.Definition read = format.readPublished(bytes);
        if (read instanceof Ballot.Definition.Faulty faulty) {
            throw new AuditException("%s is no ballot:%n%s"
                    .formatted(
                            file, faulty.faults().stream().map(Fault::toString).collect(Collectors.joining("\n"))));
        }
        Ballot.Definition.Valid valid = (Ballot.Definition.Valid) read;
        valid.notes().forEach(note -> System.err.println("%s: %s %s".formatted(file, note.at(), note.detail())));
        return BallotDefinition.of(valid.ballot());
    }

    private static void print(PrintStream out, Tally asIs, Tally asIf) {
        out.printf("%s%n%n  %-28s %12s %12s %12s%n", asIs.ballotId(), "", "as it is", "what if", "difference");
        Map<String, Long> one = asIs.figures();
        Map<String, Long> other = asIf.figures();
        Set<String> names = new LinkedHashSet<>(one.keySet());
        names.addAll(other.keySet());
        for (String name : names) {
            long is = one.getOrDefault(name, 0L);
            long would = other.getOrDefault(name, 0L);
            out.printf(Locale.ROOT, "  %-28s %,12d %,12d %,+12d%n", name, is, would, would - is);
        }
    }
}
