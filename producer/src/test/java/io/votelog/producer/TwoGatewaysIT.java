// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.json;
import static io.votelog.producer.Gateway.openBallot;
import static io.votelog.producer.Gateway.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotEnded;
import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.BallotStage;
import io.votelog.events.VoteCast;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.ballots.BallotLifecycle;
import io.votelog.producer.ballots.Catalogue;
import io.votelog.producer.ballots.NextStep;
import io.votelog.producer.crypto.Pepper;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two gateways on one log, and how each takes the other's work. */
@WithKafka(freshTopics = true)
class TwoGatewaysIT {
    private static final int PARTITIONS = 4;

    private static Gateway one;
    private static Gateway two;
    private static String operator;
    private static String bootstrapServers;

    @BeforeAll
    static void start(KafkaBroker broker) {
        bootstrapServers = broker.bootstrapServers();
        one = Gateway.start(bootstrapServers, "--votelog.take-over-after=300ms");
        two = Gateway.start(bootstrapServers, "--votelog.take-over-after=300ms");
        operator = one.token("operator", "ballots:write");
    }

    @AfterAll
    static void stop() {
        one.close();
        two.close();
    }

    @Test
    void shouldLetOneOfTwoDefinitionsWinEverywhere() throws Exception {
        Map<String, String> winners = new TreeMap<>();
        Map<String, List<CompletableFuture<HttpResponse<String>>>> sent = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            String id = "race-%03d".formatted(i);
            sent.put(
                    id,
                    List.of(
                            one.sendAsync(one.putRequest(operator, id, openBallot(id, "Of the first gateway"))),
                            two.sendAsync(two.putRequest(operator, id, openBallot(id, "Of the second gateway")))));
            if (i % 10 == 9) {
                for (Map.Entry<String, List<CompletableFuture<HttpResponse<String>>>> race : sent.entrySet()) {
                    winners.put(race.getKey(), winner(race.getKey(), race.getValue()));
                }
                sent.clear();
            }
        }

        Map<String, Set<String>> inPartitions = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : votes()) {
            if (event(record) instanceof BallotPublished copy
                    && copy.getBallotId().startsWith("race-")) {
                assertThat(record.key()).isNull();
                assertThat(copy.getPartition()).isEqualTo(record.partition());
                assertThat(copy.getPartitionCount()).isEqualTo(PARTITIONS);
                assertThat(LogKeys.of(List.of(Gateway.PUBLIC_KEY)).signed(record.value(), copy.getKeyId()))
                        .isTrue();
                inPartitions
                        .computeIfAbsent(copy.getBallotId() + "@" + record.partition(), at -> new HashSet<>())
                        .add(BallotDefinition.hex(copy.getDigest()));
            }
        }
        Map<String, Set<String>> expected = new HashMap<>();
        winners.forEach((id, digest) -> {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                expected.put(id + "@" + partition, Set.of(digest));
            }
        });
        assertThat(inPartitions).isEqualTo(expected);
        for (Gateway gateway : List.of(one, two)) {
            await().untilAsserted(() -> {
                Map<String, String> ready = new TreeMap<>();
                json(gateway.get("/v1/ballots")).path("ballots").forEach(entry -> {
                    String id = entry.path("ballotId").stringValue();
                    if (id.startsWith("race-") && entry.path("ready").booleanValue()) {
                        ready.put(id, entry.path("digest").stringValue());
                    }
                });
                assertThat(ready).isEqualTo(winners);
            });
        }
    }

    @Test
    void shouldAnswerTwoPublicationsOfTheSameWithoutAConflict() throws Exception {
        for (int i = 0; i < 10; i++) {
            String id = "same-%03d".formatted(i);
            String file = openBallot(id, "Same");
            CompletableFuture<HttpResponse<String>> atOne = one.sendAsync(one.putRequest(operator, id, file));
            CompletableFuture<HttpResponse<String>> atTwo = two.sendAsync(two.putRequest(operator, id, file));
            assertThat(List.of(
                            atOne.get(20, TimeUnit.SECONDS).statusCode(),
                            atTwo.get(20, TimeUnit.SECONDS).statusCode()))
                    .containsExactlyInAnyOrder(201, 200);
        }
    }

    /** A client whose gateway did not answer sends its vote, without an id of its own, to another gateway. */
    @Test
    void shouldGiveTheSameReceiptToTheSameVoteAtEitherGateway() throws Exception {
        String id = "either";
        one.put(operator, id, openBallot(id, "Either"));
        await().until(() ->
                json(two.get("/v1/ballots")).path("ballots").toString().contains("\"either\""));
        for (String voter : List.of("alice", "bob", "用户-1")) {
            HttpResponse<String> atOne = one.vote(one.token(voter, ""), id, "{\"choices\": [\"a1\", \"b1\"]}");
            HttpResponse<String> atTwo = two.vote(two.token(voter, ""), id, "{\"choices\": [\"b1\", \"a1\"]}");
            assertThat(atOne.statusCode()).as(atOne.body()).isEqualTo(202);
            assertThat(atTwo.statusCode()).as(atTwo.body()).isEqualTo(202);
            assertThat(json(atTwo).path("receipt")).isEqualTo(json(atOne).path("receipt"));
            assertThat(json(atTwo).path("offset").longValue())
                    .isGreaterThan(json(atOne).path("offset").longValue());
        }
    }

    /** A claim alone is what a gateway leaves behind that dies right after it. */
    @Test
    void shouldFinishAPublicationThatAnotherLeftHalfDone() throws Exception {
        String id = "orphan";
        Ballot.Definition read = BallotFile.JSON.read(openBallot(id, "Orphan").getBytes(StandardCharsets.UTF_8));
        BallotDefinition definition = BallotDefinition.of(((Ballot.Definition.Valid) read).ballot());
        byte[] claim = Gateway.SIGNER.published(
                definition,
                LogSigner.CLAIM,
                PARTITIONS,
                List.of(Events.VOTE_CAST_FINGERPRINT),
                Pepper.of(Gateway.PEPPER).fingerprint(id));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "enable.metrics.push", false),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.BALLOTS.name(), id.getBytes(StandardCharsets.UTF_8), claim))
                    .get(10, TimeUnit.SECONDS);
        }

        String alice = one.token("alice", "");
        for (Gateway gateway : List.of(one, two)) {
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> gateway.vote(alice, id, "{\"choices\": [\"a1\", \"b1\"]}")
                                    .statusCode()
                            == 202);
        }
        Map<Integer, Set<String>> digests = new TreeMap<>();
        Map<Integer, Long> firstCopy = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : votes()) {
            SpecificRecord event = event(record);
            if (event instanceof BallotPublished copy && copy.getBallotId().equals(id)) {
                digests.computeIfAbsent(record.partition(), at -> new HashSet<>())
                        .add(BallotDefinition.hex(copy.getDigest()));
                firstCopy.putIfAbsent(record.partition(), record.offset());
            } else if (event instanceof VoteCast vote && vote.getBallotId().equals(id)) {
                assertThat(record.offset()).isGreaterThan(firstCopy.get(record.partition()));
            }
        }
        assertThat(digests).hasSize(PARTITIONS).allSatisfy((partition, found) -> assertThat(found)
                .containsExactly(definition.digestHex()));
    }

    @Test
    void shouldCloseABallotAtEveryGatewayAndInEveryPartition() throws Exception {
        String id = "closed-early";
        one.put(operator, id, openBallot(id, "Closed early"));
        String alice = one.token("alice", "");
        await().until(() ->
                two.vote(alice, id, "{\"choices\": [\"a1\", \"b1\"]}").statusCode() == 202);

        assertThat(one.close(operator, id).statusCode()).isEqualTo(202);
        problem(one.vote(alice, id, "{\"choices\": [\"a1\", \"b1\"]}"), 403, "closed");
        await().until(() ->
                two.vote(alice, id, "{\"choices\": [\"a1\", \"b1\"]}").statusCode() == 403);
        await().until(() -> stages(id).contains(BallotStage.CLOSED));
        Set<Integer> closed = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : votes()) {
            if (event(record) instanceof BallotClosed close
                    && close.getBallotId().equals(id)) {
                assertThat(close.getPartition()).isEqualTo(record.partition());
                closed.add(record.partition());
            }
        }
        assertThat(closed).hasSize(PARTITIONS);
    }

    @Test
    void shouldEndABallotInEveryPartitionWhenItsTimeHasCome() throws Exception {
        String id = "short";
        Instant closesAt = one.publishEndingSoon(id);

        await().atMost(Duration.ofSeconds(60)).until(() -> stages(id).contains(BallotStage.ENDED));
        Set<Integer> ended = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : votes()) {
            if (event(record) instanceof BallotEnded end && end.getBallotId().equals(id)) {
                assertThat(end.getPartition()).isEqualTo(record.partition());
                if (!Instant.ofEpochMilli(record.timestamp()).isBefore(closesAt)) {
                    ended.add(record.partition());
                }
            }
        }
        assertThat(ended).hasSize(PARTITIONS);
        problem(one.vote(one.token("alice", ""), id, "{\"choices\": [\"a1\", \"b1\"]}"), 403, "closed");
    }

    /** Every gateway does this when it starts: everything is done already, and stays as it is. */
    @Test
    void shouldWriteNothingForWhatIsDone() throws Exception {
        String id = "done";
        one.put(operator, id, openBallot(id, "Done"));
        long before = copies(id);
        try (Gateway third = Gateway.start(bootstrapServers, "--votelog.take-over-after=0ms")) {
            assertThat(third.part(BallotLifecycle.class).advance(id)).isInstanceOf(NextStep.Wait.class);
            assertThat(third.put(operator, id, openBallotAsItStands(id)).statusCode())
                    .isEqualTo(200);
        }
        assertThat(copies(id)).isEqualTo(before);
        assertThat(stages(id)).containsExactly(BallotStage.PUBLISHED);
    }

    /** The digest of the publication that won; the other one was told that it lost to it. */
    private static String winner(String id, List<CompletableFuture<HttpResponse<String>>> sent) throws Exception {
        List<HttpResponse<String>> created = new ArrayList<>();
        List<HttpResponse<String>> refused = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> future : sent) {
            HttpResponse<String> answer = future.get(20, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).as(id + ": " + answer.body()).isIn(201, 409);
            (answer.statusCode() == 201 ? created : refused).add(answer);
        }
        assertThat(created).as(id).hasSize(1);
        String winner = json(created.get(0)).path("digest").stringValue();
        assertThat(problem(refused.get(0), 409, "conflict").path("digest").stringValue())
                .isEqualTo(winner);
        return winner;
    }

    private static String openBallotAsItStands(String id) {
        return one.part(Catalogue.class).find(id).orElseThrow().definition().json();
    }

    private static long copies(String id) throws MalformedEventException {
        long copies = 0;
        for (ConsumerRecord<byte[], byte[]> record : votes()) {
            if (event(record) instanceof BallotPublished copy
                    && copy.getBallotId().equals(id)) {
                copies++;
            }
        }
        return copies;
    }

    private static List<BallotStage> stages(String id) throws MalformedEventException {
        List<BallotStage> stages = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : TopicReader.readAll(bootstrapServers, Topics.BALLOTS.name())) {
            if (event(record) instanceof BallotReady ready
                    && ready.getBallotId().equals(id)) {
                stages.add(ready.getStage());
            }
        }
        return stages;
    }

    private static List<ConsumerRecord<byte[], byte[]>> votes() {
        return TopicReader.readAll(bootstrapServers, Topics.VOTES.name());
    }

    private static SpecificRecord event(ConsumerRecord<byte[], byte[]> record) throws MalformedEventException {
        return Events.decode(record.value()).event();
    }
}
