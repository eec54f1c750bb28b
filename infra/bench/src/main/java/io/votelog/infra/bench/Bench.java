// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
            AccountCommand.class,
            SoakCommand.class,
            OverloadCommand.class,
            OutageCommand.class,
            WatchCommand.class,
            DoorsCommand.class,
            DocumentsCommand.class,
            AuditCommand.class
        })
public final class Bench {
    /** System property: the repository's root; the working directory by default. */
    static final String ROOT = "votelog.bench.root";

    private static final int EXIT_FAILED = 1;

    private Bench() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false);
        commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof BenchException) {
                command.getErr().println("infra/bench/run: " + failure.getMessage());
            } else {
                failure.printStackTrace(command.getErr());
            }
            return EXIT_FAILED;
        });
        return commandLine;
    }

    /** The repository. */
    static Path root() {
        return Path.of(System.getProperty(ROOT, "")).toAbsolutePath().normalize();
    }

    /** Where keys, signed tokens and the data of runs are kept. */
    static Path home() {
        return root().resolve(".votelog/bench");
    }
}
