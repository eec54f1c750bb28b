// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.system.SystemOptions;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run account}: a load, and then every vote of it is looked for. */
@Command(
        name = "account",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a system of its own with its read side, loads it, and compares what senders were told with the log, and the"
                    + " published results with a recount of the log. Exit code 1 on any difference."
        })
public final class AccountCommand implements Callable<Integer> {
    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(names = "--load", defaultValue = "0.5", description = "of the maximum; default: ${DEFAULT-VALUE}")
    double share;

    @Option(names = "--seconds", defaultValue = "20", description = "default: ${DEFAULT-VALUE}")
    int seconds;

    @Override
    public Integer call() {
        PrintStream out = System.out;
        try (AccountedLoad loaded = new AccountedLoad(options, 40_000 * seconds, out)) {
            loaded.warmUp();
            double rate = share * loaded.maximum();
            out.printf("load         %.0f votes/s for %d s%n", rate, seconds);
            loaded.run(Load.open(
                            loaded.system().gatewayUrl(),
                            options.connections,
                            rate,
                            Duration.ZERO,
                            Duration.ofSeconds(seconds),
                            loaded.nextVoter()))
                    .print(out);
            return loaded.account() ? 0 : 1;
        }
    }
}
