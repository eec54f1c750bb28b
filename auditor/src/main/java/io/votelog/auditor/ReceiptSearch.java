package io.votelog.auditor;

import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Finds a receipt's vote in the log, and proves that it is in the sealed log. */
final class ReceiptSearch {
    private final LogSource source;
    private final SealedTreeView verdicts;
    private final SealedTreeView votes;
    private final Commitments commitments = new Commitments();

    /**
     * @param log the sealed log, a folder or an address
     * @throws AuditException when it is not signed with the key
     */
    ReceiptSearch(LogSource source, String log, NoteVerifier key) {
        this.source = source;
        // In this order, so that the tree of votes is not the shorter one.
        this.verdicts = signed(SealedLog.VERDICTS, log, key);
        this.votes = signed(SealedLog.VOTES, log, key);
    }

    private static SealedTreeView signed(SealedLog tree, String log, NoteVerifier key) {
        SealedTreeView view = SealedTreeView.open(tree, log);
        String wrong = view.wrong(key);
        if (wrong != null) {
            throw new AuditException("%s: %s".formatted(log, wrong));
        }
        return view;
    }

    private record Found(ConsumerRecord<byte[], byte[]> record, VoteCast vote) {}

    /**
     * The proofs for a receipt. Where the vote was sent more than once, for the time that it was accepted, else for the last.
     *
     * @param offset where it stands; where that is not known the voter's partition is read
     * @throws AuditException when no such vote is in the log, or it is not sealed yet
     */
    ReceiptProofs find(Receipt receipt, @Nullable Long offset) {
        int partitions = source.spans(Topics.VOTES.name()).size();
        if (partitions == 0) {
            throw new AuditException("%s has no %s".formatted(source.name(), Topics.VOTES.name()));
        }
        int partition = receipt.voter().partition(partitions);
        List<Found> found = search(receipt, partition, offset);
        if (found.isEmpty()) {
            throw new AuditException("no vote of this receipt stands in partition %d of %s%s"
                    .formatted(partition, source.name(), offset == null ? "" : " at offset " + offset));
        }
        try {
            SealIndex seals =
                    SealIndex.read(verdicts.reader(), verdicts.checkpoint().size());
            ReceiptProofs last = null;
            for (Found one : found) {
                OptionalLong index = seals.indexOf(partition, one.record().offset());
                if (index.isEmpty()) {
                    continue;
                }
                last = prove(one, index.getAsLong());
                if (ReceiptProofs.leaf(last.verdict().extra().orElseThrow()) instanceof Leaf.Verdict verdict
                        && verdict.outcome().equals("ACCEPTED")) {
                    break;
                }
            }
            if (last == null) {
                throw new AuditException("the vote at partition %d, offset %d is not sealed yet: ask again later"
                        .formatted(partition, found.get(0).record().offset()));
            }
            return last;
        } catch (TlogException e) {
            throw new AuditException(String.valueOf(e.getMessage()), e);
        }
    }

    private List<Found> search(Receipt receipt, int partition, @Nullable Long offset) {
        byte[] voter = receipt.voter().bytes();
        List<Found> found = new ArrayList<>();
        Span span = source.spans(Topics.VOTES.name()).stream()
                .filter(candidate -> candidate.partition() == partition)
                .map(all -> offset == null || offset < all.begin() || offset >= all.end()
                        ? all
                        : new Span(all.topic(), all.partition(), offset, offset + 1))
                .findFirst()
                .orElseThrow();
        source.read(span, record -> {
            if (Arrays.equals(voter, record.key()) && (offset == null || record.offset() == offset)) {
                try {
                    if (Events.decode(record.value()).event() instanceof VoteCast vote
                            && vote.getVoteId().equals(receipt.voteId())) {
                        found.add(new Found(record, vote));
                    }
                } catch (MalformedEventException e) {
                    // Not a vote, so not this one.
                }
            }
        });
        return found;
    }

    private ReceiptProofs prove(Found found, long index) {
        byte[] entry = votes.reader().entry(index);
        if (!Arrays.equals(entry, commitments.leaf(found.record()).entry())) {
            throw new AuditException(
                    "index %d of the sealed log does not hold the record that stands in partition %d of votes at offset %d"
                            .formatted(
                                    index,
                                    found.record().partition(),
                                    found.record().offset()));
        }
        byte[] opening = ByteBuffer.allocate(Leaf.HASH + entry.length)
                .put(commitments.voterSalt(found.vote()))
                .put(entry)
                .array();
        return new ReceiptProofs(
                new TlogProof(Optional.of(opening), index, votes.reader().inclusion(index), votes.note()),
                new TlogProof(
                        Optional.of(verdicts.reader().entry(index)),
                        index,
                        verdicts.reader().inclusion(index),
                        verdicts.note()));
    }
}
