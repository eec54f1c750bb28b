// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.system.SystemOptions;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Median;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run peers}: the whole way of a vote, beside what a team would use instead of a log. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a system of its own with its read side, and beside it the gateway's HTTP server in front of PostgreSQL and in front of"
                    + " Redis, which check for duplicates and count before they answer. Prints as a Markdown table votes a second, from the"
                    + " request until they are counted, and CPU a vote. After each round the counters must be what was acknowledged.",
            "PostgreSQL and Redis must be installed (on Debian: apt-get install -y postgresql redis-server)."
        })
public final class PeersCommand implements Callable<Integer> {
    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(names = "--only", split = ",", description = "rows: ${COMPLETION-CANDIDATES}; default: all")
    @Nullable
    Set<Row> only;

    @Option(names = "--rounds", defaultValue = "5", description = "of each, in turn; default: ${DEFAULT-VALUE}")
    int rounds;

    @Option(names = "--seconds", defaultValue = "10", description = "of load in a round; default: ${DEFAULT-VALUE}")
    int seconds;

    private final PrintStream out = System.out;
    private final Map<Row, Electorate> electorates = new EnumMap<>(Row.class);
    private final Map<Row, List<Round>> results = new EnumMap<>(Row.class);

    @Override
    public Integer call() {
        Set<Row> rows = only == null ? EnumSet.allOf(Row.class) : EnumSet.copyOf(only);
        rows.stream().map(Row::store).filter(Objects::nonNull).forEach(StoreKind::requireProgram);
        try (TestSystem system = TestSystem.start(options);
                LoadGenerator generator = new LoadGenerator()) {
            for (Row row : rows) {
                Electorate electorate = new Electorate(start(row, system), system, generator, options.connections);
                electorates.put(row, electorate);
                electorate.warmUp(Duration.ofSeconds(options.firstWarmupSeconds));
            }
            for (int round = 1; round <= rounds; round++) {
                for (Map.Entry<Row, Electorate> contest : electorates.entrySet()) {
                    Row row = contest.getKey();
                    Round measured = measure(row, contest.getValue());
                    results.computeIfAbsent(row, first -> new ArrayList<>()).add(measured);
                    System.err.printf(
                            Locale.ROOT,
                            "round %d  %-16s %,10.0f/s  counted %.1f s after the last answer  CPU µs a vote: %s%n",
                            round,
                            row,
                            measured.perSecond(),
                            measured.drainSeconds(),
                            Round.cpu(List.of(measured.cpu())));
                }
            }
        }
        print();
        return 0;
    }

    private static Contestant start(Row row, TestSystem system) {
        StoreKind store = row.store();
        return store == null ? new Votelog(system) : StorePeer.start(store, system);
    }

    private Round measure(Row row, Electorate electorate) {
        Contestant contestant = electorate.contestant();
        Acknowledged acked = electorate.acknowledged();
        long before = acked.count();
        Map<String, Duration> cpuBefore = new LinkedHashMap<>();
        long[] beganNs = new long[1];
        electorate.vote(Duration.ofSeconds(seconds), new LoadGenerator.Span() {
            @Override
            public void begins() {
                cpuBefore.putAll(contestant.cpu());
                beganNs[0] = System.nanoTime();
            }
        });
        long answeredNs = System.nanoTime();
        contestant.awaitCounted();
        long countedNs = System.nanoTime();
        Map<String, Duration> cpuAfter = contestant.cpu();
        long votes = acked.count() - before;
        electorate.requireCounted(row.what());
        if (votes == 0) {
            throw new BenchException(row.what() + " has acknowledged no vote; refused: " + acked.refused());
        }
        Map<String, Double> cpu = new LinkedHashMap<>();
        cpuAfter.forEach((name, taken) -> cpu.put(
                name, taken.minus(cpuBefore.getOrDefault(name, Duration.ZERO)).toNanos() / 1e3 / votes));
        return new Round(votes * 1e9 / (countedNs - beganNs[0]), (countedNs - answeredNs) / 1e9, cpu);
    }

    private void print() {
        out.printf(
                "%n%d cores, JDK %s; %d connections, %d rounds of %d s, medians, least to most in brackets%n%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                options.connections,
                rounds,
                seconds);
        out.println("| what | votes a second, whole way | Votelog is | CPU µs a vote | durability |");
        out.println("|---|---|---|---|---|");
        results.forEach((row, all) -> out.printf(
                Locale.ROOT,
                "| %s | %,.0f [%,.0f - %,.0f] | %s | %s | %s |%n",
                row.what(),
                Median.of(all, Round::perSecond),
                all.stream().mapToDouble(Round::perSecond).min().orElse(0),
                all.stream().mapToDouble(Round::perSecond).max().orElse(0),
                ratio(row, all),
                Round.cpu(all.stream().map(Round::cpu).toList()),
                row.durability()));
        electorates.forEach((row, electorate) -> {
            long refused = electorate.acknowledged().refused();
            if (refused > 0) {
                out.printf(Locale.ROOT, "%n%s refused %,d votes%n", row.what(), refused);
            }
        });
    }

    /** The median of the rounds' ratios: what the machine does beside lasts for both of a round. */
    private String ratio(Row row, List<Round> all) {
        List<Round> votelog = results.get(Row.VOTELOG);
        if (votelog == null || row == Row.VOTELOG) {
            return "";
        }
        List<Integer> indices = IntStream.range(0, all.size()).boxed().toList();
        return String.format(
                Locale.ROOT,
                "%.2f of it",
                Median.of(
                        indices,
                        round -> votelog.get(round).perSecond() / all.get(round).perSecond()));
    }
}
