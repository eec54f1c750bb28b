// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.LoadReport;
import io.votelog.infra.bench.peer.Ceiling;
import io.votelog.infra.bench.peer.HttpPeer;
import io.votelog.infra.bench.system.CpuMeter;
import io.votelog.infra.bench.system.SystemOptions;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Median;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run whole}: what a vote costs on its whole way, at a rate that the count keeps up with. */
@Command(
        name = "whole",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a system of its own with its read side and casts votes at the highest constant rate that all of it keeps up with, count"
                    + " included; a rate that it does not keep up with is lowered and tried again. Prints as a Markdown table CPU a vote of"
                    + " gateway, broker and streams-app, beside that of a request to the gateway's HTTP server without work. What was"
                    + " acknowledged must be counted, and nothing else."
        })
public final class WholeCommand implements Callable<Integer> {
    private static final String SERVER = "server";
    private static final Duration GAUGED = Duration.ofSeconds(15);
    private static final Duration CEILING = Duration.ofSeconds(8);
    private static final int CEILING_RATE = 150_000;
    private static final double FIRST = 0.95;
    private static final double LOWER = 0.93;
    private static final int MOST_TRIES = 8;

    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(
            names = "--seconds",
            defaultValue = "120",
            description = "for which it must keep up; default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(
            names = "--rounds",
            defaultValue = "1",
            description = "of that length, each after one of the server without work; default: ${DEFAULT-VALUE}")
    int rounds;

    @Option(
            names = "--rate",
            defaultValue = "0",
            description =
                    "votes a second to begin with; default: a little less than what its connections get through in 15 seconds")
    double rate;

    private final PrintStream out = System.out;
    private final List<Measured> results = new ArrayList<>();

    /**
     * One round.
     *
     * @param rate votes a second
     * @param cpu microseconds a vote, by process
     * @param bare microseconds that a request costs the server without work, in the same round
     * @param mostBehind seconds of votes that were acknowledged and not in the results, at most
     */
    private record Measured(double rate, Map<String, Double> cpu, double bare, double mostBehind) {
        double together() {
            return cpu.values().stream().mapToDouble(Double::doubleValue).sum();
        }

        double ofBare() {
            return together() / bare;
        }
    }

    @Override
    public Integer call() {
        try (TestSystem system = TestSystem.start(options);
                LoadGenerator generator = new LoadGenerator()) {
            Votelog votelog = new Votelog(system);
            Electorate electorate = new Electorate(votelog, system, generator, options.connections);
            HttpPeer ceiling = Ceiling.start(system, generator);
            Duration warmup = Duration.ofSeconds(options.firstWarmupSeconds);
            bare(ceiling, system, generator);
            electorate.warmUp(warmup);
            double next = rate > 0 ? rate : FIRST * gauge(electorate);
            for (int tries = 0; results.size() < rounds; tries++) {
                if (tries == rounds * MOST_TRIES) {
                    throw new BenchException("no rate was found that it keeps up with");
                }
                double bare = bare(ceiling, system, generator);
                if (!keepsUp(next, bare, votelog, electorate)) {
                    next *= LOWER;
                }
            }
        }
        print();
        return 0;
    }

    /** What its connections get through, counted, a second. */
    private static double gauge(Electorate electorate) {
        long before = electorate.acknowledged().count();
        long fromNs = System.nanoTime();
        electorate.vote(GAUGED, LoadGenerator.Span.IGNORED);
        electorate.contestant().awaitCounted();
        return (electorate.acknowledged().count() - before) * 1e9 / (System.nanoTime() - fromNs);
    }

    /** Microseconds of the server without work for a request. */
    private double bare(HttpPeer ceiling, TestSystem system, LoadGenerator generator) {
        CpuMeter cpu = new CpuMeter(Map.of(SERVER, ceiling.pid()));
        int voters = Math.toIntExact(CEILING_RATE * CEILING.toSeconds());
        LoadReport report = generator.run(
                Load.closed(ceiling.url(), options.connections, Duration.ZERO, CEILING, 0, voters),
                system.requests(ceiling.url(), TokenAlgorithm.HS256, 0, voters),
                null,
                cpu);
        return cpu.microsEach(report.acceptedInSpan()).getOrDefault(SERVER, 0.0);
    }

    private boolean keepsUp(double atRate, double bare, Votelog votelog, Electorate electorate) {
        CpuMeter cpu = new CpuMeter(votelog.pids());
        long before = electorate.acknowledged().count();
        try (Behind behind = Behind.watch(votelog)) {
            LoadReport report = electorate.voteAt(atRate, Duration.ofSeconds(seconds), cpu);
            double mostBehind = behind.most() / atRate;
            votelog.awaitCounted();
            electorate.requireCounted("Votelog");
            long failed = report.refused() + report.unknown() + report.notSent();
            boolean kept = failed == 0 && mostBehind <= 1;
            Measured measured = new Measured(
                    report.throughput(),
                    cpu.microsEach(electorate.acknowledged().count() - before),
                    bare,
                    mostBehind);
            System.err.printf(
                    Locale.ROOT,
                    "%,.0f/s %s: at most %.2f s behind, %,d votes refused or not sent; CPU µs a vote %s, together %.1f, bare %.1f%n",
                    atRate,
                    kept ? "kept up with" : "too much",
                    mostBehind,
                    failed,
                    Round.cpu(List.of(measured.cpu())),
                    measured.together(),
                    bare);
            if (kept) {
                results.add(measured);
            }
            return kept;
        }
    }

    private void print() {
        out.printf(
                "%n%d cores, JDK %s; %d connections, %d rounds of %d s, medians%n%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                options.connections,
                rounds,
                seconds);
        out.println("| votes/s | CPU µs a vote | together | a request without work | ratio | behind at most |");
        out.println("|---|---|---|---|---|---|");
        out.printf(
                Locale.ROOT,
                "| %,.0f | %s | %.1f | %.1f | %.2f | %.2f s |%n",
                Median.of(results, Measured::rate),
                Round.cpu(results.stream().map(Measured::cpu).toList()),
                Median.of(results, Measured::together),
                Median.of(results, Measured::bare),
                Median.of(results, Measured::ofBare),
                Median.of(results, Measured::mostBehind));
    }
}
