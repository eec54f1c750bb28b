// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import io.votelog.infra.imports.pabulib.PabulibException;
import io.votelog.infra.system.SystemException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program behind {@code infra/import/run}. */
@Command(
        name = "infra/import/run",
        mixinStandardHelpOptions = true,
        description = "Takes over a vote that was held elsewhere, from an approval file in Pabulib's format.",
        subcommands = {BallotCommand.class, CastCommand.class, CompareCommand.class},
        footer = {
            "",
            "Exit codes: 0 done, and every total is the file's; 1 a total is not; 2 a command line that it does not know, a file"
                    + " that cannot be read, or a system that does not answer."
        })
public final class Import {
    /** Every total is the file's. */
    static final int SAME = 0;

    /** A total is not the file's. */
    static final int DIFFERS = 1;

    private static final int FAILED = 2;

    private Import() {}

    /** Runs one of the commands and ends with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Import()).setExpandAtFiles(false);
        commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof ImportException
                    || failure instanceof PabulibException
                    || failure instanceof SystemException) {
                command.getErr().println("infra/import/run: " + failure.getMessage());
            } else {
                failure.printStackTrace(command.getErr());
            }
            return FAILED;
        });
        return commandLine;
    }
}
