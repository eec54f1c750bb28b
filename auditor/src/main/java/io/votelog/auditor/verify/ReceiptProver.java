// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.RecordReader;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Receipt;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Proves votes to their voters, again and again, while the sealed log grows: for a sealer that serves them. What it must know of the whole log,
 * where seals and annulments stand, is read once from the sealed log and kept; {@link #refresh} reads what is new. May be used by several
 * threads.
 */
public final class ReceiptProver {
    private final String log;
    private final SealedLogKey key;
    private final RecordReader records;
    private final SealIndex seals = new SealIndex();
    private final Map<Voted, List<AnnulmentRecord>> annulments = new HashMap<>();
    private volatile long looked;

    /** A vote as an annulment names it. */
    private record Voted(ByteBuffer voter, UUID voteId) {}

    /**
     * @param log the folder of the sealed log
     * @param key of the sealed log
     * @param records of votes
     */
    public ReceiptProver(Path log, SealedLogKey key, RecordReader records) {
        this.log = log.toString();
        this.key = key;
        this.records = records;
    }

    /** What became of a question for a proof. */
    public sealed interface Answer {
        /** The vote's proofs. */
        record Proven(ProofDocument document) implements Answer {}

        /** The place that was asked for is not sealed yet, or not looked at yet. */
        record NotYet() implements Answer {}

        /** At the place stands no vote of this receipt on this ballot. */
        record NotThere() implements Answer {}
    }

    /**
     * Reads what the sealed log has more than the last time. One thread does it at a time; the first call reads the whole tree of votes.
     *
     * @throws AuditException when the sealed log, or an annulment in votes, cannot be read
     */
    public synchronized void refresh() {
        try (SealedTrees trees = SealedTrees.signed(log, key)) {
            long size = trees.checkpoint(SealedLog.VERDICTS).size();
            LeafCursor leaves = new LeafCursor(trees.view(SealedLog.VOTES).reader()).range(looked, size);
            for (; leaves.hasNext(); looked++) {
                byte[] entry = leaves.next();
                if (entry[0] == Leaf.CONTROL && SealIndex.parse(entry, looked) instanceof Leaf.Record leaf) {
                    control(leaf);
                }
            }
            seals.extend(trees.view(SealedLog.VERDICTS).reader(), size);
        } catch (TlogException e) {
            throw new AuditException(String.valueOf(e.getMessage()), e);
        }
    }

    private void control(Leaf.Record leaf) {
        ConsumerRecord<byte[], byte[]> record = records.read(leaf.partition(), leaf.offset())
                .orElseThrow(() -> new AuditException("votes has nothing at offset %d of partition %d, and it is sealed"
                        .formatted(leaf.offset(), leaf.partition())));
        AnnulmentRecord.of(record).ifPresent(one -> {
            Voted voted = new Voted(
                    ByteBuffer.wrap(one.order().getVoter().bytes()), one.order().getVoteId());
            synchronized (annulments) {
                annulments.computeIfAbsent(voted, any -> new ArrayList<>()).add(one);
            }
        });
    }

    /**
     * Proves the vote that stands at a place.
     *
     * @param partition of votes, from 0 on
     * @param offset in it, from 0 on
     * @throws AuditException when the sealed log or votes cannot be read
     */
    public Answer prove(String ballotId, Receipt receipt, int partition, long offset) {
        if (seals.indexOf(partition, offset).isEmpty()) {
            return new Answer.NotYet();
        }
        ConsumerRecord<byte[], byte[]> record = records.read(partition, offset).orElse(null);
        VoteCast vote =
                record == null ? null : voteOf(ballotId, receipt, record).orElse(null);
        if (record == null || vote == null) {
            return new Answer.NotThere();
        }
        try (SealedTrees trees = SealedTrees.signed(log, key)) {
            if (trees.checkpoint(SealedLog.VERDICTS).size() > looked) {
                // An annulment may stand behind what was looked at, and the checkpoint would cover it.
                refresh();
            }
            ProofMaker maker = new ProofMaker(trees, seals);
            ReceiptProofs proofs = maker.vote(record, vote);
            if (proofs == null) {
                return new Answer.NotYet();
            }
            AnnulmentRecord annulled = null;
            if (ReceiptVerdict.of(proofs) == ReceiptVerdict.ACCEPTED) {
                for (AnnulmentRecord one : annulments(receipt)) {
                    Optional<ReceiptProofs.Annulment> proven =
                            one.isBehind(record, vote) ? maker.annulment(one) : Optional.empty();
                    if (proven.isPresent()) {
                        proofs = proofs.with(proven.get());
                        annulled = one;
                        break;
                    }
                }
            }
            return new Answer.Proven(ProofDocument.of(ballotId, receipt, proofs, annulled));
        } catch (TlogException e) {
            throw new AuditException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Opens the commitment to the choices of the vote that stands at a place, for its voter alone; empty where no vote of this receipt on this
     * ballot stands there, or the place is not sealed yet.
     *
     * @param partition of votes, from 0 on
     * @param offset in it, from 0 on
     * @throws AuditException when votes cannot be read
     */
    public Optional<OpeningDocument> open(String ballotId, Receipt receipt, int partition, long offset) {
        if (seals.indexOf(partition, offset).isEmpty()) {
            return Optional.empty();
        }
        return records.read(partition, offset)
                .flatMap(record -> voteOf(ballotId, receipt, record))
                .map(vote -> OpeningDocument.of(receipt, vote));
    }

    private List<AnnulmentRecord> annulments(Receipt receipt) {
        synchronized (annulments) {
            return List.copyOf(annulments.getOrDefault(
                    new Voted(ByteBuffer.wrap(receipt.voter().bytes()), receipt.voteId()), List.of()));
        }
    }

    /** The vote in a record, where it is this receipt's on this ballot. */
    private static Optional<VoteCast> voteOf(String ballotId, Receipt receipt, ConsumerRecord<byte[], byte[]> record) {
        try {
            return Events.decode(record.value()).event() instanceof VoteCast vote
                            && vote.getVoteId().equals(receipt.voteId())
                            && vote.getBallotId().equals(ballotId)
                            && Arrays.equals(record.key(), receipt.voter().bytes())
                    ? Optional.of(vote)
                    : Optional.empty();
        } catch (MalformedEventException e) {
            return Optional.empty();
        }
    }
}
