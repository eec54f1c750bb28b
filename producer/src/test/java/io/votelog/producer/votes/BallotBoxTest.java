// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.votelog.events.VoteCast;
import io.votelog.producer.Gateway;
import io.votelog.producer.auth.TestTokens;
import io.votelog.producer.ballots.ListedBallot;
import io.votelog.producer.crypto.GatewayKey;
import io.votelog.producer.crypto.Pepper;
import io.votelog.producer.limits.FairUse;
import io.votelog.producer.limits.Limits;
import io.votelog.producer.pages.BallotPhaseTest;
import io.votelog.producer.promises.PromiseSigner;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.promise.PromisedVote;
import io.votelog.web.limits.ClientAddress;
import io.votelog.web.limits.ForwardingHeader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BallotBoxTest {
    private static final Instant NOW = Instant.parse("2030-03-01T12:00:00Z");

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final ListedBallot ballot = open();
    private final PromiseSigner promises = new PromiseSigner(GatewayKey.draw(signer()));
    private final BallotBox box = new BallotBox(
            Pepper.of(Gateway.PEPPER),
            new VoteLog(producer, new VoteLog.Budget(1, 1 << 20, Duration.ofSeconds(1)), () -> 0),
            new FairUse(
                    new Limits(
                            new Limits.User(BigDecimal.ZERO, 1),
                            new Limits.Address(BigDecimal.ZERO, 1),
                            new Limits.Votes(1, Duration.ofMinutes(10)),
                            new Limits.Retries(1, Duration.ofMinutes(1))),
                    new ClientAddress(List.of(), ForwardingHeader.X_FORWARDED_FOR, 64),
                    () -> 0),
            Clock.fixed(NOW, ZoneOffset.UTC),
            new VoteMeters(new SimpleMeterRegistry()),
            promises,
            new VoteTraces(OpenTelemetry.noop()));

    @AfterEach
    void close() {
        promises.close();
    }

    /** A voter who was refused by a full gateway has as many votes left as before. */
    @Test
    void shouldChargeNothingForAVoteThatThereWasNoRoomFor() {
        List<String> answers = new ArrayList<>();
        cast("alice", 1, answers);
        for (int again = 0; again < 3; again++) {
            cast("bob", 1, answers);
            cast("bob", 2 + again, answers);
        }
        assertThat(answers).containsOnly("overloaded").hasSize(6);
        producer.completeNext();
        cast("bob", 1, answers);
        producer.completeNext();
        // A vote in the log is paid for: another new one is too many, and the same one again is a retry.
        cast("bob", 2, answers);
        cast("alice", 1, answers);
        cast("carol", 1, answers);
        producer.completeNext();
        cast("alice", 1, answers);
        assertThat(answers.subList(6, answers.size()))
                .containsExactly(
                        "recorded", "recorded", "too-many-requests", "overloaded", "recorded", "too-many-requests");
    }

    /** So a client that lost the answer may send again what it has. */
    @Test
    void shouldSendTheSameVoteUnderTheSameIdWhereItsClientGaveNone() throws Exception {
        for (List<String> choices : List.of(List.of("a1", "b1"), List.of("b1", "a1"))) {
            box.cast(ballot, attempt(BallotBox.Sender.VOTER, "alice", choices, null, false), answer -> {});
            producer.completeNext();
        }
        List<UUID> ids = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> sent : producer.history()) {
            ids.add(Events.decode(sent.value(), VoteCast.class).getVoteId());
        }
        assertThat(ids).hasSize(2).containsOnly(ids.get(0));
    }

    @Test
    void shouldPromiseTheRecordThatItSentWhereAPromiseIsWanted() throws Exception {
        BlockingQueue<VoteAnswer> answers = new LinkedBlockingQueue<>();
        for (boolean promised : new boolean[] {true, false}) {
            box.cast(
                    ballot,
                    attempt(BallotBox.Sender.STATION, "alice", List.of("a1", "b1"), null, promised),
                    answers::add);
            producer.completeNext();
            RecordedVote vote = (RecordedVote) answers.poll(10, TimeUnit.SECONDS);
            RecordedVote.Evidence evidence = vote.evidence();
            assertThat(evidence != null).isEqualTo(promised);
            if (evidence != null) {
                ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
                assertThat(evidence.recordHash())
                        .isEqualTo(
                                PromisedVote.recordHash(vote.offset(), vote.recordedAtMs(), sent.key(), sent.value()));
                assertThat(new String(vote.json(vote.receipt().toString()), StandardCharsets.UTF_8))
                        .contains(",\"promise\":{\"format\":\"votelog-promise/2\",\"record\":\""
                                + PromisedVote.text(evidence.recordHash()));
            }
        }
    }

    private static LogSigner signer() {
        KeyPair pair = LogSigner.newKeyPair();
        return LogSigner.of(LogSigner.privateKeyText(pair), LogKeys.publicKeyText(pair.getPublic()));
    }

    private void cast(String user, int id, List<String> answers) {
        box.cast(
                ballot,
                attempt(BallotBox.Sender.VOTER, user, List.of("a1", "b1"), new UUID(4711, id), false),
                answer -> answers.add(
                        answer instanceof VoteAnswer.NotRecorded refused
                                ? refused.problem().code()
                                : "recorded"));
    }

    private static BallotBox.Attempt attempt(
            BallotBox.Sender sender, String user, List<String> choices, UUID givenId, boolean promised) {
        return new BallotBox.Attempt(sender, TestTokens.user(user), choices, givenId, promised, Context.root());
    }

    private static ListedBallot open() {
        String file = Gateway.ballot("room", "Room", NOW.minusSeconds(60), NOW.plusSeconds(60));
        Ballot.Definition read = BallotFile.JSON.read(file.getBytes(StandardCharsets.UTF_8));
        return BallotPhaseTest.listed(((Ballot.Definition.Valid) read).ballot(), true, false, null);
    }
}
