// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.events.BallotPublished;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Finds a receipt's vote in the log, and makes the proofs that it is in the sealed log. */
public final class ReceiptSearch implements AutoCloseable {
    private final LogSource source;
    private final SealedTrees trees;

    /**
     * @param log the folder or the URL of the sealed log
     * @throws AuditException when the sealed log is not signed with the key
     */
    public ReceiptSearch(LogSource source, String log, SealedLogKey key) {
        this.source = source;
        this.trees = SealedTrees.signed(log, key);
    }

    private record Found(ConsumerRecord<byte[], byte[]> record, VoteCast vote) {}

    /**
     * The proofs of a receipt.
     *
     * @param annulled the annulment of the vote; null where there is none
     * @param annulmentSays a sentence on annulments, for the user
     */
    public record Answer(ReceiptProofs proofs, @Nullable AnnulmentRecord annulled, String annulmentSays) {}

    /**
     * Makes the proofs of a receipt. Where the vote is in the log more than once, they are about the record that was
     * accepted, or else about the last record.
     *
     * @param offset the vote's offset; null where it is not known, and the voter's partitions are read
     * @throws AuditException when the log has no such vote, or the vote is not sealed yet
     */
    public Answer find(Receipt receipt, @Nullable Long offset) {
        int partitions = source.ranges(Topics.VOTES.name()).size();
        if (partitions == 0) {
            throw new AuditException("%s has no %s".formatted(source.name(), Topics.VOTES.name()));
        }
        List<AnnulmentRecord> annulments = new ArrayList<>();
        List<Found> found = new ArrayList<>();
        List<Integer> searched = partitions(receipt, partitions);
        for (int partition : searched) {
            found.addAll(search(receipt, partition, offset, annulments));
        }
        if (found.isEmpty()) {
            throw new AuditException("no vote of this receipt stands in %s of %s%s"
                    .formatted(
                            searched.size() == 1
                                    ? "partition " + searched.get(0)
                                    : "partitions "
                                            + searched.stream()
                                                    .map(String::valueOf)
                                                    .collect(Collectors.joining(", ")),
                            source.name(),
                            offset == null ? "" : " at offset " + offset));
        }
        try {
            SealedTreeView verdicts = trees.view(SealedLog.VERDICTS);
            ProofMaker maker = new ProofMaker(
                    trees,
                    SealIndex.read(verdicts.reader(), verdicts.checkpoint().size()));
            ReceiptProofs last = null;
            Found accepted = null;
            for (Found one : found) {
                ReceiptProofs proofs = maker.vote(one.record(), one.vote());
                if (proofs != null) {
                    last = proofs;
                    if (ReceiptVerdict.of(proofs) == ReceiptVerdict.ACCEPTED) {
                        accepted = one;
                        break;
                    }
                }
            }
            if (last == null) {
                throw new AuditException("the vote at partition %d, offset %d is not sealed yet: ask again later"
                        .formatted(
                                found.get(0).record().partition(),
                                found.get(0).record().offset()));
            }
            return annulled(last, accepted, annulments, maker);
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            throw new AuditException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Adds the annulment of an accepted vote: the first one after it that was obeyed. */
    private static Answer annulled(
            ReceiptProofs proofs, @Nullable Found accepted, List<AnnulmentRecord> annulments, ProofMaker maker) {
        if (accepted == null) {
            return new Answer(proofs, null, "");
        }
        for (AnnulmentRecord one : annulments) {
            if (!one.isBehind(accepted.record(), accepted.vote())) {
                continue;
            }
            if (!maker.holds(one)) {
                return new Answer(
                        proofs,
                        one,
                        "The record is not sealed yet, so there is no proof of it, and whether it holds is not said: ask again later.");
            }
            Optional<ReceiptProofs.Annulment> proven = maker.annulment(one);
            if (proven.isPresent()) {
                return new Answer(proofs.with(proven.get()), one, "");
            }
        }
        return new Answer(proofs, null, "No record in the log annuls it.");
    }

    /**
     * The partitions that may hold the voter's votes. A ballot's votes are spread over the partitions that there were
     * when it was published, and partitions may have been added since.
     */
    private List<Integer> partitions(Receipt receipt, int now) {
        Set<Integer> counts = new TreeSet<>(Set.of(now));
        for (OffsetRange range : source.ranges(Topics.BALLOTS.name())) {
            source.read(range, record -> {
                try {
                    if (Events.decode(record.value()).event() instanceof BallotPublished published
                            && published.getPartitionCount() > 0
                            && published.getPartitionCount() <= now) {
                        counts.add(published.getPartitionCount());
                    }
                } catch (MalformedEventException e) {
                    // Bytes that are no event publish no ballot.
                }
            });
        }
        return counts.stream().map(receipt.voter()::partition).distinct().toList();
    }

    /**
     * Searches a partition for the receipt's votes, at the offset or, without one, everywhere, and for annulments after
     * it.
     */
    private List<Found> search(
            Receipt receipt, int partition, @Nullable Long offset, List<AnnulmentRecord> annulments) {
        byte[] voter = receipt.voter().bytes();
        List<Found> found = new ArrayList<>();
        OffsetRange range = source.ranges(Topics.VOTES.name()).stream()
                .filter(candidate -> candidate.partition() == partition)
                .map(all -> offset == null || offset < all.begin() || offset >= all.end()
                        ? all
                        : new OffsetRange(all.topic(), all.partition(), offset, all.end()))
                .findFirst()
                .orElseThrow();
        source.read(range, record -> {
            if (Arrays.equals(voter, record.key()) && (offset == null || record.offset() == offset)) {
                try {
                    if (Events.decode(record.value()).event() instanceof VoteCast vote
                            && vote.getVoteId().equals(receipt.voteId())) {
                        found.add(new Found(record, vote));
                    }
                } catch (MalformedEventException e) {
                    // Bytes that are no event are not this vote.
                }
            } else if (record.key() == null) {
                AnnulmentRecord.of(record).filter(one -> one.isOf(receipt)).ifPresent(annulments::add);
            }
        });
        return found;
    }

    @Override
    public void close() {
        trees.close();
    }
}
