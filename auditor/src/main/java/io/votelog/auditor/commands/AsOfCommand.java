// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.count.Cutoff;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.count.VotesReader;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import java.io.PrintStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code votelog-auditor as-of}. */
@Command(
        name = "as-of",
        sortOptions = false,
        description = {
            "Counts the log up to a time or to offsets: what stood there then.",
            "",
            "By time it takes from each partition what stands before the first record that is stamped later. By offsets it takes what"
                    + " is below them, as the positions in results name them; of a partition that is not named, nothing."
        })
public final class AsOfCommand implements Callable<Integer> {
    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private When when;

    @Option(names = "--ballot", paramLabel = "ID", description = "this ballot alone")
    private @Nullable String ballot;

    @Mixin
    private ReadOptions reading = new ReadOptions();

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    private static final class When {
        @Option(names = "--time", paramLabel = "TIME", description = "ISO 8601 with Z, such as 2021-12-05T16:00:00Z")
        private @Nullable String time;

        @Option(
                names = "--offsets",
                paramLabel = "PARTITION=OFFSET",
                split = ",",
                description = "next offsets, with commas between: 0=1041,1=998")
        private @Nullable Map<Integer, Long> offsets;
    }

    @Override
    public Integer call() {
        Cutoff cutoff = cutoff();
        try (LogSource source = log.open()) {
            VotesReader reader = new VotesReader(source, reading.threads(), talk.progress(reading.json()));
            var obeyed = keys.keys();
            List<PartitionReplay> replays = reader.read(
                    reader.ranges(),
                    range -> new PartitionReplay(range.partition(), obeyed, id -> Long.MAX_VALUE, Map.of()),
                    cutoff);
            List<Tally> tallies = tallies(replays);
            if (reading.json()) {
                printJson(System.out, replays, tallies);
            } else {
                print(System.out, replays, tallies);
            }
            return Report.PASSED;
        }
    }

    private Cutoff cutoff() {
        if (when.time == null) {
            return Cutoff.at(when.offsets == null ? Map.of() : when.offsets);
        }
        try {
            return Cutoff.at(Instant.parse(when.time));
        } catch (DateTimeParseException e) {
            throw new AuditException(
                    "--time is '%s'; ISO 8601 with Z is needed, such as 2021-12-05T16:00:00Z".formatted(when.time), e);
        }
    }

    private List<Tally> tallies(List<PartitionReplay> replays) {
        List<Tally> tallies = new ArrayList<>();
        replays.stream()
                .flatMap(replay -> replay.ballots().stream())
                .map(partitionBallot -> partitionBallot.ballot().id())
                .distinct()
                .sorted()
                .filter(id -> ballot == null || ballot.equals(id))
                .forEach(id -> tallies.add(Tally.of(Tally.partitionBallots(replays, id))));
        if (ballot != null && tallies.isEmpty()) {
            throw new AuditException("no ballot %s stood there then".formatted(ballot));
        }
        return tallies;
    }

    private static Map<Integer, Long> positions(List<PartitionReplay> replays) {
        return replays.stream()
                .collect(Collectors.toMap(
                        PartitionReplay::partition, PartitionReplay::nextOffset, (one, other) -> one, TreeMap::new));
    }

    private static void print(PrintStream out, List<PartitionReplay> replays, List<Tally> tallies) {
        out.println("Counted up to "
                + positions(replays).entrySet().stream()
                        .map(position -> position.getKey() + "=" + position.getValue())
                        .collect(Collectors.joining(",")));
        for (Tally tally : tallies) {
            out.println();
            out.println(tally.ballotId());
            tally.figures().forEach((name, count) -> out.printf(Locale.ROOT, "  %-28s %,12d%n", name, count));
        }
    }

    private static void printJson(PrintStream out, List<PartitionReplay> replays, List<Tally> tallies) {
        out.println(Texts.JSON.writeValueAsString(Map.of("positions", positions(replays), "ballots", tallies)));
    }
}
