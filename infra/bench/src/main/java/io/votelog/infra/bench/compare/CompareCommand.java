// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.compare;

import io.votelog.infra.bench.load.BatchLoad;
import io.votelog.infra.bench.load.BatchReport;
import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.LoadReport;
import io.votelog.infra.bench.load.VoteRequests;
import io.votelog.infra.bench.peer.Ceiling;
import io.votelog.infra.bench.peer.HttpPeer;
import io.votelog.infra.bench.peer.PeerApplication;
import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.CpuMeter;
import io.votelog.infra.bench.system.SystemOptions;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.workspace.BenchException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run compare}: the gateway beside what it is held against, in one run. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a broker and a gateway of its own and prints, as Markdown, what the gateway does beside a server without"
                    + " work and beside its peers.",
            "Rounds alternate between the rows, so that whatever else the machine does meets all of them; the median counts."
        })
public final class CompareCommand implements Callable<Integer> {
    private static final double HALF = 0.5;
    private static final int PARTITIONS = 4;
    private static final int FIRST_BATCH_VOTER = 500_000_000;
    private static final String MVC_TOPIC = "votelog.bench.mvc";
    private static final String PERF_TOPIC = "votelog.bench.perf";
    private static final int GUESSED_PERF_RATE = 300_000;
    private static final int WARMUP_CONNECTIONS = 4;
    private static final int WARMUP_RATE = 12_000;
    private static final double MARGIN = 1.3;

    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(names = "--only", split = ",", description = "rows: ${COMPLETION-CANDIDATES}; default: all")
    @Nullable
    Set<Row> only;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description =
                    "the schema registry of the row REGISTRY, filled by schemas/register.py; without it that row is left out")
    @Nullable
    String registry;

    @Option(names = "--rounds", defaultValue = "3", description = "default: ${DEFAULT-VALUE}")
    int rounds;

    @Option(names = "--seconds", defaultValue = "10", description = "measured in a round; default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(
            names = "--warmup-seconds",
            defaultValue = "4",
            description = "before each round; default: ${DEFAULT-VALUE}")
    int warmupSeconds;

    @Option(names = "--streams", defaultValue = "4", description = "of the batch row; default: ${DEFAULT-VALUE}")
    int streams;

    private final PrintStream out = System.out;
    private final Map<Row, List<Measured>> results = new EnumMap<>(Row.class);
    private @Nullable HttpPeer ceiling;
    private @Nullable HttpPeer mvc;
    private @Nullable HttpPeer traced;
    private @Nullable HttpPeer registered;
    private @Nullable Discarding collector;
    private int nextBatchVoter = FIRST_BATCH_VOTER;

    @Override
    public Integer call() {
        Set<Row> rows = only == null ? EnumSet.allOf(Row.class) : EnumSet.copyOf(only);
        if (registry == null && rows.remove(Row.REGISTRY) && only != null) {
            throw new BenchException("the row REGISTRY needs --registry URL, where schemas/register.py was run");
        }
        try (TestSystem system = TestSystem.start(options);
                LoadGenerator generator = new LoadGenerator()) {
            for (int round = 1; round <= rounds; round++) {
                for (Row row : rows) {
                    Measured measured = measure(row, round, system, generator);
                    results.computeIfAbsent(row, first -> new ArrayList<>()).add(measured);
                    System.err.printf(Locale.ROOT, "round %d  %s%n", round, line(row, measured));
                }
            }
        }
        if (collector != null) {
            collector.close();
        }
        print();
        return 0;
    }

    private Measured measure(Row row, int round, TestSystem system, LoadGenerator generator) {
        HttpPeer gateway = new HttpPeer(system.gatewayUrl(), system.gatewayPid());
        return switch (row) {
            case CEILING -> {
                if (ceiling == null) {
                    ceiling = Ceiling.start(system, generator);
                }
                yield fastest(ceiling, TokenAlgorithm.HS256, row, round, system, generator);
            }
            case HS256, UNPROMISED -> fastest(gateway, TokenAlgorithm.HS256, row, round, system, generator);
            case TRACED -> {
                if (traced == null) {
                    collector = new Discarding();
                    traced = startTraced(system, collector);
                }
                yield fastest(traced, TokenAlgorithm.HS256, row, round, system, generator);
            }
            case REGISTRY -> {
                if (registered == null) {
                    registered = system.startGateway(
                            "gateway-registry",
                            Map.of("VOTELOG_SCHEMA_REGISTRY", String.valueOf(registry)),
                            HttpPeer::new);
                }
                yield fastest(registered, TokenAlgorithm.HS256, row, round, system, generator);
            }
            case RS256 -> fastest(gateway, TokenAlgorithm.RS256, row, round, system, generator);
            case ES256 -> fastest(gateway, TokenAlgorithm.ES256, row, round, system, generator);
            case P99 -> halfLoad(Row.HS256, gateway, system, generator);
            case FLUSHED ->
                flushed(system, () -> fastest(gateway, TokenAlgorithm.HS256, row, round, system, generator));
            case FLUSHED_P99 -> flushed(system, () -> halfLoad(Row.FLUSHED, gateway, system, generator));
            case MVC -> {
                if (mvc == null) {
                    mvc = startMvc(system);
                }
                yield fastest(mvc, TokenAlgorithm.HS256, row, round, system, generator);
            }
            case BATCH -> batch(gateway, round, system, generator);
            case PERF -> perf(round, system);
        };
    }

    /** As many votes as the connections get through. */
    private Measured fastest(
            HttpPeer server, TokenAlgorithm algorithm, Row row, int round, TestSystem system, LoadGenerator generator) {
        // By the time of the other tokens most of the gateway has been compiled, and they are dear.
        Duration warmup = Duration.ofSeconds(
                round == 1 && algorithm == TokenAlgorithm.HS256 ? options.firstWarmupSeconds : warmupSeconds);
        boolean recorded = row != Row.CEILING && row != Row.MVC;
        if (round == 1) {
            warmUp(server, algorithm, warmup, recorded, system, generator);
        }
        Duration span = Duration.ofSeconds(seconds);
        double guess = Stream.of(row, Row.HS256)
                .map(measured -> results.getOrDefault(measured, List.of()))
                .filter(measured -> !measured.isEmpty() && row != Row.CEILING)
                .findFirst()
                .map(measured ->
                        measured.stream().mapToDouble(Measured::rate).max().orElse(0))
                .orElse((double) algorithm.guessedRate());
        int voters = (int) (guess * MARGIN * warmup.plus(span).toSeconds());
        int first = recorded ? system.newVoters(voters) : 0;
        VoteRequests requests = system.requests(server.url(), algorithm, first, voters);
        if (row == Row.UNPROMISED) {
            requests = requests.withoutPromises();
        }
        CpuMeter cpu = new CpuMeter(system.pids("server", server.pid()));
        LoadReport report = generator.run(
                Load.closed(server.url(), options.connections, warmup, span, first, voters), requests, null, cpu);
        if (recorded) {
            system.notUsed(first + report.voters());
        }
        return measured(report, cpu);
    }

    /**
     * Over few connections: under full load the compiler's thread is one of many on two cores, and a server of any size is not
     * compiled for minutes.
     */
    private void warmUp(
            HttpPeer server,
            TokenAlgorithm algorithm,
            Duration length,
            boolean recorded,
            TestSystem system,
            LoadGenerator generator) {
        int voters = (int) (WARMUP_RATE * length.toSeconds());
        int first = recorded ? system.newVoters(voters) : 0;
        LoadReport report = generator.run(
                Load.closed(server.url(), WARMUP_CONNECTIONS, length, Duration.ofMillis(1), first, voters),
                system.requests(server.url(), algorithm, first, voters),
                null,
                LoadGenerator.Span.IGNORED);
        if (recorded) {
            system.notUsed(first + report.voters());
        }
    }

    /** The same gateway and the same log, whose broker syncs votes before it acknowledges them for as long as this takes. */
    private static Measured flushed(TestSystem system, Supplier<Measured> measuring) {
        BrokerTopics topics = new BrokerTopics(system.kafka().bootstrapServers());
        topics.flushVotes(true);
        try {
            return measuring.get();
        } finally {
            topics.flushVotes(false);
        }
    }

    private Measured halfLoad(Row maximum, HttpPeer gateway, TestSystem system, LoadGenerator generator) {
        double rate = HALF * median(maximum).rate();
        Load sized = Load.open(
                gateway.url(),
                options.connections,
                rate,
                Duration.ofSeconds(warmupSeconds),
                Duration.ofSeconds(seconds),
                0);
        int first = system.newVoters(sized.voters());
        Load load = Load.open(gateway.url(), options.connections, rate, sized.warmup(), sized.measured(), first);
        VoteRequests requests = system.requests(gateway.url(), TokenAlgorithm.HS256, first, load.voters());
        CpuMeter cpu = new CpuMeter(system.pids("server", gateway.pid()));
        return measured(generator.run(load, requests, null, cpu), cpu);
    }

    private Measured batch(HttpPeer gateway, int round, TestSystem system, LoadGenerator generator) {
        Duration warmup = Duration.ofSeconds(round == 1 ? options.firstWarmupSeconds : warmupSeconds);
        CpuMeter cpu = new CpuMeter(system.pids("server", gateway.pid()));
        BatchReport report = new BatchLoad(
                        gateway.url(),
                        system.ballot().id(),
                        system.votes(),
                        system.key(TokenAlgorithm.HS256),
                        options.seed,
                        streams,
                        warmup,
                        Duration.ofSeconds(seconds))
                .run(generator, nextBatchVoter, cpu);
        report.print(System.err);
        nextBatchVoter += report.voters();
        return new Measured(
                report.throughput(),
                null,
                report.unanswered()
                        + report.byStatus().entrySet().stream()
                                .filter(lines -> lines.getKey() != 202)
                                .mapToLong(Map.Entry::getValue)
                                .sum(),
                cpu.microsEach(report.acceptedInSpan()));
    }

    /** The first quarter of its records is its warm-up, which its own steady-state line leaves out. */
    private Measured perf(int round, TestSystem system) {
        BrokerTopics topics = new BrokerTopics(system.kafka().bootstrapServers());
        String topic = PERF_TOPIC + "." + round;
        topics.createLikeVotes(topic, PARTITIONS);
        int bytes = topics.meanVoteBytes();
        double guess = results.getOrDefault(Row.PERF, List.of()).stream()
                .mapToDouble(Measured::rate)
                .max()
                .orElse(GUESSED_PERF_RATE);
        long steady = (long) (guess * seconds);
        ProducerPerf perf = new ProducerPerf(system, topic, bytes, steady / 3, steady);
        return new Measured(perf.run(), null, 0, perf.cpuEach());
    }

    private HttpPeer startMvc(TestSystem system) {
        new BrokerTopics(system.kafka().bootstrapServers()).createLikeVotes(MVC_TOPIC, PARTITIONS);
        return HttpPeer.start(
                "mvc",
                PeerApplication.class,
                system,
                port -> List.of(
                        "--server.address=127.0.0.1",
                        "--server.port=" + port,
                        "--spring.main.banner-mode=off",
                        "--spring.kafka.bootstrap-servers=" + system.kafka().bootstrapServers(),
                        "--spring.kafka.producer.acks=all",
                        "--spring.kafka.producer.key-serializer=" + ByteArraySerializer.class.getName(),
                        "--spring.kafka.producer.value-serializer=" + ByteArraySerializer.class.getName(),
                        "--peer.topic=" + MVC_TOPIC,
                        "--peer.partitions=" + PARTITIONS,
                        "--peer.streams=" + system.streamsUrl(),
                        "--peer.pepper=" + Base64.getEncoder().encodeToString(system.pepper()),
                        "--peer.hs256-secret="
                                + system.key(TokenAlgorithm.HS256).secretText()));
    }

    private static HttpPeer startTraced(TestSystem system, Discarding collector) {
        return system.startGateway(
                "gateway-traced",
                Map.of(
                        "MANAGEMENT_OPENTELEMETRY_ENABLED",
                        "true",
                        "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT",
                        collector.url(),
                        "MANAGEMENT_TRACING_SAMPLING_PROBABILITY",
                        "0.01"),
                HttpPeer::new);
    }

    private static Measured measured(LoadReport report, CpuMeter cpu) {
        return new Measured(
                report.throughput(),
                report.fromIntended(),
                report.refused() + report.unknown() + report.notSent(),
                cpu.microsEach(report.acceptedInSpan()));
    }

    private Measured median(Row row) {
        List<Measured> all = results.getOrDefault(row, List.of()).stream()
                .sorted(Comparator.comparingDouble(Measured::rate))
                .toList();
        if (all.isEmpty()) {
            throw new BenchException("%s needs the row %s too".formatted("this row", row));
        }
        return all.get((all.size() - 1) / 2);
    }

    private static String line(Row row, Measured measured) {
        return String.format(
                Locale.ROOT,
                "%-8s %,10.0f/s  %s  failed %,d  CPU µs each: %s",
                row,
                measured.rate(),
                measured.latency() == null ? "" : LoadReport.percentiles(measured.latency()),
                measured.failed(),
                cpu(measured));
    }

    private static String cpu(Measured measured) {
        return String.join(
                ", ",
                measured.cpu().entrySet().stream()
                        .map(each -> String.format(Locale.ROOT, "%s %.1f", each.getKey(), each.getValue()))
                        .toList());
    }

    private void print() {
        out.printf(
                "%n%d cores, JDK %s; %d connections, %d rounds of %d s, medians, least to most in brackets%n%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                options.connections,
                rounds,
                seconds);
        out.println("| what | a second | ratio | target | p50 / p99 / max | failed | CPU µs each |");
        out.println("|---|---|---|---|---|---|---|");
        for (Map.Entry<Row, List<Measured>> row : results.entrySet()) {
            Measured median = median(row.getKey());
            out.printf(
                    Locale.ROOT,
                    "| %s | %,.0f [%,.0f - %,.0f] | %s | %s | %s | %,d | %s |%n",
                    row.getKey().what(),
                    median.rate(),
                    row.getValue().stream().mapToDouble(Measured::rate).min().orElse(0),
                    row.getValue().stream().mapToDouble(Measured::rate).max().orElse(0),
                    ratio(row.getKey()),
                    target(row.getKey()),
                    latency(row.getKey()),
                    row.getValue().stream().mapToLong(Measured::failed).sum(),
                    cpu(median));
        }
    }

    private static String target(Row row) {
        return switch (row) {
            case HS256 -> "≥ 0.60";
            case RS256 -> "≥ 0.80";
            case P99 -> "p99 ≤ 25 ms";
            case BATCH -> "≥ 0.70";
            case CEILING, UNPROMISED, TRACED, REGISTRY, ES256, MVC, FLUSHED, FLUSHED_P99, PERF -> "";
        };
    }

    private String ratio(Row row) {
        return switch (row) {
            case HS256 ->
                results.containsKey(Row.CEILING)
                        ? ratio(row, Row.CEILING, "ceiling")
                        : ratio(row, Row.UNPROMISED, "without promises");
            case UNPROMISED, MVC -> ratio(row, Row.CEILING, "ceiling");
            case TRACED, REGISTRY, RS256, ES256, FLUSHED -> ratio(row, Row.HS256, "HS256");
            case BATCH -> ratio(row, Row.PERF, "perf-test");
            case CEILING, P99, FLUSHED_P99, PERF -> "";
        };
    }

    private String ratio(Row row, Row of, String name) {
        return results.containsKey(of)
                ? String.format(
                        Locale.ROOT,
                        "%.2f of %s",
                        median(row).rate() / median(of).rate(),
                        name)
                : "";
    }

    /** The median of the rounds' percentiles; the most of their maxima. */
    private String latency(Row row) {
        List<Measured> all = results.getOrDefault(row, List.of());
        if (all.stream().anyMatch(measured -> measured.latency() == null)) {
            return "";
        }
        return "%s / %s / %s"
                .formatted(
                        percentile(all, 50),
                        percentile(all, 99),
                        LoadReport.ms(all.stream()
                                .mapToLong(measured -> value(measured, 100))
                                .max()
                                .orElse(0)));
    }

    private static String percentile(List<Measured> all, double percentile) {
        long[] values = all.stream()
                .mapToLong(measured -> value(measured, percentile))
                .sorted()
                .toArray();
        return LoadReport.ms(values[(values.length - 1) / 2]);
    }

    private static long value(Measured measured, double percentile) {
        return measured.latency() == null ? 0 : measured.latency().getValueAtPercentile(percentile);
    }
}
