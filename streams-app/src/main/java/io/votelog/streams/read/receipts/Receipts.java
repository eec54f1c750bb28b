// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.events.VoteCast;
import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.rules.Decision;
import io.votelog.rules.LoggedVote;
import io.votelog.rules.Reason;
import io.votelog.rules.Verdict;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.read.problem.Problems;
import io.votelog.streams.topology.rows.VoterRow;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.problem.ProblemException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Finds what has become of a vote. The voter's row knows of the accepted vote and of the latest refused attempts; any other
 * attempt is read from the log and decided again, to the verdict that it had; where the row says that there is none, the log is not
 * asked.
 */
final class Receipts {
    private final ResultsBoard board;
    private final VoterLookup voters;
    private final LogReader log;
    private final LogReadLimit reads;

    Receipts(ResultsBoard board, VoterLookup voters, LogReader log, LogReadLimit reads) {
        this.reads = reads;
        this.board = board;
        this.voters = voters;
        this.log = log;
    }

    /**
     * The verdict on the attempt at this offset; pending until committed results have counted it. Blocks.
     *
     * @param client who asks; null when that is not known
     * @throws ProblemException 404 when no attempt of the receipt stands there; where the log must be read: 429 when the client has
     *     had it read too often, 503 when the log is slow or many have it read
     * @throws InvalidStateStoreException when this instance cannot tell
     */
    ReceiptDocument at(Ballots.Published ballot, Receipt receipt, long offset, @Nullable IpAddress client) {
        String ballotId = ballot.ballot().id();
        UUID voteId = receipt.voteId();
        int partition = receipt.voter().partition(ballot.partitionCount());
        long countedTo = board.countedTo(ballotId, partition);
        if (offset >= countedTo) {
            return ReceiptDocument.pending(voteId, partition, offset);
        }
        return attempt(
                ballot,
                receipt,
                offset,
                find(ballot, receipt.voter(), partition, countedTo),
                () -> Optional.ofNullable(voters.partitionBallot(ballotId, partition)),
                beforeBallot -> reads.read(client, beforeBallot, () -> log.read(partition, offset)));
    }

    /**
     * The verdict on the attempt at this offset, which is counted.
     *
     * @param partitionBallot the ballot in the partition, asked for only where the row does not tell the verdict
     * @param read the record at the offset, by whether the ballot did not stand there yet; asked for only where the row does not tell
     *     whether there is such an attempt
     * @throws ProblemException 404 when no attempt of the receipt stands there
     */
    static ReceiptDocument attempt(
            Ballots.Published ballot,
            Receipt receipt,
            long offset,
            CommittedVoter voter,
            Supplier<Optional<Decision.PartitionBallot>> partitionBallot,
            Function<Boolean, Optional<ConsumerRecord<byte[], byte[]>>> read) {
        UUID voteId = receipt.voteId();
        int partition = receipt.voter().partition(ballot.partitionCount());
        AcceptedVote accepted = voter.accepted();
        if (accepted != null && accepted.offset() == offset && accepted.voteId().equals(voteId)) {
            return accepted(accepted, voter.annulled(), partition);
        }
        VoterRow.Refused refused = voter.refused(voteId);
        if (refused != null && refused.offset() == offset) {
            return refused(ballot, refused, partition);
        }
        return decideAgain(ballot, receipt, offset, voter, partitionBallot.get().orElse(null), read);
    }

    /**
     * The accepted vote of the receipt's id, else the latest attempt of that id, if there is a verdict. Blocks.
     *
     * @throws InvalidStateStoreException when this instance cannot tell
     */
    Optional<ReceiptDocument> decided(Ballots.Published ballot, Receipt receipt) {
        return known(ballot, receipt, find(ballot, receipt)).filter(document -> !document.isPending());
    }

    /**
     * The accepted vote of the receipt's id, else the latest attempt of that id, which may be pending. Blocks.
     *
     * @throws ProblemException 404 when nothing is known of such a vote, 409 when it may be one that is known by its offset alone
     * @throws InvalidStateStoreException when this instance cannot tell
     */
    ReceiptDocument latest(Ballots.Published ballot, Receipt receipt) {
        CommittedVoter voter = find(ballot, receipt);
        return known(ballot, receipt, voter)
                .orElseThrow(() -> voter.forgotten() ? Problems.offsetNeeded().exception() : nothingKnown());
    }

    private Optional<ReceiptDocument> known(Ballots.Published ballot, Receipt receipt, CommittedVoter voter) {
        UUID voteId = receipt.voteId();
        int partition = receipt.voter().partition(ballot.partitionCount());
        AcceptedVote accepted = voter.accepted();
        if (accepted != null && accepted.voteId().equals(voteId)) {
            return Optional.of(accepted(accepted, voter.annulled(), partition));
        }
        OptionalLong uncommitted = voter.uncommitted(voteId);
        if (uncommitted.isPresent()) {
            return Optional.of(ReceiptDocument.pending(voteId, partition, uncommitted.getAsLong()));
        }
        return Optional.ofNullable(voter.refused(voteId)).map(refused -> refused(ballot, refused, partition));
    }

    private CommittedVoter find(Ballots.Published ballot, Receipt receipt) {
        int partition = receipt.voter().partition(ballot.partitionCount());
        long countedTo = board.countedTo(ballot.ballot().id(), partition);
        return find(ballot, receipt.voter(), partition, countedTo);
    }

    /**
     * The voter's row as far as it is committed. Whether any vote is annulled is asked after the position is read, so the answer is
     * never older than the position.
     */
    private CommittedVoter find(Ballots.Published ballot, Pseudonym voter, int partition, long countedTo) {
        String ballotId = ballot.ballot().id();
        return voters.find(voter, ballotId, partition, countedTo, board.anyAnnulled(ballotId));
    }

    private static ReceiptDocument accepted(AcceptedVote vote, @Nullable Annulment annulled, int partition) {
        return ReceiptDocument.accepted(vote.voteId(), partition, vote.offset(), vote.recordedAtMs())
                .with(annulled);
    }

    private static ReceiptDocument refused(Ballots.Published ballot, VoterRow.Refused attempt, int partition) {
        return ReceiptDocument.rejected(
                attempt.voteId(),
                partition,
                attempt.offset(),
                attempt.recordedAtMs(),
                attempt.reason(),
                ReasonTexts.of(attempt.reason(), ballot.ballot()));
    }

    private static ReceiptDocument decideAgain(
            Ballots.Published ballot,
            Receipt receipt,
            long offset,
            CommittedVoter voter,
            Decision.@Nullable PartitionBallot partitionBallot,
            Function<Boolean, Optional<ConsumerRecord<byte[], byte[]>>> read) {
        int partition = receipt.voter().partition(ballot.partitionCount());
        boolean known = partitionBallot != null && offset > partitionBallot.fromOffset();
        if (known && !voter.mayHaveSent(receipt.voteId())) {
            // The row knows something of every attempt that is counted behind the ballot's beginning, and nothing of
            // this one.
            throw noSuchAttempt(partition, offset);
        }
        ConsumerRecord<byte[], byte[]> record = read.apply(!known).orElseThrow(() -> noSuchAttempt(partition, offset));
        LoggedVote vote = vote(ballot, receipt, record, known);
        Annulment annulled = voter.annulled();
        Verdict verdict = Decision.decide(partitionBallot, voter.accepted(), vote);
        if (verdict instanceof Verdict.Retried retried) {
            return ReceiptDocument.retried(
                            vote.voteId(),
                            partition,
                            offset,
                            vote.recordedAtMs(),
                            retried.first().recordedAtMs())
                    .with(annulled);
        }
        if (verdict instanceof Verdict.Rejected rejected) {
            Reason reason = rejected.reason();
            return ReceiptDocument.rejected(
                    vote.voteId(),
                    partition,
                    offset,
                    vote.recordedAtMs(),
                    reason,
                    ReasonTexts.of(reason, ballot.ballot()));
        }
        if (verdict instanceof Verdict.Accepted) {
            return ReceiptDocument.accepted(vote.voteId(), partition, offset, vote.recordedAtMs());
        }
        throw new IllegalStateException("no receipt tells of the verdict " + verdict);
    }

    /** The record as a vote of this receipt on this ballot; what is poison to the topology is none. */
    private static LoggedVote vote(
            Ballots.Published ballot, Receipt receipt, ConsumerRecord<byte[], byte[]> record, boolean known) {
        ProblemException none = noSuchAttempt(record.partition(), record.offset());
        if (!Arrays.equals(record.key(), receipt.voter().bytes())) {
            throw none;
        }
        Events.Decoded decoded;
        try {
            decoded = Events.decode(record.value());
        } catch (MalformedEventException e) {
            throw none;
        }
        if (!(decoded.event() instanceof VoteCast cast)
                || !cast.getVoteId().equals(receipt.voteId())
                || !cast.getBallotId().equals(ballot.ballot().id())
                || (known && !ballot.voteSchemas().contains(decoded.fingerprint()))) {
            throw none;
        }
        return new LoggedVote(cast.getVoteId(), cast.getChoices(), record.offset(), record.timestamp());
    }

    private static ProblemException noSuchAttempt(int partition, long offset) {
        return Problems.unknownReceipt(
                        "No vote of this receipt stands at offset %d of partition %d.".formatted(offset, partition))
                .exception();
    }

    /**
     * The refusal where the receipt comes without an offset: a vote that is not counted yet cannot be told from one that was never sent.
     */
    private static ProblemException nothingKnown() {
        return Problems.unknownReceipt(
                        "No vote of this receipt is counted. If it was sent a moment ago, try again, with Prefer: wait=10, or"
                                + " give the offset at which it was recorded (?offset=).")
                .exception();
    }

    /**
     * The voter's accepted vote, as far as it is committed, and how it was annulled. Blocks.
     *
     * @throws InvalidStateStoreException when this instance cannot tell
     */
    VoterDocument of(Ballots.Published ballot, Pseudonym voter) {
        int partition = voter.partition(ballot.partitionCount());
        CommittedVoter copy =
                find(ballot, voter, partition, board.countedTo(ballot.ballot().id(), partition));
        return VoterDocument.of(copy.accepted(), copy.annulled());
    }
}
