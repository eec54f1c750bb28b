package io.votelog.auditor;

import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Merkle;
import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.schemas.Receipt;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks the proofs of a receipt, with what is in them and the log's public key. */
final class ReceiptCheck {
    private final NoteVerifier key;
    private final Optional<Policy> policy;

    ReceiptCheck(NoteVerifier key, Optional<Policy> policy) {
        this.key = key;
        this.policy = policy;
    }

    Report run(Receipt receipt, ReceiptProofs proofs) {
        Report report = new Report(
                "Receipt " + receipt,
                "the vote of this receipt is in the sealed log, with this verdict",
                "these proofs do not prove that the vote of this receipt is in the sealed log with this verdict");
        byte[] opening = bytes(proofs.vote());
        byte[] salt = Arrays.copyOf(opening, Leaf.HASH);
        byte[] entry = Arrays.copyOfRange(opening, Math.min(Leaf.HASH, opening.length), opening.length);
        Leaf leaf = ReceiptProofs.leaf(entry);
        byte[] verdictEntry = bytes(proofs.verdict());
        Leaf verdict = ReceiptProofs.leaf(verdictEntry);

        included(report, "The leaf of the vote is in the tree of votes", SealedLog.VOTES, proofs.vote(), entry);
        theVoters(report, receipt, salt, leaf);
        included(
                report,
                "The leaf of the verdict is in the tree of verdicts",
                SealedLog.VERDICTS,
                proofs.verdict(),
                verdictEntry);
        onTheVote(report, proofs, leaf, verdict);
        return report;
    }

    private void included(Report report, String title, SealedLog tree, TlogProof proof, byte[] entry) {
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.parse(proof.checkpoint().text());
        } catch (TlogException e) {
            report.fail(title, String.valueOf(e.getMessage()));
            return;
        }
        String wrong = SealedTreeView.wrong(tree, proof.checkpoint(), checkpoint, key);
        if (wrong == null && policy.isPresent() && !policy.get().met(proof.checkpoint())) {
            wrong = "the checkpoint is not cosigned as the policy asks: "
                    + policy.get().missing(proof.checkpoint());
        }
        if (wrong == null && !proof.includes(new Merkle().leaf(entry))) {
            wrong = "the proof does not lead from the leaf to the root that was signed";
        }
        if (wrong != null) {
            report.fail(title, wrong);
        } else {
            report.pass(
                    title,
                    "index %,d of %,d leaves, signed by %s"
                            .formatted(proof.index(), checkpoint.size(), checkpoint.origin()));
        }
    }

    private static void theVoters(Report report, Receipt receipt, byte[] salt, @Nullable Leaf leaf) {
        String title = "The leaf is of this receipt's vote";
        if (!(leaf instanceof Leaf.Record record) || record.kind() != Leaf.VOTE) {
            report.fail(title, "it is not a vote's leaf");
            return;
        }
        byte[] commitment = new Commitments().voter(salt, receipt.voter().bytes(), receipt.voteId());
        if (Arrays.equals(commitment, record.voter())) {
            report.pass(title, "partition %d, offset %d of votes".formatted(record.partition(), record.offset()));
        } else {
            report.fail(title, "it commits to another voter, or to another vote");
        }
    }

    private static void onTheVote(Report report, ReceiptProofs proofs, @Nullable Leaf leaf, @Nullable Leaf verdict) {
        String title = "The verdict is on that vote";
        if (leaf instanceof Leaf.Record vote
                && verdict instanceof Leaf.Verdict on
                && proofs.vote().index() == proofs.verdict().index()
                && vote.partition() == on.partition()
                && vote.offset() == on.offset()) {
            report.pass(title, (on.outcome() + " " + on.reason()).strip());
        } else {
            report.fail(title, "it is on another record, or it is no verdict");
        }
    }

    private static byte[] bytes(TlogProof proof) {
        return proof.extra().orElse(new byte[0]);
    }
}
