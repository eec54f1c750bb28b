// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotPublished;
import io.votelog.events.VoteAnnulled;
import io.votelog.events.VoteCast;
import io.votelog.infra.chaos.load.Place;
import io.votelog.infra.chaos.load.Sent;
import io.votelog.infra.chaos.load.Verdicts;
import io.votelog.rules.Ballot;
import io.votelog.rules.Reason;
import io.votelog.rules.Violation;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.DeadLetters.Cause;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Decides and counts the log once more: records in the order of their offsets, each ballot and voter in plain maps. Of what is counted
 * elsewhere it uses the ballot, the decoding of events and the check of a signature, and nothing else.
 */
final class Recount {
    static final String DEAD_LETTER = "dead letter ";

    private final Map<String, Ballot> known = new HashMap<>();
    private final LogKeys keys;
    private final int partitionCount;
    private final Map<Integer, Map<String, Standing>> standing = new HashMap<>();
    private final Map<Place, String> outcomes = new TreeMap<>();
    private final Map<Place, Vote> votes = new TreeMap<>();
    private final Map<Place, Sent.Key> annulments = new TreeMap<>();
    private final Map<String, BallotCount> counts = new LinkedHashMap<>();

    /** @param known every ballot that may stand in the log */
    Recount(Collection<Ballot> known, LogKeys keys, int partitionCount) {
        known.forEach(ballot -> this.known.put(ballot.id(), ballot));
        this.keys = keys;
        this.partitionCount = partitionCount;
    }

    /** A vote as it stands in the log. */
    record Vote(Pseudonym voter, Sent.Key key, byte[] value) {}

    /** A ballot in one partition. */
    private static final class Standing {
        private final Ballot ballot;
        private final Map<Pseudonym, Accepted> accepted = new HashMap<>();
        private long end = Long.MAX_VALUE;

        private Standing(Ballot ballot) {
            this.ballot = ballot;
        }

        private boolean isOver(long timestampMs) {
            return timestampMs >= ballot.closesAt().toEpochMilli();
        }
    }

    /** The vote of a voter that counts, or did until it was annulled. */
    private static final class Accepted {
        private final UUID voteId;
        private final Set<String> choices;
        private boolean annulled;

        private Accepted(UUID voteId, List<String> choices) {
            this.voteId = voteId;
            this.choices = new TreeSet<>(choices);
        }
    }

    /** Takes the next record of its partition. */
    void take(ConsumerRecord<byte[], byte[]> record) {
        Map<String, Standing> ballots = standing.computeIfAbsent(record.partition(), any -> new HashMap<>());
        for (Standing ballot : ballots.values()) {
            if (ballot.isOver(record.timestamp())) {
                ballot.end = Math.min(ballot.end, record.offset());
            }
        }
        Place place = new Place(record.partition(), record.offset());
        SpecificRecord event;
        try {
            event = Events.decode(record.value()).event();
        } catch (MalformedEventException e) {
            outcomes.put(place, DEAD_LETTER + Cause.UNDECODABLE);
            return;
        }
        Optional<Cause> poison = event instanceof VoteCast vote
                ? vote(record, vote, place, ballots)
                : control(event, record.value(), place, ballots);
        poison.ifPresent(cause -> outcomes.put(place, DEAD_LETTER + cause));
    }

    private Optional<Cause> vote(
            ConsumerRecord<byte[], byte[]> record, VoteCast vote, Place place, Map<String, Standing> ballots) {
        byte @Nullable [] key = record.key();
        if (key == null || key.length != Pseudonym.LENGTH) {
            return Optional.of(Cause.BAD_KEY);
        }
        if (!Ballot.isId(vote.getBallotId())) {
            return Optional.of(Cause.BAD_BALLOT_ID);
        }
        Pseudonym voter = Pseudonym.of(key);
        Standing ballot = ballots.get(vote.getBallotId());
        if (ballot != null && voter.partition(partitionCount) != place.partition()) {
            return Optional.of(Cause.WRONG_PARTITION);
        }
        votes.put(
                place,
                new Vote(voter, new Sent.Key(vote.getBallotId(), vote.getVoteId(), vote.getChoices()), record.value()));
        if (ballot == null) {
            outcomes.put(place, Reason.UNKNOWN_BALLOT.name());
            return Optional.empty();
        }
        String verdict = decide(ballot, voter, vote, record);
        outcomes.put(place, verdict);
        if (verdict.equals(Verdicts.ACCEPTED)) {
            ballot.accepted.put(voter, new Accepted(vote.getVoteId(), vote.getChoices()));
        }
        count(ballot.ballot).count(verdict, vote.getChoices(), place.offset() >= ballot.end);
        return Optional.empty();
    }

    private static String decide(
            Standing ballot, Pseudonym voter, VoteCast vote, ConsumerRecord<byte[], byte[]> record) {
        Accepted before = ballot.accepted.get(voter);
        boolean sameId = before != null && before.voteId.equals(vote.getVoteId());
        if (before != null && sameId && before.choices.equals(new TreeSet<>(vote.getChoices()))) {
            return Verdicts.RETRIED;
        }
        if (record.timestamp() < ballot.ballot.opensAt().toEpochMilli()) {
            return Reason.NOT_OPEN.name();
        }
        if (record.offset() >= ballot.end) {
            return Verdicts.CLOSED;
        }
        Optional<Reason> broken = ballot.ballot.violations(vote.getChoices()).stream()
                .map(Violation::code)
                .min(Comparator.naturalOrder());
        if (broken.isPresent()) {
            return broken.get().name();
        }
        if (sameId) {
            return Verdicts.VOTE_ID_REUSED;
        }
        return before != null ? Verdicts.ALREADY_VOTED : Verdicts.ACCEPTED;
    }

    private Optional<Cause> control(SpecificRecord event, byte[] value, Place place, Map<String, Standing> ballots) {
        Optional<ControlRecord.InVotes> order = ControlRecord.inVotes(event, value);
        if (order.isEmpty()) {
            return Optional.of(Cause.FOREIGN_EVENT);
        }
        if (!order.get().signedBy(keys)) {
            return Optional.of(Cause.BAD_SIGNATURE);
        }
        String ballotId = order.get().ballotId();
        Ballot ballot = known.get(ballotId);
        if (ballot != null && event instanceof BallotPublished) {
            ballots.computeIfAbsent(ballotId, any -> new Standing(ballot));
            count(ballot);
        }
        Standing here = ballots.get(ballotId);
        if (here == null) {
            return Optional.of(Cause.BAD_CONTROL_RECORD);
        }
        if (event instanceof BallotClosed) {
            here.end = Math.min(here.end, place.offset());
        } else if (event instanceof VoteAnnulled annulled) {
            annul(annulled, here, place);
        }
        return Optional.empty();
    }

    private void annul(VoteAnnulled order, Standing ballot, Place place) {
        annulments.put(place, new Sent.Key(order.getBallotId(), order.getVoteId(), List.of()));
        Accepted vote = ballot.accepted.get(Pseudonym.of(order.getVoter().bytes()));
        if (vote != null && vote.voteId.equals(order.getVoteId()) && !vote.annulled) {
            vote.annulled = true;
            count(ballot.ballot).annul(vote.choices);
        }
    }

    private BallotCount count(Ballot ballot) {
        return counts.computeIfAbsent(ballot.id(), any -> new BallotCount(ballot));
    }

    /** What each record comes to that is no control record: a verdict's word, or {@link #DEAD_LETTER} and the cause. */
    Map<Place, String> outcomes() {
        return outcomes;
    }

    /** Every vote that has a verdict. */
    Map<Place, Vote> votes() {
        return votes;
    }

    /** Every annulment, with or without effect; without choices. */
    Map<Place, Sent.Key> annulments() {
        return annulments;
    }

    /** By ballot that stands in the log. */
    Map<String, BallotCount> counts() {
        return counts;
    }
}
