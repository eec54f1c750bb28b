package io.votelog.auditor;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program. */
@Command(
        name = "votelog-auditor",
        mixinStandardHelpOptions = true,
        subcommands = {
            ReplayCommand.class,
            AsOfCommand.class,
            WhatIfCommand.class,
            DumpCommand.class,
            KeygenCommand.class,
            EquivocationCommand.class
        },
        description = {
            "Finds out from the log itself whether published results are right.",
            "",
            "It trusts the log's public keys, which you have from a place that you trust, and nothing else: it reads every record of"
                    + " votes from the first one, decides and counts with code of its own, and compares with what was"
                    + " published."
        },
        footer = {
            "",
            "Exit codes: 0 all steps passed, 1 a mismatch is proven, 2 it could not be run, 3 nothing failed and a step was"
                    + " skipped.",
            "",
            "A log on this machine, as infra/up runs it:",
            "  java -jar auditor/target/votelog-auditor.jar replay --bootstrap-servers localhost:9092 \\",
            "      --public-key-file .votelog/secrets/log-public-key"
        })
final class AuditorApplication implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    private AuditorApplication() {}

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new AuditorApplication())
                .setExecutionExceptionHandler(AuditorApplication::cannot)
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? replay, as-of, what-if, dump, keygen or equivocation");
    }

    private static int cannot(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof AuditException) {
            err.println("The audit could not be run: " + failure.getMessage());
        } else {
            err.println("The audit could not be run, by a fault of this program:");
            failure.printStackTrace(err);
        }
        return Report.NOT_RUN;
    }
}
