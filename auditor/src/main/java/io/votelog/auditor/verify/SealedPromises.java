// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.CosignatureRequirement;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.schemas.promise.PromisedVote;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Holds gateways' promises against a sealed log alone. A promise names its record by the hash to which the record's leaf commits, so the leaf of
 * the promised place shows whether the promise is kept, without the log.
 */
public final class SealedPromises implements AutoCloseable {
    private static final String KEPT = "The sealed log has the promised record at the promised place";

    private final String log;
    private final SealedLogKey key;
    private final SealedTreeView votes;
    private final SealIndex seals;

    /**
     * @param log the folder or the URL of the sealed log
     * @throws AuditException when the sealed log cannot be read, or is not signed with the key
     */
    public SealedPromises(String log, SealedLogKey key) {
        this.log = log;
        this.key = key;
        votes = SealedTreeView.openSigned(SealedLog.VOTES, log, key);
        try {
            seals = SealIndex.read(votes.reader(), votes.checkpoint().size());
        } catch (UnreadableException e) {
            votes.close();
            throw e;
        } catch (TlogException e) {
            votes.close();
            throw new AuditException(String.valueOf(e.getMessage()), e);
        } catch (AuditException e) {
            votes.close();
            throw e;
        }
    }

    /** Adds who cosigned the tree of votes to a report, and whether that is what is asked for. */
    public void cosigned(Report report, CosignatureRequirement requirement) {
        requirement.reportTo(report, "The tree of votes is cosigned", votes.note());
    }

    /**
     * What shows that a promise is broken.
     *
     * @param ending of the name of the file in which it is kept
     */
    public record Evidence(String ending, String text) {}

    /**
     * Holds a promise against the sealed log, and adds what is found to a report.
     *
     * @return the proof of the leaf that stands at the promised place, where it breaks the promise: with the answer and the public keys it convicts,
     *     without the log and without this program. Empty where the promise is kept, or its place is not sealed
     * @throws AuditException when the tree of votes cannot be read
     */
    public Optional<Evidence> hold(Report report, PromisedVote vote) {
        OptionalLong index = seals.indexOf(vote.partition(), vote.offset());
        if (index.isEmpty()) {
            report.skip(
                    KEPT,
                    "nothing is sealed at offset %d of partition %d yet; %d leaves are"
                            .formatted(
                                    vote.offset(),
                                    vote.partition(),
                                    votes.checkpoint().size()));
            return Optional.empty();
        }
        try {
            byte[] entry = votes.reader().entry(index.getAsLong());
            String wrong = fault(vote, ReceiptProofs.leaf(entry));
            if (wrong == null) {
                report.pass(
                        KEPT,
                        "index %,d of %,d leaves"
                                .formatted(index.getAsLong(), votes.checkpoint().size()));
                return Optional.empty();
            }
            report.fail(KEPT, wrong);
            return Optional.of(evidence(vote, index.getAsLong(), entry));
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            throw new AuditException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The leaf of votes convicts alone. The page that checks proofs takes it with the verdict's beside it, where that is sealed and can be read. */
    private Evidence evidence(PromisedVote vote, long index, byte[] entry) {
        // As the proof of a vote is: behind a salt, which is of no use here.
        byte[] extra = ByteBuffer.allocate(Leaf.HASH + entry.length)
                .position(Leaf.HASH)
                .put(entry)
                .array();
        TlogProof ofVote = votes.proof(index, extra);
        try (SealedTreeView verdicts = SealedTreeView.open(SealedLog.VERDICTS, log)) {
            if (verdicts.fault(key) == null && index < verdicts.checkpoint().size()) {
                TlogProof ofVerdict = verdicts.proof(index, verdicts.reader().entry(index));
                ProofDocument document = ProofDocument.of(
                        vote.ballotId(), vote.receipt(), new ReceiptProofs(ofVote, ofVerdict, null), null);
                return new Evidence(".broken.json", Texts.JSON.writeValueAsString(document));
            }
        } catch (AuditException | TlogException e) {
            // Whoever shows no verdict is convicted without.
        }
        return new Evidence(".broken.tlog-proof", ofVote.text());
    }

    private static @Nullable String fault(PromisedVote vote, @Nullable Leaf leaf) {
        String promised = "a vote on %s was promised at offset %d of partition %d, of %s"
                .formatted(
                        vote.ballotId(), vote.offset(), vote.partition(), PromisedVote.timeText(vote.recordedAtMs()));
        if (!(leaf instanceof Leaf.Record record)
                || record.partition() != vote.partition()
                || record.offset() != vote.offset()) {
            return "%s, and the leaf that belongs there is of something else".formatted(promised);
        }
        if (record.kind() != Leaf.VOTE) {
            return "%s, and what is sealed there is no vote".formatted(promised);
        }
        return Arrays.equals(record.record(), vote.recordHash())
                ? null
                : "%s, and another record is sealed there, or one of another time".formatted(promised);
    }

    @Override
    public void close() {
        votes.close();
    }
}
