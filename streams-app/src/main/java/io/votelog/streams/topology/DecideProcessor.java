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

import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.rules.Ballot;
import io.votelog.rules.Decision;
import io.votelog.rules.Decision.PartitionBallot;
import io.votelog.rules.LoggedVote;
import io.votelog.rules.Picks;
import io.votelog.rules.Verdict;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.ControlRecord.Annulled;
import io.votelog.schemas.ControlRecord.Closed;
import io.votelog.schemas.ControlRecord.Ended;
import io.votelog.schemas.ControlRecord.Published;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Reasons;
import io.votelog.streams.topology.LogStep.JudgedVote;
import io.votelog.streams.topology.rows.BallotRow;
import io.votelog.streams.topology.rows.PartitionPosition;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.rows.VoterKey;
import io.votelog.streams.topology.rows.VoterRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log's bytes and gives every vote its verdict. It is a function of the record and of those before it in the
 * partition: met again after the offsets were lost, with the stores kept, a record gets the verdict that it had.
 */
final class DecideProcessor implements Processor<byte[], byte[], byte[], Object> {
    private static final Logger LOG = LoggerFactory.getLogger(DecideProcessor.class);
    private static final CloudEvent CLOUD_EVENT = new CloudEvent("VoteDecided", "streams-app");

    private final LogKeys keys;

    private ProcessorContext<byte[], Object> context;
    private KeyValueStore<byte[], byte[]> voters;
    private BallotRows ballots;
    private VotersPosition position;
    /** Of the record that is decided now; see {@link LogStep#fresh}. */
    private boolean fresh;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
    DecideProcessor(LogKeys keys) {
        this.keys = keys;
    }

    @Override
    public void init(ProcessorContext<byte[], Object> context) {
        this.context = context;
        this.voters = context.getStateStore(StoreNames.VOTERS);
        this.ballots = new BallotRows(context.getStateStore(StoreNames.POLLS));
        KeyValueStore<String, byte[]> tallies = context.getStateStore(StoreNames.PARTITION_TALLIES);
        PartitionPosition counted = PartitionPosition.decode(tallies.get(PartitionPosition.KEY));
        this.position = new VotersPosition(context, voters, counted.nextOffset());
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
        RecordMetadata at = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a record of the log has no position"));
        List<BallotRow> ended = ballots.endDue(input.timestamp(), at.offset());
        fresh = !ended.isEmpty();
        LogStep step;
        try {
            step = judge(input, at, ended);
        } catch (PoisonException poison) {
            bury(input, at, poison);
            step = new LogStep(at.offset(), input.timestamp(), ended, null, fresh);
        }
        context.forward(new Record<>(new byte[0], step, input.timestamp()), StoreNames.TALLY);
        position.decided(at.offset());
    }

    private LogStep judge(Record<byte[], byte[]> input, RecordMetadata at, List<BallotRow> ended)
            throws PoisonException {
        byte @Nullable [] value = input.value();
        Events.Decoded decoded;
        try {
            decoded = Events.decode(value);
        } catch (MalformedEventException e) {
            throw new PoisonException(UNDECODABLE, String.valueOf(e.getMessage()));
        }
        if (decoded.event() instanceof VoteCast vote) {
            LogStep.Effect effect = decide(input.key(), vote, decoded.fingerprint(), input.timestamp(), at);
            return new LogStep(at.offset(), input.timestamp(), ended, effect, fresh);
        }
        ControlRecord.InVotes order = ControlRecord.inVotes(decoded.event(), input.value())
                .orElseThrow(() -> new PoisonException(
                        FOREIGN_EVENT,
                        "a %s does not belong into votes"
                                .formatted(decoded.event().getSchema().getName())));
        checkSignature(order);
        checkPartition(order, at);
        return order.match(new Obeyed(input.timestamp(), at, ended));
    }

    /** What each control record does to its ballot, once it is known to be signed and to be written for this partition. */
    private final class Obeyed implements ControlRecord.InVotes.Cases<LogStep, PoisonException> {
        private final long recordedAtMs;
        private final RecordMetadata at;
        private final List<BallotRow> ended;

        /** @param ended ballots whose time was over when the record was appended */
        Obeyed(long recordedAtMs, RecordMetadata at, List<BallotRow> ended) {
            this.recordedAtMs = recordedAtMs;
            this.at = at;
            this.ended = ended;
        }

        @Override
        public LogStep published(Published published) throws PoisonException {
            BallotRow opened = open(published, at);
            return step(ended, opened == null ? null : new LogStep.Opened(opened));
        }

        @Override
        public LogStep closed(Closed closed) throws PoisonException {
            BallotRow row = standing(closed, at);
            if (!row.open()) {
                return step(ended, null);
            }
            List<BallotRow> over = new ArrayList<>(ended);
            over.add(ballots.end(row, at.offset()));
            fresh = true;
            return step(over, null);
        }

        @Override
        public LogStep ended(Ended end) throws PoisonException {
            // Its time has ended the ballot before it was looked at, if it was to.
            standing(end, at);
            return step(ended, null);
        }

        @Override
        public LogStep annulled(Annulled annulled) throws PoisonException {
            return step(ended, annul(annulled, recordedAtMs, at));
        }

        private LogStep step(List<BallotRow> over, LogStep.@Nullable Effect effect) {
            return new LogStep(at.offset(), recordedAtMs, over, effect, fresh);
        }
    }

    /** Takes the voter's accepted vote out, or says in the log why there is nothing to take out. */
    private LogStep.@Nullable Annulled annul(Annulled order, long recordedAtMs, RecordMetadata at)
            throws PoisonException {
        BallotRow row = standing(order, at);
        int belongs = order.belongsInto(row.published().getPartitionCount());
        if (belongs != at.partition()) {
            throw new PoisonException(
                    BAD_CONTROL_RECORD,
                    "the voter's votes stand in partition %d; this annulment of one stands in %d"
                            .formatted(belongs, at.partition()));
        }
        Optional<String> fault = order.reasonFault();
        if (fault.isPresent()) {
            throw new PoisonException(BAD_CONTROL_RECORD, "its reason " + fault.get());
        }
        byte[] voterKey = VoterKey.of(order.receipt().voter().bytes(), order.ballotId());
        VoterRow voter = VoterRow.decode(voters.get(voterKey));
        AcceptedVote accepted = voter.accepted();
        if (accepted == null
                || !Annulment.takesEffect(
                        accepted, voter.annulled(), order.receipt().voteId(), at.offset())) {
            LOG.warn(
                    "the annulment at offset {} of partition {} of votes has no effect: {}",
                    at.offset(),
                    at.partition(),
                    voter.annulled() == null
                            ? "its voter has no such vote that counts"
                            : "the vote is annulled already");
            return null;
        }
        Annulment annulment = new Annulment(at.offset(), recordedAtMs, order.reason());
        fresh |= !annulment.equals(voter.annulled());
        if (voter.annulled() == null) {
            voters.put(voterKey, voter.withAnnulled(annulment).encode());
        }
        return new LogStep.Annulled(row, accepted.picks());
    }

    private JudgedVote decide(
            byte @Nullable [] key, VoteCast cast, long fingerprint, long recordedAtMs, RecordMetadata at)
            throws PoisonException {
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
        byte[] voterKey = new byte[0];
        if (row != null && known) {
            checkForm(key, fingerprint, row, at.partition());
            voterKey = VoterKey.of(key, ballotId);
            voter = VoterRow.decode(voters.get(voterKey));
        }
        LoggedVote vote = new LoggedVote(cast.getVoteId(), cast.getChoices(), at.offset(), recordedAtMs);
        Verdict verdict = Decision.decide(row == null ? null : row.partitionBallot(), voter.accepted(), vote);
        if (row != null && known) {
            remember(row.partitionBallot().ballot(), voterKey, voter, vote, verdict);
        }
        publish(key, ballotId, vote, verdict, at.partition());
        return new JudgedVote(known ? row : null, verdict);
    }

    private static void checkForm(byte[] key, long fingerprint, BallotRow row, int partition) throws PoisonException {
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

    private void remember(Ballot ballot, byte[] voterKey, VoterRow voter, LoggedVote vote, Verdict verdict) {
        if (verdict instanceof Verdict.Accepted accepted) {
            AcceptedVote standing = voter.accepted();
            if (standing == null) {
                fresh = true;
                voters.put(
                        voterKey,
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
                voters.put(voterKey, voter.withRefused(attempt).encode());
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

    private void publish(byte[] key, String ballotId, LoggedVote vote, Verdict verdict, int partition) {
        Outcome outcome;
        RejectionReason reason = null;
        if (verdict instanceof Verdict.Accepted) {
            outcome = Outcome.ACCEPTED;
        } else if (verdict instanceof Verdict.Retried) {
            outcome = Outcome.RETRIED;
        } else if (verdict instanceof Verdict.Rejected rejected) {
            outcome = Outcome.REJECTED;
            reason = Reasons.toWire(rejected.reason());
        } else {
            throw new IllegalStateException("no outcome stands for the verdict " + verdict);
        }
        byte[] value = Events.encode(new VoteDecided(
                vote.voteId(), ballotId, outcome, reason, vote.offset(), Instant.ofEpochMilli(vote.recordedAtMs())));
        String id = partition + "/" + vote.offset();
        context.forward(
                new Record<>(key, new PartitionedValue(partition, value), vote.recordedAtMs(), CLOUD_EVENT.headers(id)),
                StoreNames.SINK_DECISIONS);
    }

    private @Nullable BallotRow open(Published published, RecordMetadata at) throws PoisonException {
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
            // Had it stood here when its place was decided, it would be the one that stands.
            return null;
        }
        ballots.open(row);
        return row;
    }

    /** The ballot that a control record of this partition is about. */
    private BallotRow standing(ControlRecord order, RecordMetadata at) throws PoisonException {
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

    private static void checkPartition(ControlRecord order, RecordMetadata at) throws PoisonException {
        if (order.partition() != at.partition()) {
            throw new PoisonException(
                    BAD_CONTROL_RECORD,
                    "written for partition %d; it stands in %d".formatted(order.partition(), at.partition()));
        }
    }

    private void bury(Record<byte[], byte[]> input, RecordMetadata at, PoisonException poison) {
        DeadLetters.Letter letter = DeadLetters.of(
                input.key(),
                input.value(),
                at.partition(),
                at.offset(),
                input.timestamp(),
                poison.reason(),
                poison.detail());
        context.forward(
                new Record<>(
                        letter.key(),
                        new PartitionedValue(at.partition(), letter.value()),
                        input.timestamp(),
                        letter.headers()),
                StoreNames.SINK_DEAD_LETTERS);
    }
}
