// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.readers;

import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.system.CpuMeter;
import io.votelog.infra.bench.system.LargeBallot;
import io.votelog.infra.bench.system.SystemOptions;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.workspace.BenchException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run documents}: what results of a large ballot cost to send. */
@Command(
        name = "documents",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a system of its own with its read side and a large ballot, casts votes at a constant rate so that results change,"
                    + " and lets readers follow them, once without compression and once with gzip. Prints as a Markdown table what"
                    + " a document takes on the wire and of the read side's CPU."
        })
public final class DocumentsCommand implements Callable<Integer> {
    private static final int CONNECTIONS = 32;

    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(names = "--options", defaultValue = "1000", description = "of the ballot; default: ${DEFAULT-VALUE}")
    int ballotOptions;

    @Option(names = "--readers", defaultValue = "500", description = "of the stream; default: ${DEFAULT-VALUE}")
    int readers;

    @Option(names = "--rate", defaultValue = "100", description = "votes a second; default: ${DEFAULT-VALUE}")
    int rate;

    @Option(names = "--seconds", defaultValue = "20", description = "measured each time; default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(
            names = "--settle-seconds",
            defaultValue = "10",
            description = "of the same before each; default: ${DEFAULT-VALUE}")
    int settleSeconds;

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws InterruptedException {
        try (TestSystem system = TestSystem.start(options, LargeBallot.of(ballotOptions), TestSystem.Limits.OFF);
                LoadGenerator voters = new LoadGenerator();
                LoadGenerator reading = new LoadGenerator()) {
            system.startStreams();
            cast(system, voters, Duration.ofSeconds(options.firstWarmupSeconds), LoadGenerator.Span.IGNORED);
            List<String> rows = new ArrayList<>();
            for (String acceptEncoding : List.of("identity", "gzip")) {
                rows.add(row(acceptEncoding, system, voters, reading));
                System.err.println(rows.get(rows.size() - 1));
            }
            out.printf(
                    Locale.ROOT,
                    "%n%d cores, JDK %s; a ballot of %,d options, %,d readers, %,d votes/s, %d s each; apps of %s%n%n",
                    Runtime.getRuntime().availableProcessors(),
                    System.getProperty("java.version"),
                    ballotOptions,
                    readers,
                    rate,
                    seconds,
                    options.apps());
            out.println(
                    "| asked for | given | GET, bytes of JSON | of CSV | stream, bytes a document | a second to each"
                            + " | MB/s | read side, cores without and with readers | CPU µs a document | readers lost |");
            out.println("|---|---|---|---|---|---|---|---|---|---|");
            rows.forEach(out::println);
        }
        return 0;
    }

    private double coresWithoutReaders(TestSystem system, LoadGenerator voters) {
        CpuMeter cpu = meter(system);
        cast(system, voters, Duration.ofSeconds(seconds), cpu);
        return cpu.cores("read side", Duration.ofSeconds(seconds));
    }

    private String row(String acceptEncoding, TestSystem system, LoadGenerator voters, LoadGenerator reading)
            throws InterruptedException {
        double idle = coresWithoutReaders(system, voters);
        String json = size(system, "application/json", acceptEncoding);
        String csv = size(system, "text/csv", acceptEncoding);
        try (StreamBytes streams = new StreamBytes(reading)) {
            streams.open(URI.create(system.resultsUrl() + "/stream"), readers, acceptEncoding);
            cast(system, voters, Duration.ofSeconds(settleSeconds), LoadGenerator.Span.IGNORED);
            CpuMeter cpu = meter(system);
            streams.sent();
            cast(system, voters, Duration.ofSeconds(seconds), cpu);
            StreamBytes.Sent sent = streams.sent();
            double cores = cpu.cores("read side", Duration.ofSeconds(seconds));
            return String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %,.0f | %.1f | %,.1f | %.2f → %.2f | %,.0f | %d |",
                    acceptEncoding,
                    sent.encoding(),
                    json,
                    csv,
                    sent.bytesEach(),
                    sent.documents() / readers / seconds,
                    sent.documents() * sent.bytesEach() / seconds / 1e6,
                    idle,
                    cores,
                    Math.max(0, cores - idle) * seconds * 1e6 / Math.max(1, sent.documents()),
                    sent.lost());
        }
    }

    /** Bytes of one answer's body as they came, and how they were encoded where they were. */
    private static String size(TestSystem system, String accept, String acceptEncoding) {
        HttpResponse<byte[]> answer =
                system.calls().get(system.resultsUrl(), "Accept", accept, "Accept-Encoding", acceptEncoding);
        if (answer.statusCode() != 200) {
            throw new BenchException("results are answered " + answer.statusCode());
        }
        return String.format(Locale.ROOT, "%,d", answer.body().length)
                + answer.headers()
                        .firstValue("Content-Encoding")
                        .map(encoding -> " " + encoding)
                        .orElse("");
    }

    private static CpuMeter meter(TestSystem system) {
        return new CpuMeter(Map.of("read side", system.streamsPid()));
    }

    private void cast(TestSystem system, LoadGenerator voters, Duration length, LoadGenerator.Span span) {
        Load sized = Load.open(system.gatewayUrl(), CONNECTIONS, rate, Duration.ZERO, length, 0);
        int first = system.newVoters(sized.voters());
        voters.run(
                Load.open(system.gatewayUrl(), CONNECTIONS, rate, Duration.ZERO, length, first),
                system.requests(system.gatewayUrl(), TokenAlgorithm.HS256, first, sized.voters()),
                null,
                span);
    }
}
