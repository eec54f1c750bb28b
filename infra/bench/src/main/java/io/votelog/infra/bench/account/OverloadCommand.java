// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadReport;
import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.SystemOptions;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run overload}: far more than it can take. */
@Command(
        name = "overload",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a system of its own with its read side and sends it several times the maximum that it measures first. A vote"
                    + " for which no connection is free within a second of its time is not sent, and counted as such. Prints"
                    + " the gateway's live heap before and after, and an account."
        })
public final class OverloadCommand implements Callable<Integer> {
    /** The client id of the gateway's producer. */
    private static final String VOTE_PRODUCER = "votelog-producer-votes";

    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(names = "--times", defaultValue = "10", description = "the maximum; default: ${DEFAULT-VALUE}")
    double times;

    @Option(names = "--seconds", defaultValue = "20", description = "default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(
            names = "--overload-connections",
            defaultValue = "1000",
            description = "--connections are for the maximum; default: ${DEFAULT-VALUE}")
    int overloadConnections;

    @Option(
            names = "--slow-log",
            paramLabel = "BYTES",
            description =
                    "bytes a second that the broker takes of the gateway's votes, by a quota: then it is the log that is too"
                            + " slow, and one machine can send many times as much; default: no quota")
    @Nullable
    Integer slowLog;

    @Override
    public Integer call() {
        PrintStream out = System.out;
        int voters = (int) Math.min(60_000_000L, (long) (times * 40_000 * seconds));
        try (AccountedLoad loaded = new AccountedLoad(options, voters, out)) {
            loaded.warmUp();
            if (slowLog != null) {
                new BrokerTopics(loaded.system().kafka().bootstrapServers()).slowDown(VOTE_PRODUCER, slowLog);
                out.printf(Locale.ROOT, "log          takes %,d bytes/s%n", slowLog);
            }
            double maximum = loaded.maximum();
            out.printf("heap         %d MB live before%n", loaded.heapMb());
            LoadReport report = loaded.run(Load.open(
                    loaded.system().gatewayUrl(),
                    overloadConnections,
                    times * maximum,
                    Duration.ZERO,
                    Duration.ofSeconds(seconds),
                    loaded.nextVoter()));
            out.printf(
                    Locale.ROOT,
                    "overload     %,.0f votes/s meant to be sent for %d s over %,d connections%n",
                    times * maximum,
                    seconds,
                    overloadConnections);
            report.print(out);
            out.printf(Locale.ROOT, "kept up      %.2f of the maximum%n", report.throughput() / maximum);
            out.printf("heap         %d MB live after%n", loaded.heapMb());
            return loaded.account() ? 0 : 1;
        }
    }
}
