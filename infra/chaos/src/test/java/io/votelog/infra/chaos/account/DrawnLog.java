// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.events.Outcome;
import io.votelog.events.PepperFingerprint;
import io.votelog.events.RejectionReason;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.infra.chaos.load.Place;
import io.votelog.infra.chaos.load.Sent;
import io.votelog.infra.chaos.load.Verdicts;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A log of one partition, with one ballot: two of the options a, b, c. */
final class DrawnLog {
    static final String BALLOT_ID = "one";
    private static final Instant OPENS = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant CLOSES = Instant.parse("2030-01-02T00:00:00Z");

    private final Ballot ballot = ballot();
    private final BallotDefinition definition = BallotDefinition.of(ballot);
    private final LogSigner signer;
    private final List<ConsumerRecord<byte[], byte[]>> votes = new ArrayList<>();
    private final List<ConsumerRecord<byte[], byte[]>> decisions = new ArrayList<>();

    DrawnLog() {
        KeyPair keys = LogSigner.newKeyPair();
        signer = LogSigner.of(LogSigner.privateKeyText(keys), LogKeys.publicKeyText(keys.getPublic()));
        append(
                null,
                signer.published(
                        definition, 0, 1, List.of(Events.VOTE_CAST_FINGERPRINT), new PepperFingerprint(new byte[8])));
    }

    private static Ballot ballot() {
        List<Map<String, Object>> options = List.of(
                Map.of("id", "a", "title", "A"), Map.of("id", "b", "title", "B"), Map.of("id", "c", "title", "C"));
        Map<String, Object> plain = Map.of(
                "ballotId", BALLOT_ID,
                "title", "One",
                "window", Map.of("opensAt", OPENS.toString(), "closesAt", CLOSES.toString()),
                "picks", Map.of("min", 2, "max", 2),
                "sections", List.of(Map.of("id", "s", "title", "S", "options", options)));
        return ((Ballot.Definition.Valid) Ballot.parse(plain)).ballot();
    }

    static Pseudonym voter(int number) {
        byte[] bytes = new byte[Pseudonym.LENGTH];
        Arrays.fill(bytes, (byte) number);
        return Pseudonym.of(bytes);
    }

    static Sent.Key vote(int id, String... choices) {
        return new Sent.Key(BALLOT_ID, new UUID(0, id), List.of(choices));
    }

    static String receipt(int voter, Sent.Key vote) {
        return new Receipt(voter(voter), vote.voteId()).toString();
    }

    Place cast(int voter, Sent.Key vote) {
        return append(
                voter(voter).bytes(),
                Events.encode(new VoteCast(vote.voteId(), vote.ballotId(), vote.choices(), new Salt(new byte[32]))));
    }

    Place close() {
        return append(null, signer.closed(BALLOT_ID, definition.digest(), 0));
    }

    Place annul(int voter, Sent.Key vote) {
        Receipt receipt = new Receipt(voter(voter), vote.voteId());
        return append(null, signer.annulled(BALLOT_ID, definition.digest(), receipt, "why not", 0));
    }

    Place append(byte[] key, byte[] value) {
        long offset = votes.size();
        votes.add(new ConsumerRecord<>(
                Topics.VOTES.name(),
                0,
                offset,
                OPENS.toEpochMilli() + offset,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(),
                Optional.empty()));
        return new Place(0, offset);
    }

    void decide(Place place, Sent.Key vote, String verdict) {
        boolean rejected = !verdict.equals(Verdicts.ACCEPTED) && !verdict.equals(Verdicts.RETRIED);
        VoteDecided decided = new VoteDecided(
                vote.voteId(),
                vote.ballotId(),
                rejected ? Outcome.REJECTED : Outcome.valueOf(verdict),
                rejected ? RejectionReason.valueOf(verdict) : null,
                place.offset(),
                OPENS);
        decisions.add(new ConsumerRecord<>(
                Topics.DECISIONS.name(), 0, decisions.size(), new byte[0], Events.encode(decided)));
    }

    Recount recount() {
        Recount recount = new Recount(List.of(ballot), signer.publicKey(), 1);
        votes.forEach(recount::take);
        return recount;
    }

    List<ConsumerRecord<byte[], byte[]>> decisions() {
        return decisions;
    }
}
