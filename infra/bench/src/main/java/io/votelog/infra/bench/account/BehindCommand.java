// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadReport;
import io.votelog.infra.bench.log.Auditor;
import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.SystemOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run behind}: votes come in while nothing counts or seals them. */
@Command(
        name = "behind",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a system of its own with its read side, kills the read side (SIGKILL), loads the gateway, and starts the read"
                    + " side again. Prints how fast it catches up, whether each of the results that it shows meanwhile says"
                    + " truly how old it is, and an account; then how long the sealer, which has sealed nothing yet, takes for all"
                    + " of it."
        })
public final class BehindCommand implements Callable<Integer> {
    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(names = "--load", defaultValue = "0.9", description = "of the maximum; default: ${DEFAULT-VALUE}")
    double share;

    @Option(names = "--seconds", defaultValue = "60", description = "of load; default: ${DEFAULT-VALUE}")
    int seconds;

    @Override
    public Integer call() {
        PrintStream out = System.out;
        try (AccountedLoad loaded = new AccountedLoad(options, 60_000 * seconds, out)) {
            BrokerTopics topics = new BrokerTopics(loaded.system().kafka().bootstrapServers());
            loaded.warmUp();
            double rate = share * loaded.maximum();
            Load load = loaded.open(options.connections, rate, Duration.ofSeconds(seconds));
            loaded.system().killStreams();
            out.printf(Locale.ROOT, "load         %,.0f votes/s for %d s, the read side killed%n", rate, seconds);
            LoadReport report = loaded.run(load);
            report.print(out);

            long beganNs = System.nanoTime();
            CatchUp catchUp = CatchUp.of(loaded.system(), topics);
            out.printf(
                    Locale.ROOT,
                    "behind       %,d records when it shows results, %.1f s after its start%n",
                    catchUp.behind(),
                    (catchUp.readyNs() - beganNs) / 1e9);
            out.printf(
                    Locale.ROOT,
                    "caught up    %.1f s after that: %,.0f records/s, %.1f times as fast as votes came%n",
                    (catchUp.doneNs() - catchUp.readyNs()) / 1e9,
                    catchUp.perSecond(),
                    catchUp.perSecond() / report.throughput());
            long untrue = catchUp.untrue(topics);
            out.printf(
                    Locale.ROOT,
                    "asOf         %,d documents; %,d older than the one before, %,d of another age than they say%n",
                    catchUp.documents(),
                    catchUp.wentBack(),
                    untrue);
            boolean addsUp = loaded.account();
            seal(loaded, out);
            return addsUp && untrue == 0 && catchUp.wentBack() == 0 ? 0 : 1;
        }
    }

    private static void seal(AccountedLoad loaded, PrintStream out) {
        Path folder = loaded.system().dir();
        Auditor auditor = new Auditor(folder, "1g", List.of());
        String kafka = loaded.system().kafka().bootstrapServers();
        double sealSeconds = auditor.seal(kafka, auditor.keys());
        long records = new BrokerTopics(kafka)
                .ends().values().stream().mapToLong(Long::longValue).sum();
        out.printf(
                Locale.ROOT,
                "sealer       %,d records in %.1f s: %,.0f a second, both trees%n",
                records,
                sealSeconds,
                records / sealSeconds);
    }
}
