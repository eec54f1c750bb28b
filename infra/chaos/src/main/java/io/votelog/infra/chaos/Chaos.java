// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos;

import io.votelog.infra.chaos.account.Sum;
import io.votelog.infra.chaos.faults.Fault;
import io.votelog.infra.chaos.faults.Faults;
import io.votelog.infra.chaos.load.Ledger;
import io.votelog.infra.chaos.system.Builds;
import io.votelog.infra.chaos.system.Programs;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program behind {@code infra/chaos/run}. */
@Command(
        name = "infra/chaos/run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Starts a whole system (a controller, three brokers, two gateways, two streams-apps, a sealer), has voters"
                    + " with scripts vote, breaks the system by faults that are drawn from the seed, and accounts for"
                    + " every vote."
        },
        footer = {
            "",
            "Exit codes: 0 every law held; 1 a law was broken: what offends it is named, and the folder is kept; 2 a"
                    + " command line that it does not know; 3 the run could not be made."
        })
public final class Chaos implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "what all that is drawn comes from (default: drawn, and printed)")
    private @Nullable Long seed;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            description = "how long it is broken, such as 0.5 or 10 (default: ${DEFAULT-VALUE})")
    private double minutes = 10;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "how often it is broken by each kind, however long that takes; then --minutes says nothing")
    private int rounds;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "voters who come a second; some send several votes (default: ${DEFAULT-VALUE})")
    private int rate = 25;

    @Option(
            names = "--faults",
            paramLabel = "KIND",
            split = ",",
            description =
                    "the kinds that are drawn from, with commas between (default: all that this machine can have)")
    private List<String> faults = List.of();

    @Option(
            names = "--other",
            paramLabel = "FOLDER",
            description = "another checkout, built (./mvnw -DskipTests package): all parts begin as that build's, and"
                    + " the faults move-… have them move to this one, back, and so on")
    private @Nullable Path other;

    @Option(names = "--list", description = "lists the kinds of faults, and ends")
    private boolean list;

    @Option(
            names = "--keep",
            description = "keeps the folder with data and logs, which is kept anyway where a law was broken")
    private boolean keep;

    @Option(names = "--json", paramLabel = "FILE", description = "writes the account to a file, as JSON")
    private @Nullable Path json;

    @Option(
            names = "--sum",
            paramLabel = "FILE",
            arity = "1..*",
            description = "prints the tables, in Markdown, that the accounts in these files come to, and ends")
    private List<Path> sum = List.of();

    private Chaos() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return Programs.commandLine(new Chaos());
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        if (!sum.isEmpty()) {
            out.print(sumOf(sum));
            return 0;
        }
        Ledger ledger = new Ledger();
        Builds builds = Builds.of(Programs.root(), other == null ? null : other.toAbsolutePath());
        List<Fault> all = Faults.all(ledger, builds.areTwo());
        if (list) {
            all.forEach(fault -> out.printf(
                    "%-20s %s%s%n",
                    fault.name(),
                    fault.what(),
                    fault.lacks()
                            .map(what -> " (not on this machine, for want of " + what + ")")
                            .orElse("")));
            return 0;
        }
        if (!(minutes >= 0.1 && minutes <= 600)) {
            throw new ParameterException(
                    spec.commandLine(), "--minutes is %s; 0.1 to 600 are allowed".formatted(minutes));
        }
        if (rounds < 0 || rounds > 1_000) {
            throw new ParameterException(spec.commandLine(), "--rounds is %d; 1 to 1000 are allowed".formatted(rounds));
        }
        if (rate < 1 || rate > 5_000) {
            throw new ParameterException(spec.commandLine(), "--rate is %d; 1 to 5000 are allowed".formatted(rate));
        }
        List<String> names = all.stream().map(Fault::name).toList();
        faults.stream().filter(name -> !names.contains(name)).findFirst().ifPresent(unknown -> {
            throw new ParameterException(
                    spec.commandLine(), "there is no fault %s; --list has them all".formatted(unknown));
        });
        List<Fault> kinds = all.stream()
                .filter(fault -> faults.isEmpty() ? fault.lacks().isEmpty() : faults.contains(fault.name()))
                .toList();
        for (Fault kind : kinds) {
            kind.lacks().ifPresent(what -> {
                throw new ParameterException(
                        spec.commandLine(),
                        "%s cannot happen on this machine: it lacks %s".formatted(kind.name(), what));
            });
        }
        long drawn = Programs.seed(seed);
        ChaosRun run = new ChaosRun(builds, drawn, minutes, rounds, rate, kinds, ledger, out);
        return run.run(keep, json) ? 0 : Programs.EXIT_BROKEN;
    }

    private String sumOf(List<Path> files) {
        try {
            return Sum.of(files).markdown();
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "--sum: " + e.getMessage());
        }
    }
}
