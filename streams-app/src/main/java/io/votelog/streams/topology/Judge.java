// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static io.votelog.schemas.DeadLetters.Cause.BAD_BALLOT_ID;
import static io.votelog.schemas.DeadLetters.Cause.BAD_CONTROL_RECORD;
import static io.votelog.schemas.DeadLetters.Cause.BAD_KEY;
import static io.votelog.schemas.DeadLetters.Cause.BAD_SIGNATURE;
import static io.votelog.schemas.DeadLetters.Cause.CONFLICTING_DEFINITION;
import static io.votelog.schemas.DeadLetters.Cause.FOREIGN_EVENT;
import static io.votelog.schemas.DeadLetters.Cause.SCHEMA_NOT_NAMED;
import static io.votelog.schemas.DeadLetters.Cause.UNDECODABLE;
import static io.votelog.schemas.DeadLetters.Cause.WRONG_PARTITION;

import io.votelog.events.VoteCast;
import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.rules.Ballot;
import io.votelog.rules.Decision;
import io.votelog.rules.Decision.PartitionBallot;
import io.votelog.rules.LoggedVote;
import io.votelog.rules.Picks;
import io.votelog.rules.Verdict;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.ControlRecord.Annulled;
import io.votelog.schemas.ControlRecord.Closed;
import io.votelog.schemas.ControlRecord.Ended;
import io.votelog.schemas.ControlRecord.Published;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import io.votelog.streams.topology.LogStep.JudgedVote;
import io.votelog.streams.topology.rows.BallotRow;
import io.votelog.streams.topology.rows.VoterRow;
import io.votelog.streams.topology.voters.VotersStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges every record of one partition of votes, and puts what the record changes into the store of voters and ballots. A judgement is a
 * function of the record and of those before it in the partition: met again after the offsets were lost, with the store kept, a record
 * gets the verdict that it had.
 */
final class Judge {
    private static final Logger LOG = LoggerFactory.getLogger(Judge.class);

    private final LogKeys keys;
    private final int partition;
    private final VotersStore store;
    private final BallotRows ballots;
    /** Whether the trace that the record leaves was missing in the store, or was another record's; see {@link LogStep#fresh}. */
    private boolean fresh;
    /**
     * Whether the store has had a record at this offset before. Where it has not, a missing trace proves nothing, whatever the tally has
     * counted.
     */
    private boolean met;

    Judge(LogKeys keys, int partition, VotersStore store) {
        this.keys = keys;
        this.partition = partition;
        this.store = store;
        this.ballots = new BallotRows(store);
    }

    /**
     * What a record comes to.
     *
     * @param step what the tally has to do
     * @param vote the vote whose verdict is the step's effect; null when the record is none
     * @param poison why the record is a dead letter; null when it is none
     */
    record Judgement(LogStep step, @Nullable VoteCast vote, @Nullable PoisonException poison) {}

    /**
     * A record's place in the log.
     *
     * @param recordedAtMs the broker's append time, milliseconds since 1970
     * @param ended ballots whose time was over when the record was appended
     */
    private record Place(long offset, long recordedAtMs, List<BallotRow> ended) {}

    /**
     * Judges the next record of the partition.
     *
     * @param recordedAtMs the broker's append time, milliseconds since 1970
     */
    Judgement judge(byte @Nullable [] key, byte @Nullable [] value, long offset, long recordedAtMs) {
        ballots.refresh();
        met = offset < store.nextOffset();
        List<BallotRow> ended = ballots.endDue(recordedAtMs, offset);
        Place at = new Place(offset, recordedAtMs, ended);
        fresh = !ended.isEmpty();
        LogStep step;
        VoteCast vote = null;
        PoisonException poison = null;
        try {
            Events.Decoded decoded = decode(value);
            if (decoded.event() instanceof VoteCast cast) {
                JudgedVote judged = decide(key, cast, decoded.fingerprint(), at);
                vote = cast;
                step = step(at, ended, judged);
            } else {
                step = obey(decoded, Objects.requireNonNull(value), at);
            }
        } catch (PoisonException e) {
            poison = e;
            step = step(at, ended, null);
        }
        store.decided(offset);
        return new Judgement(step, vote, poison);
    }

    private LogStep step(Place at, List<BallotRow> ended, LogStep.@Nullable Effect effect) {
        return new LogStep(at.offset(), at.recordedAtMs(), ended, effect, fresh && met);
    }

    private static Events.Decoded decode(byte @Nullable [] value) throws PoisonException {
        try {
            return Events.decode(value);
        } catch (MalformedEventException e) {
            throw new PoisonException(UNDECODABLE, String.valueOf(e.getMessage()));
        }
    }

    private LogStep obey(Events.Decoded decoded, byte[] value, Place at) throws PoisonException {
        ControlRecord.InVotes order = ControlRecord.inVotes(decoded.event(), value)
                .orElseThrow(() -> new PoisonException(
                        FOREIGN_EVENT,
                        "a %s does not belong into votes"
                                .formatted(decoded.event().getSchema().getName())));
        checkSignature(order);
        checkPartition(order);
        return order.match(new Obeyed(at));
    }

    /** What each control record does to its ballot, once it is known to be signed and to be written for this partition. */
    private final class Obeyed implements ControlRecord.InVotes.Cases<LogStep, PoisonException> {
        private final Place at;

        Obeyed(Place at) {
            this.at = at;
        }

        @Override
        public LogStep published(Published published) throws PoisonException {
            BallotRow opened = open(published, at);
            return step(at, at.ended(), opened == null ? null : new LogStep.Opened(opened));
        }

        @Override
        public LogStep closed(Closed closed) throws PoisonException {
            BallotRow row = standing(closed, at);
            if (!row.open()) {
                return step(at, at.ended(), null);
            }
            List<BallotRow> over = new ArrayList<>(at.ended());
            over.add(ballots.end(row, at.offset()));
            fresh = true;
            return step(at, over, null);
        }

        @Override
        public LogStep ended(Ended end) throws PoisonException {
            // The record's append time alone ends a ballot, and has done so already where it was to
            // (BallotRows.endDue).
            standing(end, at);
            return step(at, at.ended(), null);
        }

        @Override
        public LogStep annulled(Annulled annulled) throws PoisonException {
            return step(at, at.ended(), annul(annulled, at));
        }
    }

    /** Takes the voter's accepted vote out, or says in the log why there is nothing to take out. */
    private LogStep.@Nullable Annulled annul(Annulled order, Place at) throws PoisonException {
        BallotRow row = standing(order, at);
        int belongs = order.belongsInto(row.published().getPartitionCount());
        if (belongs != partition) {
            throw new PoisonException(
                    BAD_CONTROL_RECORD,
                    "the voter's votes stand in partition %d; this annulment of one stands in %d"
                            .formatted(belongs, partition));
        }
        Optional<String> fault = order.reasonFault();
        if (fault.isPresent()) {
            throw new PoisonException(BAD_CONTROL_RECORD, "its reason " + fault.get());
        }
        byte[] pseudonym = order.receipt().voter().bytes();
        VoterRow voter = store.voter(pseudonym, order.ballotId());
        AcceptedVote accepted = voter.accepted();
        if (accepted == null
                || !Annulment.takesEffect(
                        accepted, voter.annulled(), order.receipt().voteId(), at.offset())) {
            LOG.warn(
                    "the annulment at offset {} of partition {} of votes has no effect: {}",
                    at.offset(),
                    partition,
                    voter.annulled() == null
                            ? "its voter has no such vote that counts"
                            : "the vote is annulled already");
            return null;
        }
        Annulment annulment = new Annulment(at.offset(), at.recordedAtMs(), order.reason());
        fresh |= !annulment.equals(voter.annulled());
        if (voter.annulled() == null) {
            store.putVoter(
                    pseudonym, order.ballotId(), voter.withAnnulled(annulment).encode());
        }
        return new LogStep.Annulled(row, accepted.picks());
    }

    private JudgedVote decide(byte @Nullable [] key, VoteCast cast, long fingerprint, Place at) throws PoisonException {
        if (key == null || key.length != Pseudonym.LENGTH) {
            throw new PoisonException(
                    BAD_KEY,
                    "a vote's key is a pseudonym of %d bytes; this one has %s"
                            .formatted(Pseudonym.LENGTH, key == null ? "none" : Integer.toString(key.length)));
        }
        String ballotId = cast.getBallotId();
        if (!Ballot.isId(ballotId)) {
            throw new PoisonException(BAD_BALLOT_ID, "the vote is for what can be no ballot's id");
        }
        BallotRow row = ballots.find(ballotId);
        boolean known = row != null && at.offset() > row.partitionBallot().fromOffset();
        VoterRow voter = VoterRow.NEW;
        if (row != null && known) {
            checkForm(key, fingerprint, row);
            voter = store.voter(key, ballotId);
        }
        LoggedVote vote = new LoggedVote(cast.getVoteId(), cast.getChoices(), at.offset(), at.recordedAtMs());
        Verdict verdict = Decision.decide(row == null ? null : row.partitionBallot(), voter.accepted(), vote);
        if (row != null && known) {
            remember(row.partitionBallot().ballot(), key, voter, vote, verdict);
        }
        return new JudgedVote(known ? row : null, verdict);
    }

    private void checkForm(byte[] key, long fingerprint, BallotRow row) throws PoisonException {
        int belongs = Pseudonym.partition(key, row.published().getPartitionCount());
        if (belongs != partition) {
            throw new PoisonException(
                    WRONG_PARTITION,
                    "a vote with this key belongs into partition %d of %d, by murmur2; it stands in %d"
                            .formatted(belongs, row.published().getPartitionCount(), partition));
        }
        if (!row.voteSchemas().contains(fingerprint)) {
            throw new PoisonException(
                    SCHEMA_NOT_NAMED,
                    "ballot %s does not name the vote schema %s"
                            .formatted(row.definition().ballot().id(), Events.hex(fingerprint)));
        }
    }

    private void remember(Ballot ballot, byte[] key, VoterRow voter, LoggedVote vote, Verdict verdict) {
        if (verdict instanceof Verdict.Accepted accepted) {
            AcceptedVote standing = voter.accepted();
            if (standing == null) {
                fresh = true;
                store.putVoter(
                        key,
                        ballot.id(),
                        voter.withAccepted(accepted(vote, accepted.picks())).encode());
            } else {
                Picks picks = ballot.check(vote.choices()).picks();
                fresh |= !standing.equals(accepted(vote, picks));
            }
        } else if (verdict instanceof Verdict.Rejected rejected) {
            VoterRow.Refused attempt =
                    new VoterRow.Refused(vote.voteId(), vote.offset(), vote.recordedAtMs(), rejected.reason());
            VoterRow.Refused latest = voter.latestRefused();
            if (latest == null || latest.offset() < attempt.offset()) {
                fresh = true;
                store.putVoter(key, ballot.id(), voter.withRefused(attempt).encode());
            } else if (latest.offset() == attempt.offset()) {
                fresh |= !latest.equals(attempt);
            }
        } else if (!(verdict instanceof Verdict.Retried)) {
            throw new IllegalStateException("nothing is remembered of the verdict " + verdict);
        }
    }

    private static AcceptedVote accepted(LoggedVote vote, Picks picks) {
        return new AcceptedVote(vote.voteId(), vote.offset(), vote.recordedAtMs(), picks);
    }

    private @Nullable BallotRow open(Published published, Place at) throws PoisonException {
        BallotRow standing = ballots.find(published.ballotId());
        if (standing != null && standing.partitionBallot().fromOffset() <= at.offset()) {
            if (!standing.published().getDigest().equals(published.digest())) {
                fresh |= standing.partitionBallot().fromOffset() == at.offset();
                throw new PoisonException(
                        CONFLICTING_DEFINITION,
                        "ballot %s stands here since offset %d with another definition"
                                .formatted(
                                        published.ballotId(),
                                        standing.partitionBallot().fromOffset()));
            }
            return null;
        }
        BallotRow row;
        try {
            row = BallotRow.of(published.event(), at.offset(), PartitionBallot.OPEN_ENDED);
        } catch (MalformedEventException e) {
            throw new PoisonException(BAD_CONTROL_RECORD, String.valueOf(e.getMessage()));
        }
        if (!published.reachesItsPartition()
                || published.untruth(row.definition()).isPresent()) {
            throw new PoisonException(
                    BAD_CONTROL_RECORD,
                    "the digest or the id is not that of the definition, or the partition count is too low");
        }
        fresh = true;
        if (standing != null) {
            // The definition that stands is behind this one: this record was not here when the partition was first read
            // past its offset. It took the place of another, and opens nothing.
            return null;
        }
        ballots.open(row);
        return row;
    }

    /** The ballot that this control record is about, by its id and its digest. */
    private BallotRow standing(ControlRecord order, Place at) throws PoisonException {
        String ballotId = order.ballotId();
        BallotRow row = ballots.find(ballotId);
        if (row == null || at.offset() <= row.partitionBallot().fromOffset()) {
            throw new PoisonException(
                    BAD_CONTROL_RECORD,
                    "no ballot %s stands here".formatted(Ballot.isId(ballotId) ? ballotId : "of such an id"));
        }
        if (!row.published().getDigest().equals(order.digest())) {
            throw new PoisonException(
                    BAD_CONTROL_RECORD, "ballot %s stands here with another definition".formatted(ballotId));
        }
        return row;
    }

    private void checkSignature(ControlRecord order) throws PoisonException {
        if (!order.signedBy(keys)) {
            throw new PoisonException(BAD_SIGNATURE, "not signed by a key that this log obeys");
        }
    }

    private void checkPartition(ControlRecord order) throws PoisonException {
        if (order.partition() != partition) {
            throw new PoisonException(
                    BAD_CONTROL_RECORD,
                    "written for partition %d; it stands in %d".formatted(order.partition(), partition));
        }
    }
}
