// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.Commitments;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.events.VoteCast;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Makes proofs of records that are known, from both trees as their checkpoints show them. Used by one thread. */
final class ProofMaker {
    private final SealedTreeView votes;
    private final SealedTreeView verdicts;
    private final SealIndex seals;

    /** @param seals those of the tree of verdicts */
    ProofMaker(SealedTrees trees, SealIndex seals) {
        this.votes = trees.view(SealedLog.VOTES);
        this.verdicts = trees.view(SealedLog.VERDICTS);
        this.seals = seals;
    }

    /**
     * The proofs of a vote and of the verdict on it; null where they are not both sealed.
     *
     * @throws AuditException when the sealed log holds another record at its place
     */
    @Nullable
    ReceiptProofs vote(ConsumerRecord<byte[], byte[]> record, VoteCast vote) {
        OptionalLong place = place(record);
        if (place.isEmpty()) {
            return null;
        }
        long index = place.getAsLong();
        Commitments commitments = new Commitments();
        byte[] entry = votes.reader().entry(index);
        if (!Arrays.equals(entry, commitments.leaf(record).entry())) {
            throw new AuditException(
                    "index %d of the sealed log does not hold the record that stands in partition %d of votes at offset %d"
                            .formatted(index, record.partition(), record.offset()));
        }
        byte[] opening = ByteBuffer.allocate(Leaf.HASH + entry.length)
                .put(commitments.voterSalt(vote))
                .put(entry)
                .array();
        return new ReceiptProofs(votes.proof(index, opening), verdict(index), null);
    }

    /** Whether this annulment's record is sealed, with what was published on it. */
    boolean holds(AnnulmentRecord annulment) {
        return place(annulment.record()).isPresent();
    }

    /** The proofs that a vote was annulled; empty where the annulment is not sealed, or was not obeyed. */
    Optional<ReceiptProofs.Annulment> annulment(AnnulmentRecord annulment) {
        OptionalLong index = place(annulment.record());
        if (index.isEmpty()) {
            return Optional.empty();
        }
        TlogProof obeyed = verdict(index.getAsLong());
        return ReceiptProofs.leaf(obeyed.extra().orElseThrow()) instanceof Leaf.Obeyed
                ? Optional.of(new ReceiptProofs.Annulment(votes.proof(index.getAsLong(), annulment.bytes()), obeyed))
                : Optional.empty();
    }

    private OptionalLong place(ConsumerRecord<byte[], byte[]> record) {
        OptionalLong index = seals.indexOf(record.partition(), record.offset());
        return index.isPresent() && index.getAsLong() < verdicts.checkpoint().size() ? index : OptionalLong.empty();
    }

    private TlogProof verdict(long index) {
        return verdicts.proof(index, verdicts.reader().entry(index));
    }
}
