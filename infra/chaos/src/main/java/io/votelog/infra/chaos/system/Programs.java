// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import io.votelog.infra.broker.ChildStartException;
import io.votelog.infra.system.SystemException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What the programs of this module have in common: how they are asked, and how they end. */
public final class Programs {
    /** Exit code: what must hold did not. */
    public static final int EXIT_BROKEN = 1;

    /** System property: the repository's root; the working directory by default. */
    private static final String ROOT = "votelog.chaos.root";

    /** Exit code: nothing is known, since the run could not be made. */
    private static final int EXIT_NOT_RUN = 3;

    private Programs() {}

    /** What reads the command line of a program and does it, with one line on standard error where that cannot be done. */
    public static CommandLine commandLine(Object program) {
        CommandLine commandLine = new CommandLine(program).setExpandAtFiles(false);
        commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof ChaosException
                    || failure instanceof SystemException
                    || failure instanceof ChildStartException) {
                command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
            } else {
                failure.printStackTrace(command.getErr());
            }
            return EXIT_NOT_RUN;
        });
        return commandLine;
    }

    /** The checkout whose build is run. */
    public static Path root() {
        return Path.of(System.getProperty(ROOT, "")).toAbsolutePath().normalize();
    }

    /** The seed that was asked for, else one that is drawn. */
    public static long seed(@Nullable Long asked) {
        return asked == null ? new Random().nextInt(1_000_000) : asked;
    }
}
