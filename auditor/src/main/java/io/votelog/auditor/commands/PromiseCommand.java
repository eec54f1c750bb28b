// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.promise.KeptPromise;
import io.votelog.auditor.promise.PromiseAudit;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.source.LogSource;
import io.votelog.schemas.promise.PromisedVote;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code votelog-auditor promise}. */
@Command(
        name = "promise",
        sortOptions = false,
        description = {
            "Checks what a gateway promised with its answer to a vote, and holds it against a log where one is given.",
            "",
            "Without a log it tells whether the promise is one, and needs the log's public key and nothing else. A promised vote that the"
                    + " log does not have is a proof that the log was changed, which anybody can check."
        },
        footer = {
            "",
            "Exit codes: 0 it is a promise, and the log, where one was given, keeps it; 1 the log breaks it; 2 it could not be run: the"
                    + " file holds no promise of that log's gateways, or the log cannot be read; 3 the dump ends before the promised place."
        })
public final class PromiseCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "the answer to the vote, as the gateway gave it (JSON)")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path file;

    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Override
    public Integer call() {
        KeptPromise promise = KeptPromise.read(file, keys.keys());
        PromisedVote vote = promise.vote();
        try (@Nullable LogSource source = log.openIfNamed()) {
            Report report = new Report(
                    "The promise in %s%s".formatted(file, source == null ? "" : ", held against " + source.name()),
                    "the log keeps this promise",
                    "the log breaks this promise");
            report.pass(
                    "A gateway promised it, whose key a key of the log named",
                    "the vote of receipt %s on %s: offset %d of partition %d, recorded at %s%nsigned by %s, which %s named"
                            .formatted(
                                    vote.receipt(),
                                    vote.ballotId(),
                                    vote.offset(),
                                    vote.partition(),
                                    PromisedVote.timeText(vote.recordedAtMs()),
                                    promise.gatewayKey(),
                                    promise.logKey()));
            if (source == null) {
                PromiseAudit.notAsked(report);
            } else {
                new PromiseAudit(source).run(report, List.of(promise));
            }
            return report.printTo(System.out, json);
        }
    }
}
