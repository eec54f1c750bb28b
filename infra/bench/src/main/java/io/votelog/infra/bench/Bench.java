// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench;

import io.votelog.infra.bench.account.AccountCommand;
import io.votelog.infra.bench.account.BehindCommand;
import io.votelog.infra.bench.account.LoadCommand;
import io.votelog.infra.bench.account.OutageCommand;
import io.votelog.infra.bench.account.OverloadCommand;
import io.votelog.infra.bench.account.SoakCommand;
import io.votelog.infra.bench.audit.AuditCommand;
import io.votelog.infra.bench.compare.CompareCommand;
import io.votelog.infra.bench.count.CountCommand;
import io.votelog.infra.bench.decide.DecideCommand;
import io.votelog.infra.bench.doors.DoorsCommand;
import io.votelog.infra.bench.readers.DocumentsCommand;
import io.votelog.infra.bench.readers.WatchCommand;
import io.votelog.infra.bench.restore.RestoreCommand;
import io.votelog.infra.bench.whole.PeersCommand;
import io.votelog.infra.bench.whole.WholeCommand;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.broker.ChildStartException;
import io.votelog.infra.system.SystemException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The program behind {@code infra/bench/run}. Exit code 0 when it measured, 1 when it could not or an account does not add up,
 * 2 for a command line that it does not know.
 */
@Command(
        name = "infra/bench/run",
        mixinStandardHelpOptions = true,
        description = "Measures a system under load.",
        subcommands = {
            LoadCommand.class,
            CompareCommand.class,
            PeersCommand.class,
            WholeCommand.class,
            AccountCommand.class,
            SoakCommand.class,
            OverloadCommand.class,
            OutageCommand.class,
            BehindCommand.class,
            WatchCommand.class,
            DoorsCommand.class,
            DocumentsCommand.class,
            AuditCommand.class,
            CountCommand.class,
            RestoreCommand.class,
            DecideCommand.class
        })
public final class Bench {
    private static final int EXIT_FAILED = 1;

    private Bench() {}

    /** Runs one of the commands and ends with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false);
        commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof BenchException
                    || failure instanceof SystemException
                    || failure instanceof ChildStartException) {
                command.getErr().println("infra/bench/run: " + failure.getMessage());
            } else {
                failure.printStackTrace(command.getErr());
            }
            return EXIT_FAILED;
        });
        return commandLine;
    }
}
