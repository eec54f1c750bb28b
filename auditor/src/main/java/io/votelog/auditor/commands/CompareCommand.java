// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.compare.Comparison;
import io.votelog.auditor.compare.Comparison.Partition;
import io.votelog.auditor.compare.Comparison.Tallies;
import io.votelog.auditor.compare.LogComparison;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code votelog-auditor compare}. */
@Command(
        name = "compare",
        sortOptions = false,
        description = {
            "Lays two logs side by side: the first place where they differ, what differs there, and what each ballot comes to in each"
                    + " of them.",
            "",
            "Compared are votes and ballots, record by record: all else that is published follows from them, and replay looks at"
                    + " that. Each of A and B is a folder that dump made or a broker's address."
        },
        footer = {
            "",
            "Exit codes: 0 the logs are the same, 1 they differ, 2 it could not be run, 3 no difference, and one of them goes on"
                    + " where the other ends."
        })
public final class CompareCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "a log: FOLDER or HOST:PORT")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String placeA;

    @Parameters(index = "1", paramLabel = "B", description = "another one")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String placeB;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "settings of the Kafka client, such as TLS and SASL, as Kafka's own tools take them")
    private @Nullable Path commandConfig;

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() {
        try (LogSource a = LogOptions.open(placeA, commandConfig);
                LogSource b = LogOptions.open(placeB, commandConfig)) {
            Comparison comparison = new LogComparison(a, b, keys.keys(), talk.progress(json)).run();
            if (json) {
                System.out.println(Texts.JSON.writeValueAsString(comparison));
            } else {
                print(System.out, comparison);
            }
            return comparison.exitCode();
        }
    }

    private static void print(PrintStream out, Comparison comparison) {
        out.printf("A  %s%nB  %s%n%n", comparison.a(), comparison.b());
        out.println(comparison.relation().sentence());
        Comparison.Difference first = comparison.first();
        if (first != null) {
            out.printf("%nFirst at %s%n    A  %s%n    B  %s%n", first, first.inA(), first.inB());
        }
        out.printf("%n  %-28s %12s %12s%n", "records", "A", "B");
        for (Partition partition : comparison.partitions()) {
            Comparison.Difference here = partition.first();
            out.printf(
                    Locale.ROOT,
                    "  %-28s %,12d %,12d%s%n",
                    partition.topic() + "/" + partition.partition(),
                    partition.endA(),
                    partition.endB(),
                    here == null
                            ? ""
                            : "  differing: %,d, from offset %d on".formatted(partition.differing(), here.offset()));
        }
        comparison.ballots().forEach(tallies -> print(out, tallies));
    }

    /** Prints the counts of a ballot that differ. */
    private static void print(PrintStream out, Tallies tallies) {
        Tally inA = tallies.a();
        Tally inB = tallies.b();
        out.printf("%n%s%n", tallies.ballotId());
        if (inA == null || inB == null) {
            out.printf("  stands in %s alone%n", inA == null ? "B" : "A");
        }
        Map<String, Long> figuresA = inA == null ? Map.of() : inA.figures();
        Map<String, Long> figuresB = inB == null ? Map.of() : inB.figures();
        Set<String> names = new LinkedHashSet<>(figuresA.keySet());
        names.addAll(figuresB.keySet());
        names.removeIf(name -> figuresA.getOrDefault(name, 0L).equals(figuresB.getOrDefault(name, 0L)));
        if (names.isEmpty()) {
            out.println("  every figure is the same");
            return;
        }
        out.printf("  %-28s %12s %12s %12s%n", "", "A", "B", "B - A");
        for (String name : names) {
            long one = figuresA.getOrDefault(name, 0L);
            long other = figuresB.getOrDefault(name, 0L);
            out.printf(Locale.ROOT, "  %-28s %,12d %,12d %,+12d%n", name, one, other, other - one);
        }
    }
}
