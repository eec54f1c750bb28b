// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.json;
import static io.votelog.producer.Gateway.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.events.VoteAnnulled;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WithKafka;
import io.votelog.infra.testing.contract.AsyncApi;
import io.votelog.schemas.Events;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A fraudulent vote is annulled: who may write the annulment, what it says, and where it is written. */
@WithKafka(freshTopics = true)
class AnnulmentIT {
    private static final String VOTE = "{\"choices\": [\"a1\", \"b2\"]}";

    private static Gateway gateway;
    private static String bootstrapServers;
    private static String annuller;

    @BeforeAll
    static void start(KafkaBroker broker) {
        bootstrapServers = broker.bootstrapServers();
        gateway = Gateway.start(bootstrapServers);
        annuller = gateway.token("auditor", "votes:annul");
        gateway.publishOpen("fruits");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldWriteASignedRecordIntoTheVotersPartition() throws Exception {
        String receipt = cast("ada");
        HttpResponse<String> annulled = gateway.annul(annuller, "fruits", receipt, "cast with a stolen sign-in 盗用");

        assertThat(annulled.statusCode()).as(annulled.body()).isEqualTo(202);
        assertThat(annulled.headers().firstValue("Location"))
                .hasValue("https://results.example/v1/ballots/fruits/receipts/" + receipt);
        JsonNode answer = json(annulled);
        assertThat(answer.propertyNames())
                .containsExactly("ballotId", "voteId", "receipt", "partition", "offset", "recordedAt", "reason");
        assertThat(answer.path("ballotId").stringValue()).isEqualTo("fruits");
        assertThat(answer.path("receipt").stringValue()).isEqualTo(receipt);
        assertThat(answer.path("reason").stringValue()).isEqualTo("cast with a stolen sign-in 盗用");

        Receipt voted = Receipt.parse(receipt).orElseThrow();
        ConsumerRecord<byte[], byte[]> record = TopicReader.readAll(bootstrapServers, Topics.VOTES.name()).stream()
                .filter(found -> found.partition() == answer.path("partition").intValue()
                        && found.offset() == answer.path("offset").longValue())
                .findFirst()
                .orElseThrow();
        VoteAnnulled event = Events.decode(record.value(), VoteAnnulled.class);
        assertThat(record.key()).isNull();
        assertThat(record.partition()).isEqualTo(voted.voter().partition(4)).isEqualTo(event.getPartition());
        assertThat(Instant.parse(answer.path("recordedAt").stringValue()))
                .isEqualTo(Instant.ofEpochMilli(record.timestamp()));
        assertThat(event.getVoter().bytes()).isEqualTo(voted.voter().bytes());
        assertThat(event.getVoteId())
                .isEqualTo(voted.voteId())
                .hasToString(answer.path("voteId").stringValue());
        assertThat(event.getReason()).isEqualTo("cast with a stolen sign-in 盗用");
        assertThat(Gateway.SIGNER.publicKey().signed(record.value(), event.getKeyId()))
                .isTrue();
        assertThat(new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8))
                .isEqualTo("io.votelog.events.VoteAnnulled");
    }

    @Test
    void shouldLetNobodyDoItWithoutTheScope() {
        String receipt = cast("bob");
        for (String scope : List.of("", "ballots:write", "votes:submit", "votes:annulled")) {
            HttpResponse<String> refused =
                    gateway.annul(gateway.token("somebody", scope), "fruits", receipt, "I do not like it");
            assertThat(problem(refused, 403, "forbidden").path("scope").stringValue())
                    .isEqualTo("votes:annul");
        }
        HttpResponse<String> nobody = gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/fruits/annulments"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));
        problem(nobody, 401, "unauthorized");
        assertThat(problem(gateway.close(annuller, "fruits"), 403, "forbidden")
                        .path("scope")
                        .stringValue())
                .isEqualTo("ballots:write");
        assertThat(annulmentsOf(receipt)).isZero();
    }

    @Test
    void shouldNameEveryFault() {
        String receipt = cast("carol");
        assertThat(faults("{\"receipt\": \"abc\", \"reason\": \"\"}")).containsExactly("receipt", "reason");
        assertThat(faults("{\"receipt\": \"%s\", \"reason\": \" \"}".formatted(receipt)))
                .containsExactly("reason");
        assertThat(faults("{\"receipt\": \"%s\", \"reason\": \"%s\"}".formatted(receipt, "x".repeat(501))))
                .containsExactly("reason");
        assertThat(faults("{\"receipt\": \"%s\", \"reason\": \"two\\nlines\"}".formatted(receipt)))
                .containsExactly("reason");
        assertThat(faults("{\"receipt\": \"%s\", \"reason\": \"\\u202efraud\"}".formatted(receipt)))
                .containsExactly("reason");
        assertThat(annulmentsOf(receipt)).isZero();
        assertThat(gateway.annul(annuller, "fruits", receipt, "𝄞".repeat(500)).statusCode())
                .isEqualTo(202);
    }

    @Test
    void shouldRefuseWhatIsNoAnnulment() {
        String good = "{\"receipt\": \"%s\", \"reason\": \"fraud\"}".formatted(cast("dan"));
        for (String body : List.of(
                "",
                "{",
                "[]",
                "{}",
                "{\"reason\": \"fraud\"}",
                good.replace("\"fraud\"", "7"),
                good.replace("}", ", \"voter\": \"dan\"}"),
                good.replace("}", ", \"reason\": \"another\"}"),
                good + good)) {
            problem(gateway.send(gateway.annulRequest(annuller, "fruits", body)), 400, "malformed-request");
        }
        assertThat(detail(good.replace("}", ", \"Reason\": \"dan\"}"))).contains("unknown field 'Reason'");
        assertThat(detail(good.replace("}", ", \"reason\": \"another\"}")))
                .contains("the field 'reason' stands more than once");
        problem(
                gateway.send(gateway.annulRequest(annuller, "fruits", good).setHeader("Content-Type", "text/plain")),
                415,
                "unsupported-media-type");
        problem(gateway.send(gateway.annulRequest(annuller, "fruits", " ".repeat(17_000))), 413, "too-large");
        problem(gateway.send(gateway.annulRequest(annuller, "nowhere", good)), 404, "unknown-ballot");
    }

    /** An operator who destroyed the pepper after the ballot can still annul a vote that is found to be fraudulent later. */
    @Test
    void shouldNeedNoPepper() {
        String receipt = cast("erin");
        String otherPepper = Gateway.PEPPER.replace("AAECAw", "BBECAw");
        try (Gateway later = Gateway.start(bootstrapServers, "--votelog.pepper=" + otherPepper)) {
            problem(later.vote(later.token("frank", ""), "fruits", VOTE), 503, "pepper-mismatch");
            assertThat(later.annul(annuller, "fruits", receipt, "found later").statusCode())
                    .isEqualTo(202);
        }
        assertThat(annulmentsOf(receipt)).isEqualTo(1);
    }

    private static String cast(String user) {
        HttpResponse<String> voted = gateway.vote(gateway.token(user, ""), "fruits", VOTE);
        assertThat(voted.statusCode()).as(voted.body()).isEqualTo(202);
        return json(voted).path("receipt").stringValue();
    }

    private static String detail(String body) {
        return problem(gateway.send(gateway.annulRequest(annuller, "fruits", body)), 400, "malformed-request")
                .path("detail")
                .stringValue();
    }

    private static List<String> faults(String body) {
        HttpResponse<String> answer = gateway.send(gateway.annulRequest(annuller, "fruits", body));
        JsonNode faults = problem(answer, 422, "faulty-annulment").path("faults");
        return StreamSupport.stream(faults.spliterator(), false)
                .map(fault -> fault.path("place").stringValue())
                .toList();
    }

    /** Checks all records that the tests of this class led to, and an early end. */
    @Test
    void shouldWriteVotesAndBallotsAsTheyAreDescribed() throws Exception {
        gateway.annul(annuller, "fruits", cast("dora"), "as described");
        gateway.publishOpen("closed");
        gateway.close(gateway.token("operator", "ballots:write"), "closed");
        AsyncApi described = AsyncApi.of(Path.of("../schemas/src/main/asyncapi/votelog.yaml"));
        Map<Topic, Set<String>> expected = Map.of(
                Topics.VOTES, Set.of("VoteCast", "BallotPublished", "BallotClosed", "VoteAnnulled"),
                Topics.BALLOTS, Set.of("BallotPublished", "BallotReady", "BallotClosed"));
        for (Topic topic : expected.keySet()) {
            await().untilAsserted(() -> {
                Set<String> events = new TreeSet<>();
                for (ConsumerRecord<byte[], byte[]> record : TopicReader.readAll(bootstrapServers, topic.name())) {
                    String event =
                            Events.decode(record.value()).event().getSchema().getName();
                    assertThat(described.faults(record, event)).isEmpty();
                    assertThat(record.headers().lastHeader("traceparent"))
                            .as("nobody has asked for traces")
                            .isNull();
                    events.add(event);
                }
                assertThat(events).containsAll(expected.get(topic));
            });
        }
    }

    private static long annulmentsOf(String receipt) {
        return TopicReader.readAll(bootstrapServers, Topics.VOTES.name()).stream()
                .filter(record -> record.key() == null && isOf(receipt, record.value()))
                .count();
    }

    private static boolean isOf(String receipt, byte[] value) {
        try {
            return Events.decode(value).event() instanceof VoteAnnulled event
                    && event.getVoteId()
                            .equals(Receipt.parse(receipt).orElseThrow().voteId());
        } catch (io.votelog.schemas.MalformedEventException e) {
            throw new AssertionError(e);
        }
    }
}
