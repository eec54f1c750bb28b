// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.promise.KeptPromise;
import io.votelog.auditor.promise.PromiseAudit;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.verify.SealedPromises;
import io.votelog.schemas.promise.PromisedVote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
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
                    + " log does not have is a proof that the log was changed, which anybody can check.",
            "",
            "With --sealed-log it is held against the sealed log, which anybody can read. Where that breaks the promise, the proof of the leaf"
                    + " that does is written beside the answer: with it, the promise and the public keys, everybody can see it."
        },
        footer = {
            "",
            "Exit codes: 0 it is a promise, and the log, where one was given, keeps it; 1 the log breaks it; 2 it could not be run: the"
                    + " file holds no promise of that log's gateways, or the log cannot be read; 3 the dump, or what is sealed, ends before"
                    + " the promised place."
        })
public final class PromiseCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "the answer to the vote, as the gateway gave it (JSON)")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path file;

    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--sealed-log",
            paramLabel = "FOLDER|URL",
            description =
                    "the sealed log: a folder that seal keeps, or where it is published; its keys are needed then")
    private @Nullable String sealedLog;

    @Mixin
    private SealedLogOptions trust = new SealedLogOptions();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "with --sealed-log: where the proof of a leaf that breaks the promise is written (default: the answer's name and .broken.json, or .broken.tlog-proof where no verdict is sealed beside it). Nothing is overwritten")
    private @Nullable Path out;

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Override
    public Integer call() {
        if (sealedLog == null && (trust.given() || out != null)) {
            throw new AuditException("the sealed log's keys and --out go with --sealed-log, which is not given");
        }
        KeptPromise promise = KeptPromise.read(file, keys.given() ? keys.keys() : trust.announcedKeys());
        PromisedVote vote = promise.vote();
        try (@Nullable LogSource source = log.openIfNamed()) {
            Report report = new Report(
                    "The promise in %s%s%s"
                            .formatted(
                                    file,
                                    source == null ? "" : ", held against " + source.name(),
                                    sealedLog == null ? "" : ", held against " + sealedLog),
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
            if (source == null && sealedLog == null) {
                PromiseAudit.notAsked(report);
            }
            if (source != null) {
                new PromiseAudit(source).run(report, List.of(promise));
            }
            Optional<SealedPromises.Evidence> broken =
                    sealedLog == null ? Optional.empty() : holdToSealed(sealedLog, report, vote);
            int exitCode = report.printTo(System.out, json);
            broken.ifPresent(this::keep);
            return exitCode;
        }
    }

    private Optional<SealedPromises.Evidence> holdToSealed(String sealed, Report report, PromisedVote vote) {
        try (SealedPromises promises = new SealedPromises(sealed, trust.key())) {
            trust.cosignatureRequirement().ifPresent(asked -> promises.cosigned(report, asked));
            return promises.hold(report, vote);
        }
    }

    /** Keeps what convicts, beside the answer and never in place of anything. The answer of the command hangs on it in no way. */
    private void keep(SealedPromises.Evidence evidence) {
        Path kept = out == null ? file.resolveSibling(file.getFileName() + evidence.ending()) : out;
        try {
            Files.writeString(kept, evidence.text(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            System.err.printf("The leaf that breaks it is proven by %s%n", kept);
        } catch (IOException e) {
            System.err.printf(
                    "The proof of the leaf that breaks it is not kept: %s: %s. --out FILE names another place%n",
                    kept, Texts.reason(e));
        }
    }
}
