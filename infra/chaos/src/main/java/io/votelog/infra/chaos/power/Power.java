// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.power;

import io.votelog.infra.chaos.system.Programs;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program behind {@code infra/chaos/power}. */
@Command(
        name = "infra/chaos/power",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Takes the power from all brokers at once while votes come in, leaves of their files what their disks had"
                    + " by every sync that they made, starts them on that, and tells which acknowledged votes are lost and"
                    + " who says so. Needs Linux."
        },
        footer = {
            "",
            "Exit codes: 0 all was as it must be: with --flush nothing is lost, and without it a loss is named; 1 it was"
                    + " not, and the folder is kept; 2 a command line that it does not know; 3 the run could not be made."
        })
public final class Power implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "what all that is drawn comes from (default: drawn, and printed)")
    private @Nullable Long seed;

    @Option(
            names = "--rounds",
            paramLabel = "R",
            description = "how often the power is lost (default: ${DEFAULT-VALUE})")
    private int rounds = 5;

    @Option(
            names = "--brokers",
            paramLabel = "N",
            description = "1, or 3 with a controller beside them (default: ${DEFAULT-VALUE})")
    private int brokers = 3;

    @Option(names = "--flush", description = "has votes, ballots and seals synced (votelog.topics.flush)")
    private boolean flush;

    @Option(names = "--flush-all", description = "has all topics synced (log.flush.interval.messages=1)")
    private boolean flushAll;

    @Option(names = "--keep", description = "keeps the folder with data and logs, which is kept anyway at exit code 1")
    private boolean keep;

    private Power() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** What reads the command line and does it. */
    public static CommandLine commandLine() {
        return Programs.commandLine(new Power());
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (brokers != 1 && brokers != 3) {
            throw new ParameterException(spec.commandLine(), "--brokers is %d; 1 and 3 are allowed".formatted(brokers));
        }
        if (rounds < 1 || rounds > 1_000) {
            throw new ParameterException(spec.commandLine(), "--rounds is %d; 1 to 1000 are allowed".formatted(rounds));
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        long drawn = Programs.seed(seed);
        Sync sync = flushAll ? Sync.ALL : flush ? Sync.VOTES : Sync.NOTHING;
        return new PowerRun(Programs.root(), drawn, rounds, brokers, sync, keep, out).run() ? 0 : Programs.EXIT_BROKEN;
    }
}
