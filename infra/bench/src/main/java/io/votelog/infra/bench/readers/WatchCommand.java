// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.readers;

import io.votelog.infra.bench.account.AccountedLoad;
import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadReport;
import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.CpuMeter;
import io.votelog.infra.bench.system.Heap;
import io.votelog.infra.bench.system.SystemOptions;
import io.votelog.infra.bench.system.TestSystem;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run watch}: many who watch the results of a ballot under load. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a system of its own with its read side, lets readers follow the stream of results, some of whom never read what"
                    + " they are sent, and casts votes at a constant rate. Prints how long a vote takes from its write until a"
                    + " reader is shown results that count it, the read side's live heap, and an account."
        })
public final class WatchCommand implements Callable<Integer> {
    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(names = "--readers", defaultValue = "500", description = "of the stream; default: ${DEFAULT-VALUE}")
    int readers;

    @Option(names = "--never-read", defaultValue = "50", description = "of them; default: ${DEFAULT-VALUE}")
    int neverRead;

    @Option(names = "--rate", defaultValue = "5000", description = "votes a second; default: ${DEFAULT-VALUE}")
    int rate;

    @Option(names = "--seconds", defaultValue = "60", description = "measured; default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(
            names = "--settle-seconds",
            defaultValue = "20",
            description = "of the same load before, with all readers; default: ${DEFAULT-VALUE}")
    int settleSeconds;

    @Option(
            names = "--proxy",
            description =
                    "a second read side, and the proxy of infra/compose before both, by which readers of the stream"
                            + " come; needs nginx")
    boolean proxy;

    @Override
    public Integer call() {
        PrintStream out = System.out;
        try (AccountedLoad loaded = new AccountedLoad(options, rate * (settleSeconds + seconds + 1), out)) {
            loaded.warmUp();
            TestSystem system = loaded.system();
            heap(out, "without readers", system);
            try (Origin origin = proxy ? Origin.behindProxy(system) : Origin.direct(system);
                    Readers watching = new Readers(loaded.generator(), origin.stream())) {
                watching.open(readers, neverRead);
                loaded.run(load(loaded, settleSeconds));
                heap(out, "with %,d readers".formatted(readers), system);
                watching.seen();
                Freshness freshness = new Freshness(loaded.ledger(), nextOffsets(system));
                watching.measure(freshness);
                out.printf(
                        Locale.ROOT,
                        "load         %,d votes/s for %d s; %,d readers, of whom %,d never read%n",
                        rate,
                        seconds,
                        readers,
                        neverRead);
                CpuMeter cpu = new CpuMeter(origin.pids());
                long began = System.nanoTime();
                cpu.begins();
                try (Asker asker = new Asker(system, loaded.generator(), freshness)) {
                    asker.begin();
                    loaded.run(load(loaded, seconds), freshness).print(out);
                }
                Readers.Seen seen = watching.seen();
                cpu.ends();
                Duration span = Duration.ofNanos(System.nanoTime() - began);
                out.println("cores        "
                        + origin.pids().keySet().stream()
                                .map(name -> String.format(Locale.ROOT, "%s %.2f", name, cpu.cores(name, span)))
                                .collect(Collectors.joining(", ")));
                heap(out, "after the load", system);
                out.printf(
                        Locale.ROOT,
                        "shown        %,d documents, %.1f a second to each who reads; %,d older than the one before; %,d readers"
                                + " lost%n",
                        seen.documents(),
                        seen.documents() / (double) seconds / (readers - neverRead),
                        seen.wentBack(),
                        seen.lost());
                out.println("freshness    " + LoadReport.percentiles(freshness.shown())
                        + " from a vote's write to results on the stream that count it");
                out.println("             " + LoadReport.percentiles(freshness.told())
                        + " to results that count it, asked for every 20 ms");
                return loaded.account() && seen.wentBack() == 0 ? 0 : 1;
            }
        }
    }

    private Load load(AccountedLoad loaded, int length) {
        return Load.open(
                loaded.system().gatewayUrl(),
                options.connections,
                rate,
                Duration.ZERO,
                Duration.ofSeconds(length),
                loaded.nextVoter());
    }

    private static long[] nextOffsets(TestSystem system) {
        return new BrokerTopics(system.kafka().bootstrapServers())
                .ends().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .mapToLong(Map.Entry::getValue)
                        .toArray();
    }

    private static void heap(PrintStream out, String when, TestSystem system) {
        out.printf("heap         %d MB live %s%n", Heap.liveKb(system.streamsPid()) / 1024, when);
    }
}
