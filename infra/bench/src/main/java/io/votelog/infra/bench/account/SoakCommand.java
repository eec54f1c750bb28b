// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.system.SystemOptions;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run soak}: nearly all that it can take, for long. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a system of its own with its read side and loads it for long, at a share of the maximum that it measures"
                    + " first. Prints the gateway's live heap each minute (each time after a full collection that it asks for,"
                    + " which is a pause that the latencies have too) and an account at the end."
        })
public final class SoakCommand implements Callable<Integer> {
    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(names = "--minutes", defaultValue = "10", description = "default: ${DEFAULT-VALUE}")
    int minutes;

    @Option(names = "--load", defaultValue = "0.9", description = "of the maximum; default: ${DEFAULT-VALUE}")
    double share;

    @Override
    public Integer call() {
        PrintStream out = System.out;
        int seconds = 60 * minutes;
        try (AccountedLoad loaded = new AccountedLoad(options, 40_000 * seconds, out)) {
            loaded.warmUp();
            double rate = share * loaded.maximum();
            out.printf(Locale.ROOT, "load         %,.0f votes/s for %d min%n", rate, minutes);
            Load load = loaded.open(options.connections, rate, Duration.ofSeconds(seconds));
            Runnable watching = watch(loaded, out);
            loaded.run(load).print(out);
            watching.run();
            out.printf("heap         %d MB live at the end%n", loaded.heapMb());
            return loaded.account() ? 0 : 1;
        }
    }

    private static Runnable watch(AccountedLoad loaded, PrintStream out) {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        AtomicInteger minute = new AtomicInteger();
        timer.scheduleAtFixedRate(
                () -> out.printf("minute %-5d %d MB of heap live%n", minute.getAndIncrement(), loaded.heapMb()),
                0,
                1,
                TimeUnit.MINUTES);
        return timer::shutdownNow;
    }
}
