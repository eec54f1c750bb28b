package io.votelog.auditor;

import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code votelog-auditor verify-receipt}. */
@Command(
        name = "verify-receipt",
        sortOptions = false,
        description = {
            "Checks the proofs that receipt get made: that the receipt's vote is in the sealed log, and what the verdict on it is.",
            "",
            "It needs the log's public key and nothing else: no broker, no network."
        })
final class VerifyReceiptCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "RECEIPT", description = "what the voter was given: 43 characters")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String receipt;

    @Parameters(index = "1", paramLabel = "VOTE", description = "the proof of the vote, NAME.vote.tlog-proof")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path vote;

    @Parameters(index = "2", paramLabel = "VERDICT", description = "the proof of the verdict, NAME.verdict.tlog-proof")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path verdict;

    @Mixin
    private SealedLogOptions trust = new SealedLogOptions();

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Override
    public Integer call() {
        return new ReceiptCheck(trust.key(), trust.policy())
                .run(ReceiptCommand.receipt(receipt), new ReceiptProofs(proof(vote), proof(verdict)))
                .printTo(System.out, json);
    }

    private static TlogProof proof(Path file) {
        try {
            return TlogProof.parse(GivenFile.text(file, GivenFile.SMALL));
        } catch (TlogException e) {
            throw new AuditException("%s is no proof: %s".formatted(file, e.getMessage()), e);
        }
    }
}
