// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.auditor.verify.ProofDocument;
import io.votelog.auditor.verify.ReceiptCheck;
import io.votelog.auditor.verify.ReceiptProofs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code votelog-auditor verify-receipt}. */
@Command(
        name = "verify-receipt",
        sortOptions = false,
        description = {
            "Checks the proofs that receipt get made, or a sealer served: that the receipt's vote is in the sealed log, and what the verdict on it is.",
            "",
            "It needs the log's public key and nothing else: no broker, no network."
        },
        footer = {
            "",
            "Exit codes: 0 it is proven, and the vote was accepted; 4 proven, and it repeats a vote that was accepted before; 5"
                    + " proven, and it does not count: rejected, put aside or without a verdict; 6 proven, accepted, and annulled"
                    + " later; 1 it is not proven; 2 it could not be run.",
            "",
            "That a vote was not annulled later no proof can say; that it was, --annulment does."
        })
public final class VerifyReceiptCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "RECEIPT", description = "what the voter was given: 43 characters")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String receipt;

    @Parameters(
            index = "1",
            paramLabel = "PROOF",
            description =
                    "the proofs in one document, as a sealer serves them; or the proof of the vote, NAME.vote.tlog-proof")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path vote;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "VERDICT",
            description = "the proof of the verdict, NAME.verdict.tlog-proof, where the proofs are files of their own")
    private @Nullable Path verdict;

    @Option(
            names = "--annulment",
            arity = "2",
            paramLabel = "FILE",
            description =
                    "the proofs that the vote was annulled, where receipt get made them: NAME.annulment.tlog-proof and"
                            + " NAME.obeyed.tlog-proof")
    private List<Path> annulment = new ArrayList<>();

    @Mixin
    private SealedLogOptions trust = new SealedLogOptions();

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Override
    public Integer call() {
        return new ReceiptCheck(trust.key(), trust.cosignatureRequirement())
                .run(ReceiptCommand.receipt(receipt), proofs())
                .printTo(System.out, json);
    }

    private ReceiptProofs proofs() {
        if (annulment.size() > 2) {
            throw new AuditException("--annulment is given more than once");
        }
        if (verdict != null) {
            ReceiptProofs.Annulment annulled = annulment.isEmpty()
                    ? null
                    : new ReceiptProofs.Annulment(proof(annulment.get(0)), proof(annulment.get(1)));
            return new ReceiptProofs(proof(vote), proof(verdict), annulled);
        }
        if (!annulment.isEmpty()) {
            throw new AuditException("--annulment goes with proofs in files of their own; a document has all of them");
        }
        ProofDocument document = ProofDocument.read(vote);
        if (!receipt.equals(document.receipt())) {
            throw new AuditException("%s is of another receipt: %s".formatted(vote, document.receipt()));
        }
        return document.proofs(vote);
    }

    private static TlogProof proof(Path file) {
        try {
            return TlogProof.parse(InputFile.text(file, TlogProof.LONGEST));
        } catch (TlogException e) {
            throw new AuditException("%s is no proof: %s".formatted(file, e.getMessage()), e);
        }
    }
}
