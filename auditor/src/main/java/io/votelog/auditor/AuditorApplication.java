// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor;

import io.votelog.auditor.bundle.BundleCommand;
import io.votelog.auditor.bundle.CompareBundlesCommand;
import io.votelog.auditor.bundle.VerifyBundleCommand;
import io.votelog.auditor.commands.AnnounceCommand;
import io.votelog.auditor.commands.AsOfCommand;
import io.votelog.auditor.commands.CompareCommand;
import io.votelog.auditor.commands.DigestCommand;
import io.votelog.auditor.commands.DumpCommand;
import io.votelog.auditor.commands.EquivocationCommand;
import io.votelog.auditor.commands.ExportCommand;
import io.votelog.auditor.commands.KeygenCommand;
import io.votelog.auditor.commands.PromiseCommand;
import io.votelog.auditor.commands.ReceiptCommand;
import io.votelog.auditor.commands.ReplayCommand;
import io.votelog.auditor.commands.RestoreCommand;
import io.votelog.auditor.commands.VerifyCommand;
import io.votelog.auditor.commands.VerifyReceiptCommand;
import io.votelog.auditor.commands.WhatIfCommand;
import io.votelog.auditor.commands.follow.MirrorCommand;
import io.votelog.auditor.commands.follow.MonitorCommand;
import io.votelog.auditor.commands.follow.SealCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The auditor's command line program. */
@Command(
        name = "votelog-auditor",
        subcommands = {
            ReplayCommand.class,
            AsOfCommand.class,
            WhatIfCommand.class,
            CompareCommand.class,
            ExportCommand.class,
            DumpCommand.class,
            RestoreCommand.class,
            AnnounceCommand.class,
            DigestCommand.class,
            KeygenCommand.class,
            SealCommand.class,
            VerifyCommand.class,
            MonitorCommand.class,
            MirrorCommand.class,
            ReceiptCommand.class,
            VerifyReceiptCommand.class,
            EquivocationCommand.class,
            PromiseCommand.class,
            BundleCommand.class,
            VerifyBundleCommand.class,
            CompareBundlesCommand.class
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
            "Exit codes: 0 what was asked for passed, 1 a mismatch is proven, 2 it could not be run, trouble in reading included, 3"
                    + " nothing failed and something that was asked for could not be looked at. verify-receipt has more of them,"
                    + " for what became of the vote.",
            "",
            "What could not be run is said in a line on standard error; with --json as {\"outcome\":\"not-run\",\"error\":…} on"
                    + " standard output.",
            "",
            "A log on this machine, as infra/up runs it:",
            "  java -jar auditor/target/votelog-auditor.jar replay --bootstrap-servers localhost:9092 \\",
            "      --public-key-file .votelog/secrets/log-public-key"
        })
public final class AuditorApplication implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    private AuditorApplication() {}

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line with all commands, as the program runs it; tests run it too. */
    public static CommandLine commandLine() {
        return new Program(new AuditorApplication());
    }

    /** Refuses to run without a command. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? --help names them");
    }
}
