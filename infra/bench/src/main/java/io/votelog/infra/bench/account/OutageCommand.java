// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadReport;
import io.votelog.infra.bench.system.SystemOptions;
import io.votelog.infra.bench.system.TestSystem;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run outage}: the broker is killed under load. */
@Command(
        name = "outage",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a system of its own with its read side, loads it, kills the broker (SIGKILL) and starts it again. What is put"
                    + " off or unknown is sent again, with the same token and vote, until it is answered or the time is up."
                    + " Prints an account."
        })
public final class OutageCommand implements Callable<Integer> {
    private static final Duration RETRY_AFTER = Duration.ofMillis(500);

    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(names = "--load", defaultValue = "0.5", description = "of the maximum; default: ${DEFAULT-VALUE}")
    double share;

    @Option(names = "--seconds", defaultValue = "40", description = "of load; default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(names = "--kill-after", defaultValue = "10", description = "seconds of load; default: ${DEFAULT-VALUE}")
    int killAfter;

    @Option(names = "--down", defaultValue = "5", description = "seconds; default: ${DEFAULT-VALUE}")
    int down;

    @Option(
            names = "--outage-connections",
            defaultValue = "512",
            description = "--connections are for the maximum; default: ${DEFAULT-VALUE}")
    int outageConnections;

    @Override
    public Integer call() {
        PrintStream out = System.out;
        try (AccountedLoad loaded = new AccountedLoad(options, 60_000 * seconds, out)) {
            loaded.warmUp();
            double rate = share * loaded.maximum();
            Load load = loaded.open(outageConnections, rate, Duration.ofSeconds(seconds))
                    .retrying(RETRY_AFTER);
            CompletableFuture<Void> outage = CompletableFuture.runAsync(
                    () -> {
                        loaded.system().kafka().kill(1);
                        out.printf("broker       killed; starts again in %d s%n", down);
                        TestSystem.pause(Duration.ofSeconds(down));
                        loaded.system().kafka().restart(1);
                        out.println("broker       back");
                    },
                    CompletableFuture.delayedExecutor(killAfter, TimeUnit.SECONDS));
            LoadReport report = loaded.run(load);
            outage.join();
            out.printf(Locale.ROOT, "load         %,.0f votes/s for %d s%n", rate, seconds);
            report.print(out);
            return loaded.account() ? 0 : 1;
        }
    }
}
