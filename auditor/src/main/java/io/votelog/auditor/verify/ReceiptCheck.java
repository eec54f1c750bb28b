// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.Commitments;
import io.votelog.auditor.seal.CosignatureRequirement;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.hash.Merkle;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks the proofs of a receipt. It needs the proofs and the log's public key alone. */
public final class ReceiptCheck {
    private static final String NO_ANNULMENT = "The vote was not annulled later";

    private final SealedLogKey key;
    private final Optional<CosignatureRequirement> requirement;

    /**
     * @param key of the sealed log
     * @param requirement the required cosignatures; empty where none are required
     */
    public ReceiptCheck(SealedLogKey key, Optional<CosignatureRequirement> requirement) {
        this.key = key;
        this.requirement = requirement;
    }

    /** Checks whether these proofs show the vote of this receipt, and its verdict, in the sealed log. */
    public Report run(Receipt receipt, ReceiptProofs proofs) {
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
        ReceiptVerdict found = onTheVote(report, proofs, leaf, verdict);
        AnnulmentRecord annulled = null;
        if (proofs.annulment() != null) {
            annulled = annulment(report, receipt, proofs.annulment(), leaf, found);
        } else if (found == ReceiptVerdict.ACCEPTED) {
            report.notAsked(
                    NO_ANNULMENT,
                    "these proofs can't tell: an annulment is a control record of its own. Who has the log finds one, and proves it, with receipt get; the results say how many votes were annulled");
        }
        if (found != null && verdict != null) {
            answer(report, found, verdict, annulled, proofs);
        }
        return report;
    }

    private static void answer(
            Report report,
            ReceiptVerdict published,
            Leaf verdict,
            @Nullable AnnulmentRecord annulled,
            ReceiptProofs proofs) {
        ReceiptVerdict found = annulled == null ? published : ReceiptVerdict.ANNULLED;
        String reason = annulled == null
                ? ReceiptVerdict.reason(verdict)
                : annulled.order().getReason();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("verdict", found.name());
        if (!reason.isEmpty()) {
            fields.put("reason", reason);
        }
        if (annulled != null) {
            Map<String, Object> by = new LinkedHashMap<>();
            by.put("ballotId", annulled.order().getBallotId());
            by.put("partition", annulled.record().partition());
            by.put("offset", annulled.record().offset());
            by.put(
                    "recordedAt",
                    Instant.ofEpochMilli(annulled.record().timestamp()).toString());
            fields.put("annulledBy", by);
        }
        String why = reason.isEmpty() ? "" : ", " + reason;
        String sentence =
                switch (found) {
                    case ACCEPTED ->
                        "Verified: the vote of this receipt is in the sealed log, and it was ACCEPTED. Not covered: an annulment behind the first %s that were sealed then."
                                .formatted(Texts.count(
                                        Math.min(size(proofs.vote()), size(proofs.verdict())), "leaf", "leaves"));
                    case RETRIED ->
                        "Proven, and RETRIED: it repeats a vote that was accepted before. That one counts, this one not again.";
                    case REJECTED ->
                        "Proven, and REJECTED%s: the vote is in the log and does not count.".formatted(why);
                    case PUT_ASIDE ->
                        "Proven, and PUT ASIDE%s: the record is in the log, and does not count as a vote."
                                .formatted(why);
                    case UNDECIDED ->
                        "Proven, and UNDECIDED: the vote is in the log, and no verdict was published on it.";
                    case ANNULLED ->
                        "Proven, and ANNULLED%s: the vote was accepted, and an order behind it takes it out of the counts of %s. Not covered: of which ballot the vote is; an order for another ballot would look the same and take nothing out."
                                .formatted(
                                        why,
                                        annulled == null ? "" : annulled.order().getBallotId());
                };
        report.answer(found.exitCode(), sentence, fields);
    }

    private static long size(TlogProof proof) {
        return Checkpoint.parse(proof.checkpoint().text()).size();
    }

    /**
     * The annulment of the vote, if the proofs prove it completely. A leaf of verdicts does not say whether an
     * annulment had effect, so only an accepted vote can count as annulled.
     */
    private @Nullable AnnulmentRecord annulment(
            Report report,
            Receipt receipt,
            ReceiptProofs.Annulment proofs,
            @Nullable Leaf vote,
            @Nullable ReceiptVerdict published) {
        String of = "The annulment is of this vote, and stands behind it";
        AnnulmentRecord record = AnnulmentRecord.parse(bytes(proofs.record())).orElse(null);
        if (record == null) {
            report.fail(of, "the proof carries no annulment");
            return null;
        }
        included(
                report,
                "The leaf of the annulment is in the tree of votes",
                SealedLog.VOTES,
                proofs.record(),
                record.entry());
        boolean right = record.isOf(receipt)
                && vote instanceof Leaf.Record on
                && on.partition() == record.record().partition()
                && on.offset() < record.record().offset();
        if (right) {
            report.pass(of, record.toString());
        } else {
            report.fail(of, "it is of another vote, or stands before it");
        }
        String obeyed = "The annulment was obeyed";
        included(
                report,
                "The leaf on the annulment is in the tree of verdicts",
                SealedLog.VERDICTS,
                proofs.obeyed(),
                bytes(proofs.obeyed()));
        if (published != ReceiptVerdict.ACCEPTED) {
            report.fail(
                    obeyed,
                    "it is in vain: %s, and an accepted vote alone can be taken out"
                            .formatted(published == null ? "no verdict is proven" : "the vote is " + published));
            return null;
        }
        if (ReceiptProofs.leaf(bytes(proofs.obeyed())) instanceof Leaf.Obeyed leaf
                && proofs.obeyed().index() == proofs.record().index()
                && leaf.partition() == record.record().partition()
                && leaf.offset() == record.record().offset()) {
            report.pass(obeyed, "");
            return right ? record : null;
        }
        report.fail(obeyed, "the leaf is of another record, or says that this is no control record");
        return null;
    }

    private void included(Report report, String title, SealedLog tree, TlogProof proof, byte[] entry) {
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.parse(proof.checkpoint().text());
        } catch (TlogException e) {
            report.fail(title, String.valueOf(e.getMessage()));
            return;
        }
        String wrong = SealedTreeView.fault(tree, proof.checkpoint(), checkpoint, key);
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
        requirement.ifPresent(asked -> asked.reportTo(
                report, title.replaceFirst(" is in ", " is in a cosigned checkpoint of "), proof.checkpoint()));
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

    private static @Nullable ReceiptVerdict onTheVote(
            Report report, ReceiptProofs proofs, @Nullable Leaf leaf, @Nullable Leaf verdict) {
        String title = "The verdict is on that vote";
        ReceiptVerdict found = ReceiptVerdict.of(verdict);
        if (leaf instanceof Leaf.Record vote
                && verdict instanceof Leaf.OfRecord on
                && found != null
                && proofs.vote().index() == proofs.verdict().index()
                && vote.partition() == on.partition()
                && vote.offset() == on.offset()) {
            report.pass(title, (found + " " + ReceiptVerdict.reason(verdict)).strip());
            return found;
        }
        report.fail(title, "it is on another record, or it is no verdict");
        return null;
    }

    private static byte[] bytes(TlogProof proof) {
        return proof.extra().orElse(new byte[0]);
    }
}
