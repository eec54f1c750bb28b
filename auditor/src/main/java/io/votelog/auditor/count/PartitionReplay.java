// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.events.VoteCast;
import io.votelog.rules.Ballot;
import io.votelog.rules.Form;
import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.ControlRecord.Annulled;
import io.votelog.schemas.ControlRecord.Closed;
import io.votelog.schemas.ControlRecord.Ended;
import io.votelog.schemas.ControlRecord.Published;
import io.votelog.schemas.DeadLetters.Cause;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Reads one partition of votes from its first record to its last and decides each vote from the ones before it. Used by one
 * thread.
 */
public final class PartitionReplay {
    private final int partition;
    private final LogKeys keys;
    private final ToLongFunction<String> limits;
    private final ResultsHistory history;
    private final Map<String, BallotDefinition> otherRules;
    private final RecordOutcomes outcomes = new RecordOutcomes();
    private VoterTable voters = new VoterTable();
    private final EventBytes bytes = new EventBytes();
    private final VoteHasher hasher = new VoteHasher();
    private final Map<String, PartitionBallot> ballots = new LinkedHashMap<>();

    private long nextOffset;
    private @Nullable AnnulledVote annulledVote;
    private @Nullable String firstGap;
    private long nextCloseMs = Long.MAX_VALUE;
    private final Clock clock = new Clock();

    /**
     * @param keys whose control records are obeyed
     * @param limits for a ballot id, the first offset that is not counted for it here
     * @param otherRules by ballot id: definitions that are to hold in place of those in the log
     */
    public PartitionReplay(
            int partition, LogKeys keys, ToLongFunction<String> limits, Map<String, BallotDefinition> otherRules) {
        this(partition, keys, limits, otherRules, ResultsHistory.none());
    }

    /** @param history is passed the counts at the positions of earlier results */
    public PartitionReplay(
            int partition,
            LogKeys keys,
            ToLongFunction<String> limits,
            Map<String, BallotDefinition> otherRules,
            ResultsHistory history) {
        this.partition = partition;
        this.keys = keys;
        this.limits = limits;
        this.otherRules = otherRules;
        this.history = history;
    }

    /** What the times of a partition's records show. */
    public static final class Clock {
        private long latestMs = Long.MIN_VALUE;
        private long backMs;
        private long backAt;
        private TimestampType worst = TimestampType.LOG_APPEND_TIME;
        private long worstAt;

        private void take(ConsumerRecord<byte[], byte[]> record) {
            long timestampMs = record.timestamp();
            if (timestampMs >= latestMs) {
                latestMs = timestampMs;
            } else if (latestMs - timestampMs > backMs) {
                backMs = latestMs - timestampMs;
                backAt = record.offset();
            }
            TimestampType type = record.timestampType();
            if (type != TimestampType.LOG_APPEND_TIME && worst != TimestampType.CREATE_TIME && worst != type) {
                worst = type;
                worstAt = record.offset();
            }
        }

        /** The most, in milliseconds, that a record is stamped earlier than one before it. */
        public long backMs() {
            return backMs;
        }

        /** The offset of the record that is stamped so much earlier. */
        public long backAt() {
            return backAt;
        }

        /**
         * {@code LOG_APPEND_TIME} where the broker stamped every record; else the type of one that it did not stamp, or of which it is
         * not known.
         */
        public TimestampType stampedBy() {
            return worst;
        }

        /** The offset of the first record that the broker did not stamp, or of which it is not known. */
        public long stampedAt() {
            return worstAt;
        }
    }

    /** A record that is no vote event; {@code why} is the cause that its dead letter must name. */
    private static final class Poison extends Exception {
        private static final long serialVersionUID = 1L;

        private final Cause why;

        Poison(Cause why) {
            super(why.name(), null, false, false);
            this.why = why;
        }
    }

    /** Takes the next record. */
    public void take(ConsumerRecord<byte[], byte[]> record) {
        long offset = record.offset();
        if (offset != nextOffset && firstGap == null) {
            firstGap = offset > nextOffset
                    ? "partition %d: offset %d is missing; %d comes next".formatted(partition, nextOffset, offset)
                    : "partition %d: offset %d comes where %d was to come".formatted(partition, offset, nextOffset);
        }
        nextOffset = offset + 1;
        annulledVote = null;
        clock.take(record);
        endThoseThatAreOver(record.timestamp(), offset);
        byte outcome = RecordOutcome.CONTROL;
        long voteHash = 0;
        try {
            Vote vote = Vote.read(bytes, record.value());
            if (vote == null) {
                Events.Decoded decoded = decode(record.value());
                if (decoded.event() instanceof VoteCast cast) {
                    vote = Vote.of(cast, decoded.fingerprint());
                } else {
                    obey(record, decoded);
                }
            }
            if (vote != null) {
                outcome = decide(record, vote);
                ByteBuffer voter = ByteBuffer.wrap(record.key());
                voteHash = hasher.of(
                        voter.getLong(),
                        voter.getLong(),
                        vote.idHigh(),
                        vote.idLow(),
                        vote.ballotId(),
                        record.timestamp());
            }
        } catch (Poison poison) {
            outcome = RecordOutcome.poison(poison.why);
        }
        outcomes.put(offset, outcome, voteHash);
    }

    private static Events.Decoded decode(byte @Nullable [] value) throws Poison {
        try {
            return Events.decode(value);
        } catch (MalformedEventException e) {
            throw new Poison(Cause.UNDECODABLE);
        }
    }

    private byte decide(ConsumerRecord<byte[], byte[]> record, Vote vote) throws Poison {
        byte @Nullable [] key = record.key();
        if (key == null || key.length != Pseudonym.LENGTH) {
            throw new Poison(Cause.BAD_KEY);
        }
        // An id of any length and of any letters can stand in a record, so it is checked before a ballot is looked for.
        if (!Ballot.isId(vote.ballotId())) {
            throw new Poison(Cause.BAD_BALLOT_ID);
        }
        PartitionBallot on = ballots.get(vote.ballotId());
        if (on == null) {
            return RecordOutcome.rejected(Reason.UNKNOWN_BALLOT);
        }
        if (Pseudonym.partition(key, on.published().getPartitionCount()) != partition) {
            throw new Poison(Cause.WRONG_PARTITION);
        }
        if (!on.names(vote.schema())) {
            throw new Poison(Cause.SCHEMA_NOT_NAMED);
        }
        ByteBuffer voter = ByteBuffer.wrap(key);
        long keyHigh = voter.getLong();
        long keyLow = voter.getLong();
        Form form = on.ballot().check(vote.choices());
        long[] picks = form.picks().words();
        VoterTable.Seen seen = voters.seen(on.number(), keyHigh, keyLow, vote.idHigh(), vote.idLow(), picks);
        if (seen == VoterTable.Seen.SAME && form.broken().contains(Reason.UNKNOWN_OPTION)) {
            // A choice that is not on the ballot is no part of the picks, so the same picks do not mean the same
            // choices.
            seen = VoterTable.Seen.SAME_ID;
        }
        byte outcome = verdict(on, seen, form, record.timestamp(), record.offset());
        if (outcome == RecordOutcome.ACCEPTED) {
            voters.accept(on.number(), keyHigh, keyLow, vote.idHigh(), vote.idLow(), picks);
        }
        on.count().vote(outcome, form.picks(), record.offset(), record.timestamp());
        return outcome;
    }

    private static byte verdict(PartitionBallot on, VoterTable.Seen seen, Form form, long recordedAtMs, long offset) {
        if (seen == VoterTable.Seen.SAME) {
            return RecordOutcome.RETRIED;
        }
        if (on.opensAfter(recordedAtMs)) {
            return RecordOutcome.rejected(Reason.NOT_OPEN);
        }
        if (on.closedAt(recordedAtMs) || offset >= on.endOffset()) {
            return RecordOutcome.rejected(Reason.CLOSED);
        }
        if (!form.wellFormed()) {
            return RecordOutcome.rejected(form.first());
        }
        return switch (seen) {
            case NEW -> RecordOutcome.ACCEPTED;
            case SAME_ID -> RecordOutcome.rejected(Reason.VOTE_ID_REUSED);
            case SAME, OTHER -> RecordOutcome.rejected(Reason.ALREADY_VOTED);
        };
    }

    private void obey(ConsumerRecord<byte[], byte[]> record, Events.Decoded decoded) throws Poison {
        ControlRecord.InVotes order = ControlRecord.inVotes(decoded.event(), record.value())
                .orElseThrow(() -> new Poison(Cause.FOREIGN_EVENT));
        if (!order.signedBy(keys)) {
            throw new Poison(Cause.BAD_SIGNATURE);
        }
        if (order.partition() != partition) {
            throw new Poison(Cause.BAD_CONTROL_RECORD);
        }
        annulledVote =
                order.match(new Effect(record.offset(), record.timestamp())).orElse(null);
    }

    /** What each control record does to its ballot here; each case returns the vote that the record takes out. */
    private final class Effect implements ControlRecord.InVotes.Cases<Optional<AnnulledVote>, Poison> {
        private final long offset;
        private final long recordedAtMs;

        Effect(long offset, long recordedAtMs) {
            this.offset = offset;
            this.recordedAtMs = recordedAtMs;
        }

        @Override
        public Optional<AnnulledVote> published(Published published) throws Poison {
            open(published, offset, recordedAtMs);
            return Optional.empty();
        }

        @Override
        public Optional<AnnulledVote> closed(Closed closed) throws Poison {
            ballotOf(closed).end(offset);
            nextCloseMs = nextClose();
            return Optional.empty();
        }

        @Override
        public Optional<AnnulledVote> ended(Ended ended) throws Poison {
            // A record with this append time has ended the ballot already, whatever it says (endThoseThatAreOver).
            ballotOf(ended);
            return Optional.empty();
        }

        @Override
        public Optional<AnnulledVote> annulled(Annulled annulled) throws Poison {
            return annul(ballotOf(annulled), annulled, offset, recordedAtMs);
        }
    }

    private void open(Published published, long offset, long recordedAtMs) throws Poison {
        String id = published.ballotId();
        PartitionBallot there = ballots.get(id);
        if (there != null) {
            if (!there.published().getDigest().equals(published.digest())) {
                throw new Poison(Cause.CONFLICTING_DEFINITION);
            }
            return;
        }
        BallotDefinition definition;
        try {
            definition = published.definition();
        } catch (MalformedEventException e) {
            throw new Poison(Cause.BAD_CONTROL_RECORD);
        }
        if (published.untruth(definition).isPresent() || !published.reachesItsPartition()) {
            throw new Poison(Cause.BAD_CONTROL_RECORD);
        }
        BallotDefinition holds = otherRules.getOrDefault(id, definition);
        PartitionCount count = new PartitionCount(
                limits.applyAsLong(id), holds.ballot().optionCount(), history.positions(id, partition));
        count.opened(offset, recordedAtMs);
        ballots.put(id, new PartitionBallot(partition, offset, published.event(), holds, ballots.size() + 1, count));
        nextCloseMs = nextClose();
    }

    /**
     * Takes out the voter's accepted vote where it has the id that the order names and was not taken out before. Any other order
     * changes nothing.
     */
    private Optional<AnnulledVote> annul(PartitionBallot on, Annulled order, long offset, long recordedAtMs)
            throws Poison {
        boolean elsewhere = order.belongsInto(on.published().getPartitionCount()) != partition;
        if (elsewhere || order.reasonFault().isPresent()) {
            throw new Poison(Cause.BAD_CONTROL_RECORD);
        }
        ByteBuffer voter = ByteBuffer.wrap(order.receipt().voter().bytes());
        UUID id = order.receipt().voteId();
        Picks picks = voters.annul(
                on.number(),
                voter.getLong(),
                voter.getLong(),
                id.getMostSignificantBits(),
                id.getLeastSignificantBits());
        if (picks == null) {
            on.count().annulmentWithoutEffect(offset);
            return Optional.empty();
        }
        AnnulledVote annulled =
                new AnnulledVote(order.ballotId(), partition, offset, recordedAtMs, id, picks, order.reason());
        on.count().annulled(annulled);
        return Optional.of(annulled);
    }

    private PartitionBallot ballotOf(ControlRecord order) throws Poison {
        PartitionBallot there = ballots.get(order.ballotId());
        if (there == null || !there.published().getDigest().equals(order.digest())) {
            throw new Poison(Cause.BAD_CONTROL_RECORD);
        }
        return there;
    }

    /** Any record stamped at or after a ballot's close ends it here, whatever the record is. */
    private void endThoseThatAreOver(long recordedAtMs, long offset) {
        if (recordedAtMs < nextCloseMs) {
            return;
        }
        for (PartitionBallot ballot : ballots.values()) {
            if (ballot.closedAt(recordedAtMs)) {
                ballot.end(offset);
            }
        }
        nextCloseMs = nextClose();
    }

    private long nextClose() {
        return ballots.values().stream()
                .filter(ballot -> ballot.endOffset() == PartitionBallot.OPEN)
                .mapToLong(ballot -> ballot.ballot().closesAt().toEpochMilli())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Ends the replay: the table of voters is dropped, and no record may be taken any more. */
    void end() {
        voters = new VoterTable();
        ballots.values().forEach(ballot -> ballot.count().reach(nextOffset));
    }

    /** What the times of the records show. */
    public Clock clock() {
        return clock;
    }

    /** The number of this partition of votes. */
    public int partition() {
        return partition;
    }

    /** The first place where offsets are not dense; nothing in a whole partition. */
    @Nullable
    public String firstGap() {
        return firstGap;
    }

    /** The offset behind the last record. */
    public long nextOffset() {
        return nextOffset;
    }

    /** What each record is. */
    public RecordOutcomes outcomes() {
        return outcomes;
    }

    /** The vote that the last record annulled; null where it annulled none. */
    @Nullable
    public AnnulledVote annulledVote() {
        return annulledVote;
    }

    /** The ballots that are defined in this partition, in the order of the log. */
    public Collection<PartitionBallot> ballots() {
        return ballots.values();
    }

    /** The ballot with this id, or null where none is defined in this partition. */
    @Nullable
    public PartitionBallot ballot(String id) {
        return ballots.get(id);
    }
}
