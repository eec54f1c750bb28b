// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.ballot;
import static io.votelog.producer.Gateway.json;
import static io.votelog.producer.Gateway.openBallot;
import static io.votelog.producer.Gateway.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.VoteCast;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.auth.TestTokens;
import io.votelog.producer.crypto.Pepper;
import io.votelog.producer.crypto.UserId;
import io.votelog.schemas.Events;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import io.votelog.schemas.promise.PromisedVote;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@WithKafka(freshTopics = true)
class VotingIT {
    private static Gateway gateway;
    private static String operator;
    private static String bootstrapServers;

    @BeforeAll
    static void start(KafkaBroker broker) {
        bootstrapServers = broker.bootstrapServers();
        // Some voters here cast more votes than the standard limit allows.
        gateway = Gateway.start(bootstrapServers, "--votelog.limits.votes.every=0");
        operator = gateway.token("operator", "ballots:write");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldRecordAVoteAndSayWhereItsVerdictIsTold() throws Exception {
        HttpResponse<String> published = gateway.put(operator, "first", openBallot("first", "First"));
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
        assertThat(published.headers().firstValue("Location")).hasValue("https://vote.example/v1/ballots/first");
        assertThat(json(published).path("ready").booleanValue()).isTrue();

        Instant before = Instant.now().minusSeconds(5);
        HttpResponse<String> voted =
                gateway.vote(gateway.token("alice", ""), "first", "{\"choices\": [\"a1\", \"b2\"]}");

        assertThat(voted.statusCode()).as(voted.body()).isEqualTo(202);
        assertThat(voted.headers().firstValue("Content-Type")).hasValue("application/json");
        JsonNode answer = json(voted);
        assertThat(answer.propertyNames())
                .containsExactly("voteId", "ballotId", "receipt", "partition", "offset", "recordedAt", "promise");
        assertThat(answer.path("ballotId").stringValue()).isEqualTo("first");
        Receipt receipt = Receipt.parse(answer.path("receipt").stringValue()).orElseThrow();
        assertThat(receipt.voteId())
                .isEqualTo(UUID.fromString(answer.path("voteId").stringValue()));
        assertThat(voted.headers().firstValue("Location"))
                .hasValue("https://results.example/v1/ballots/first/receipts/%s?offset=%d"
                        .formatted(receipt, answer.path("offset").longValue()));

        ConsumerRecord<byte[], byte[]> record = TopicReader.readAll(bootstrapServers, Topics.VOTES.name()).stream()
                .filter(found -> found.partition() == answer.path("partition").intValue()
                        && found.offset() == answer.path("offset").longValue())
                .findFirst()
                .orElseThrow();
        assertThat(record.key()).isEqualTo(receipt.voter().bytes());
        assertThat(record.partition()).isEqualTo(receipt.voter().partition(4));
        assertThat(Instant.parse(answer.path("recordedAt").stringValue()))
                .isEqualTo(Instant.ofEpochMilli(record.timestamp()))
                .isBetween(before, Instant.now().plusSeconds(5));
        assertThat(answer.path("recordedAt").stringValue()).endsWith("Z");
        JsonNode promise = answer.path("promise");
        assertThat(promise.path("format").stringValue()).isEqualTo("votelog-promise/2");
        assertThat(promise.path("record").stringValue())
                .isEqualTo(PromisedVote.text(
                        PromisedVote.recordHash(record.offset(), record.timestamp(), record.key(), record.value())));
        byte[] key = Base64.getUrlDecoder().decode(promise.path("key").stringValue());
        assertThat(TopicReader.readAll(bootstrapServers, Topics.BALLOTS.name()))
                .as("the gateway's key is named in the log")
                .anySatisfy(named -> assertThat(named.value()).isEqualTo(key));
        assertThat(voted.body().length()).isLessThan(1_300);
        VoteCast vote = Events.decode(record.value(), VoteCast.class);
        assertThat(vote.getVoteId()).isEqualTo(receipt.voteId());
        assertThat(vote.getBallotId()).isEqualTo("first");
        assertThat(vote.getChoices()).containsExactly("a1", "b2");
        assertThat(vote.getSalt().bytes()).isNotEqualTo(new byte[32]);
        assertThat(new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8))
                .isEqualTo(receipt.voteId().toString());
        assertThat(new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8))
                .isEqualTo("io.votelog.events.VoteCast");
    }

    @Test
    void shouldLeaveThePromiseOutWhereAMinimalAnswerIsPreferred() {
        publish("minimal");
        for (String preference : List.of("return=minimal", "wait=10, Return=Minimal; foo", "\"return\"=minimal")) {
            HttpResponse<String> voted = gateway.vote(
                    gateway.token("alice", ""), "minimal", "{\"choices\": [\"a1\", \"b2\"]}", "Prefer", preference);
            assertThat(json(voted).has("promise")).as(preference).isFalse();
            assertThat(voted.statusCode()).isEqualTo(202);
        }
        HttpResponse<String> voted = gateway.vote(
                gateway.token("alice", ""), "minimal", "{\"choices\": [\"a1\", \"b2\"]}", "Prefer", "respond-async");
        assertThat(json(voted).has("promise")).isTrue();
    }

    @Test
    void shouldGiveTheSameReceiptToTheSameVoteSentAgain() {
        publish("retries");
        String alice = gateway.token("alice", "");
        UUID id = UUID.randomUUID();
        String body = "{\"choices\": [\"a1\", \"b2\"]}";
        JsonNode bare = accepted(gateway.vote(alice, "retries", body, "Idempotency-Key", id.toString()));
        JsonNode quoted = accepted(gateway.vote(alice, "retries", body, "Idempotency-Key", "\"" + id + "\""));
        assertThat(bare.path("voteId").stringValue()).isEqualTo(id.toString());
        assertThat(quoted.path("receipt")).isEqualTo(bare.path("receipt"));
        assertThat(quoted.path("partition")).isEqualTo(bare.path("partition"));
        assertThat(quoted.path("offset").longValue())
                .isGreaterThan(bare.path("offset").longValue());
    }

    @Test
    void shouldDeriveTheSameVoteIdForReorderedChoices() {
        publish("derived");
        String bob = gateway.token("bob", "");
        JsonNode one = accepted(gateway.vote(bob, "derived", "{\"choices\": [\"a1\", \"b2\"]}"));
        JsonNode reordered = accepted(gateway.vote(bob, "derived", "{\"choices\": [\"b2\", \"a1\"]}"));
        JsonNode others = accepted(gateway.vote(bob, "derived", "{\"choices\": [\"a1\", \"b3\"]}"));
        JsonNode carol =
                accepted(gateway.vote(gateway.token("carol", ""), "derived", "{\"choices\": [\"a1\", \"b2\"]}"));
        assertThat(reordered.path("receipt")).isEqualTo(one.path("receipt"));
        assertThat(others.path("voteId")).isNotEqualTo(one.path("voteId"));
        assertThat(carol.path("voteId")).isNotEqualTo(one.path("voteId"));
    }

    @Test
    void shouldRefuseVotersThatItDoesNotKnow() {
        publish("strangers");
        String body = "{\"choices\": [\"a1\", \"b2\"]}";
        HttpResponse<String> without = gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/strangers/votes"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
        assertThat(problem(without, 401, "unauthorized").path("detail").stringValue())
                .contains("Authorization header is missing");
        assertThat(without.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"votelog\"");

        HttpResponse<String> garbage = gateway.vote("garbage", "strangers", body);
        problem(garbage, 401, "unauthorized");
        assertThat(garbage.headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("error=\"invalid_token\"");
        // The token is checked before what is asked for.
        problem(gateway.vote("garbage", "no-such-ballot", "x"), 401, "unauthorized");
    }

    @Test
    void shouldRefuseWhatIsNoVote() {
        publish("forms");
        String alice = gateway.token("alice", "");
        String vote = "{\"choices\": [\"a1\", \"b2\"]}";
        String large = "{\"choices\": [\"" + "x".repeat(16 * 1024) + "\"]}";

        problem(gateway.vote(alice, "no-such-ballot", large), 404, "unknown-ballot");
        problem(gateway.vote(alice, "forms", large), 413, "too-large");
        problem(
                gateway.send(gateway.voteRequest(alice, "forms", "")
                        .POST(BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8))))),
                413,
                "too-large");
        problem(
                gateway.send(gateway.voteRequest(alice, "forms", vote).setHeader("Content-Type", "text/plain")),
                415,
                "unsupported-media-type");
        problem(
                gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/forms/votes"))
                        .header("Authorization", "Bearer " + alice)
                        .POST(BodyPublishers.ofString(vote))),
                415,
                "unsupported-media-type");
        for (String malformed : List.of(
                "",
                "{",
                "[]",
                "{}",
                "{\"choices\": \"a1\"}",
                "{\"choices\": [1]}",
                "{\"choices\": [\"a1\", \"b1\"], \"extra\": 1}",
                "{\"choices\": [\"a1\"], \"choices\": [\"b1\"]}")) {
            problem(gateway.vote(alice, "forms", malformed), 400, "malformed-request");
        }
        problem(gateway.vote(alice, "forms", vote, "Idempotency-Key", "mine"), 400, "malformed-request");
        problem(
                gateway.send(gateway.voteRequest(alice, "forms", vote)
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .header("Idempotency-Key", UUID.randomUUID().toString())),
                400,
                "malformed-request");
        accepted(gateway.send(gateway.voteRequest(alice, "forms", vote)
                .setHeader("Content-Type", "application/json; charset=utf-8")));
    }

    @Test
    void shouldNameEveryRuleThatAVoteBreaks() {
        publish("rules");
        String alice = gateway.token("alice", "");
        JsonNode none = problem(gateway.vote(alice, "rules", "{\"choices\": []}"), 422, "rule-violations");
        assertThat(codes(none)).containsExactly("NO_CHOICE");
        JsonNode many = problem(
                gateway.vote(alice, "rules", "{\"choices\": [\"a1\", \"a2\", \"a3\", \"a3\", \"zz\"]}"),
                422,
                "rule-violations");
        assertThat(codes(many))
                .containsExactly("UNKNOWN_OPTION", "REPEATED_OPTION", "TOO_MANY_PICKS", "SECTION_TOO_FEW");
        for (JsonNode violation : many.path("violations")) {
            assertThat(violation.path("detail").stringValue()).isNotBlank();
        }
    }

    @Test
    void shouldRefuseVotesOutsideOfTheWindow() {
        Instant opensAt = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
        assertThat(gateway.put(operator, "tomorrow", ballot("tomorrow", "T", opensAt, opensAt.plusSeconds(60)))
                        .statusCode())
                .isEqualTo(201);
        String alice = gateway.token("alice", "");
        // Even a vote that breaks the rules is told first that it is too early.
        JsonNode early = problem(gateway.vote(alice, "tomorrow", "{\"choices\": []}"), 403, "not-open");
        assertThat(early.path("opensAt").stringValue()).isEqualTo(opensAt.toString());

        publish("closing");
        String vote = "{\"choices\": [\"a1\", \"b2\"]}";
        JsonNode recorded = accepted(gateway.vote(alice, "closing", vote));
        assertThat(gateway.close(operator, "closing").statusCode()).isEqualTo(202);
        assertThat(gateway.close(operator, "closing").statusCode()).isEqualTo(202);
        JsonNode late = problem(gateway.vote(alice, "closing", vote), 403, "closed");
        assertThat(late.path("receipt")).isEqualTo(recorded.path("receipt"));
        assertThat(late.path("voteId")).isEqualTo(recorded.path("voteId"));
        assertThat(json(gateway.get("/v1/ballots/closing")).path("closedEarly").booleanValue())
                .isTrue();
        problem(gateway.close(operator, "no-such-ballot"), 404, "unknown-ballot");
        problem(gateway.close(alice, "closing"), 403, "forbidden");
    }

    /** Every vote that is answered 202 is in the log, at the position of its answer, once; nothing else is. */
    @Test
    void shouldHaveInTheLogExactlyWhatItAcknowledged() throws Exception {
        publish("many");
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        List<String> tokens = IntStream.range(0, 50)
                .mapToObj(i -> gateway.token("voter-" + i, ""))
                .toList();
        for (int i = 0; i < 500; i++) {
            String body = "{\"choices\": [\"a%d\", \"b%d\"]}".formatted(i % 3 + 1, i % 2 + 1);
            sent.add(gateway.sendAsync(gateway.voteRequest(
                    tokens.get(i % 50), "many", body, "Idempotency-Key", new UUID(4711, i).toString())));
        }
        Map<String, String> acknowledged = new TreeMap<>();
        for (CompletableFuture<HttpResponse<String>> future : sent) {
            JsonNode answer = accepted(future.get(30, TimeUnit.SECONDS));
            acknowledged.put(
                    answer.path("partition").intValue() + "/"
                            + answer.path("offset").longValue(),
                    answer.path("receipt").stringValue() + " "
                            + answer.path("recordedAt").stringValue());
        }
        Map<String, String> logged = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : TopicReader.readAll(bootstrapServers, Topics.VOTES.name())) {
            if (record.key() != null) {
                VoteCast vote = Events.decode(record.value(), VoteCast.class);
                if (vote.getBallotId().equals("many")) {
                    logged.put(
                            record.partition() + "/" + record.offset(),
                            new Receipt(Pseudonym.of(record.key()), vote.getVoteId()) + " "
                                    + Instant.ofEpochMilli(record.timestamp()));
                }
            }
        }
        assertThat(acknowledged).hasSize(500);
        assertThat(logged).isEqualTo(acknowledged);
    }

    @Test
    void shouldLeadVotersToWhatIsSaidOfThem() {
        publish("mine");
        String alice = gateway.token("alice", "");
        HttpResponse<String> led = gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/mine/my-vote"))
                .header("Authorization", "Bearer " + alice));
        assertThat(led.statusCode()).isEqualTo(303);
        assertThat(led.headers().firstValue("Location"))
                .hasValue("https://results.example/v1/ballots/mine/voters/"
                        + Pepper.of(Gateway.PEPPER).pseudonym("mine", TestTokens.user("alice")));
        problem(gateway.get("/v1/ballots/mine/my-vote"), 401, "unauthorized");
        problem(
                gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/no-such-ballot/my-vote"))
                        .header("Authorization", "Bearer " + alice)),
                404,
                "unknown-ballot");
    }

    @Test
    void shouldGiveNoTokenToASecondSpellingOfAUser() {
        try (Gateway local = Gateway.start(
                bootstrapServers,
                "--votelog.dev.tokens=true",
                "--votelog.public-urls.producer=http://localhost:8080",
                "--votelog.public-urls.streams=http://localhost:8081")) {
            for (String user : List.of("kim ", "kim\u00A0", "ki\u200Bm", "Zoe\u0308", "", "kim\n")) {
                assertThat(problem(devToken(local, user), 400, "malformed-request")
                                .path("detail")
                                .stringValue())
                        .contains("the field 'userId' " + UserId.fault(user));
            }
            assertThat(devToken(local, "Zo\u00EB").statusCode()).isEqualTo(200);
        }
    }

    private static HttpResponse<String> devToken(Gateway local, String user) {
        return local.send(HttpRequest.newBuilder(local.at("/dev/token"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Gateway.JSON.writeValueAsString(Map.of("userId", user)))));
    }

    @Test
    void shouldNotServeABallotOfAnotherPepper() {
        publish("peppered");
        try (Gateway other =
                Gateway.start(bootstrapServers, "--votelog.pepper=//////////////////////////////////////////8=")) {
            JsonNode refused = problem(
                    other.vote(other.token("alice", ""), "peppered", "{\"choices\": [\"a1\", \"b2\"]}"),
                    503,
                    "pepper-mismatch");
            assertThat(refused.path("detail").stringValue()).contains("votelog.pepper");
        }
    }

    private static void publish(String ballotId) {
        HttpResponse<String> published = gateway.put(operator, ballotId, openBallot(ballotId, "A ballot"));
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
    }

    private static JsonNode accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return json(answer);
    }

    private static List<String> codes(JsonNode document) {
        List<String> codes = new ArrayList<>();
        document.path("violations")
                .forEach(violation -> codes.add(violation.path("code").stringValue()));
        return codes;
    }
}
