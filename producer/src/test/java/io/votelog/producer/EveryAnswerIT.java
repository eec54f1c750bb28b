// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.ballot;
import static io.votelog.producer.Gateway.openBallot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.infra.testing.contract.OpenApi;
import io.votelog.producer.ballots.Catalogue;
import io.votelog.producer.crypto.Pepper;
import io.votelog.producer.votes.BallotBox;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Topics;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateway does what its description says: each status of each operation and each problem is brought about, in the described
 * form. {@link Gateway#CONTRACT} asserts that no test gets any other answer.
 */
@WithKafka(freshTopics = true)
class EveryAnswerIT {
    private static final String VOTE = "{\"choices\": [\"a1\", \"b1\"]}";
    private static final String BALLOT = openBallot("open", "Open");
    private static final String HALF_DONE = openBallot("half-done", "Half done");
    private static final int PARTITIONS = 4;
    private static final String UNDESCRIBED = "/v1/nothing";

    private static Gateway gateway;

    /** A gateway with another pepper, without sign-in, and with room for a few requests. */
    private static Gateway stranger;

    /** A gateway that gives tokens for development. */
    private static Gateway local;

    private static KafkaCluster lostLog;

    /** A gateway whose log goes away. */
    private static Gateway cutOff;

    private static String operator;
    private static String receipt;
    private static int users;

    /**
     * A way to bring answers about.
     *
     * @param answers each {@code operationId status} or {@code problem code}
     */
    private record Way(Set<String> answers, Runnable how) {}

    private final List<Way> ways = new ArrayList<>();

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path data) {
        gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.request-timeout=1s",
                "--votelog.openings.enabled=true",
                "--votelog.sign-in.issuer=https://login.example",
                "--votelog.sign-in.client-id=ballot-page",
                "--votelog.cors.allowed-origins=https://page.example",
                "--votelog.limits.user.rate=0.01",
                "--votelog.limits.user.burst=3",
                "--votelog.limits.address.rate=0");
        stranger = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.limits.reads.rate=0.001",
                "--votelog.limits.reads.burst=3",
                "--votelog.limits.address.rate=0.001",
                "--votelog.limits.address.burst=1",
                "--votelog.pepper=//////////////////////////////////////////8=");
        local = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.dev.tokens=true",
                "--votelog.request-timeout=1s",
                "--votelog.public-urls.producer=http://localhost:8080",
                "--votelog.public-urls.streams=http://localhost:8081");
        operator = gateway.token("operator", "ballots:write votes:annul");
        lostLog = KafkaCluster.single(data).start();
        cutOff = Gateway.start(
                lostLog.bootstrapServers(),
                Gateway.impatient(
                        "--votelog.publish-timeout=1s",
                        "--votelog.take-over-after=1h",
                        "--votelog.max-votes-under-way=1",
                        "--votelog.limits.user.rate=0"));
    }

    @AfterAll
    static void stop() {
        lostLog.close();
        cutOff.close();
        local.close();
        stranger.close();
        gateway.close();
    }

    @TestFactory
    Stream<DynamicTest> shouldGiveEachAnswer(KafkaBroker broker) {
        describeWays(broker.bootstrapServers());
        return ways.stream()
                .map(way -> DynamicTest.dynamicTest(String.join(", ", way.answers()), () -> {
                    Gateway.CONTRACT.forget();
                    way.how().run();
                    Gateway.CONTRACT.mustHold();
                    assertThat(Gateway.CONTRACT.seen()).containsAll(way.answers());
                }));
    }

    @Test
    void shouldKnowAWayToEachAnswerThatIsDescribedAndToNoOther() {
        describeWays("");
        Set<String> described = new TreeSet<>(Gateway.CONTRACT.document().answers());
        Gateway.CONTRACT.document().problems().forEach(code -> described.add("problem " + code));
        Set<String> known = new TreeSet<>();
        ways.forEach(way -> known.addAll(way.answers()));
        assertThat(known).isEqualTo(described);
    }

    @Test
    void shouldServeTheDescription() {
        OpenApi served = OpenApi.of(gateway.get("/openapi.yaml").body());
        assertThat(served.operations()).isEqualTo(Gateway.CONTRACT.document().operations());
        assertThat(served.operations()).allSatisfy(operation -> {
            assertThat(operation.id()).isNotEmpty();
            assertThat(operation.statuses()).isNotEmpty();
        });
        assertThat(served.faultsOfExamples()).isEmpty();
    }

    private void describeWays(String servers) {
        describeReading();
        describeOpening();
        describePublishing();
        describeClosingAndAnnulling();
        describeVoting(servers);
        describeTokensAndMisses();
        describeTheLossOfTheLog();
        describeWhatHoldsForEveryRoute();
        way("castVote 503, castVotes 503, problem unavailable", () -> {
            gateway.part(BallotBox.class).lock();
            raw(vote("open"));
            raw(batch("open"));
        });
    }

    private void describeReading() {
        way("getStartPage 200", () -> gateway.get("/"));
        way("getStartPage 304", () -> again("/"));
        way("publishBallot 201", () -> gateway.put(operator, "open", BALLOT));
        way("getStartPage 302", () -> gateway.get("/"));
        way("getBallotsPage 200", () -> gateway.get("/ballots"));
        way("getBallotsPage 304", () -> again("/ballots"));
        way("getBallotPage 200", () -> gateway.get("/ballots/open"));
        way("getBallotPage 404", () -> gateway.get("/ballots/none"));
        way("getSignInPage 200", () -> gateway.get("/sign-in"));
        way("getSignInPage 404", () -> stranger.get("/sign-in"));
        way("getPageFile 200", () -> gateway.get(pageFile()));
        way("getPageFile 404, problem not-found", () -> gateway.get("/assets/ballot/none.css"));
        way("getDescription 200", () -> gateway.get("/openapi.yaml"));
        way("listBallots 200", () -> gateway.get("/v1/ballots"));
        way(
                "listBallots 406, problem not-acceptable",
                () -> gateway.send(
                        HttpRequest.newBuilder(gateway.at("/v1/ballots")).header("Accept", "text/plain")));
        way("getBallot 200", () -> gateway.get("/v1/ballots/open"));
        way("getBallot 404, problem unknown-ballot", () -> gateway.get("/v1/ballots/none"));
        way(
                "getBallot 406",
                () -> gateway.send(
                        HttpRequest.newBuilder(gateway.at("/v1/ballots/open")).header("Accept", "text/plain")));
        way("listBallots 304", () -> again("/v1/ballots"));
        way("getBallot 304", () -> again("/v1/ballots/open"));
        way("getBallotPage 304", () -> again("/ballots/open"));
        way("getSignInPage 304", () -> again("/sign-in"));
        way("getPageFile 304", () -> again(pageFile()));
        way("getMyVote 303", () -> gateway.send(myVote("open")));
        way("getMyVote 401, problem unauthorized", () -> gateway.get("/v1/ballots/open/my-vote"));
        way("getMyVote 404", () -> gateway.send(myVote("none")));
        way(
                "getMyVote 503, problem pepper-mismatch",
                () -> stranger.send(HttpRequest.newBuilder(stranger.at("/v1/ballots/open/my-vote"))
                        .header("Authorization", "Bearer " + user(""))));
    }

    private void describeOpening() {
        way("openMyVote 200", () -> gateway.send(opening(gateway, "open", user(""))));
        way(
                "openMyVote 400",
                () -> gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/open/my-vote/opening?more=1"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .header("Authorization", "Bearer " + user(""))));
        way("openMyVote 401", () -> gateway.send(opening(gateway, "open", "none")));
        way("openMyVote 403, problem openings-off", () -> {
            await().until(() -> local.get("/v1/ballots/open").statusCode() == 200);
            local.send(opening(local, "open", user("")));
        });
        way("openMyVote 404", () -> gateway.send(opening(gateway, "none", user(""))));
        way("openMyVote 503", () -> stranger.send(opening(stranger, "open", user(""))));
    }

    private static HttpRequest.Builder opening(Gateway at, String ballotId, String token) {
        return HttpRequest.newBuilder(at.at("/v1/ballots/" + ballotId + "/my-vote/opening"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + token);
    }

    private void describePublishing() {
        way("publishBallot 200", () -> gateway.put(operator, "open", BALLOT));
        way(
                "publishBallot 400, problem malformed-request",
                () -> gateway.send(gateway.putRequest(operator, "open?dryRun=perhaps", BALLOT)));
        way("publishBallot 401", () -> gateway.put("none", "open", BALLOT));
        way("publishBallot 403, problem forbidden", () -> gateway.put(user(""), "open", BALLOT));
        way(
                "publishBallot 406",
                () -> gateway.send(gateway.putRequest(operator, "open", BALLOT).header("Accept", "text/plain")));
        way("publishBallot 408, problem request-timeout", () -> raw(unfinished("PUT", "/v1/ballots/open")));
        way("publishBallot 409, problem conflict", () -> gateway.put(operator, "open", openBallot("open", "Other")));
        way("publishBallot 413, problem too-large", () -> gateway.put(operator, "open", " ".repeat(512 * 1024 + 1)));
        way(
                "publishBallot 415, problem unsupported-media-type",
                () -> gateway.send(
                        gateway.putRequest(operator, "open", BALLOT).setHeader("Content-Type", "text/plain")));
        way("publishBallot 422, problem faulty-ballot", () -> gateway.put(operator, "open", "{}"));
    }

    private void describeClosingAndAnnulling() {
        way("closeBallot 400", () -> raw(close("").target("/v1/ballots/open/close?dryRun=true")));
        way("closeBallot 408", () -> raw(unfinished("POST", "/v1/ballots/open/close")));
        way("closeBallot 413", () -> raw(close(" ".repeat(20_000))));
        way("closeBallot 401", () -> gateway.close("none", "open"));
        way("closeBallot 403", () -> gateway.close(user(""), "open"));
        way("closeBallot 404", () -> gateway.close(operator, "none"));
        way("closeBallot 406", () -> raw(close("").header("Accept: text/plain")));
        way("closeBallot 202", () -> {
            gateway.publishOpen("over");
            gateway.close(operator, "over");
        });
        way(
                "castVote 202",
                () -> receipt = Gateway.json(gateway.vote(user(""), "open", VOTE))
                        .path("receipt")
                        .stringValue());
        way("annulVote 202", () -> gateway.annul(operator, "open", receipt, "fraud"));
        way("annulVote 400", () -> gateway.send(gateway.annulRequest(operator, "open", "{")));
        way("annulVote 401", () -> gateway.annul("none", "open", receipt, "fraud"));
        way("annulVote 403", () -> gateway.annul(user(""), "open", receipt, "fraud"));
        way("annulVote 404", () -> gateway.annul(operator, "none", receipt, "fraud"));
        way(
                "annulVote 406",
                () -> gateway.send(gateway.annulRequest(operator, "open", "{}").header("Accept", "text/plain")));
        way("annulVote 408", () -> raw(unfinished("POST", "/v1/ballots/open/annulments")));
        way("annulVote 413", () -> gateway.send(gateway.annulRequest(operator, "open", " ".repeat(16 * 1024 + 1))));
        way(
                "annulVote 415",
                () -> gateway.send(
                        gateway.annulRequest(operator, "open", "{}").setHeader("Content-Type", "text/plain")));
        way("annulVote 422, problem faulty-annulment", () -> gateway.annul(operator, "open", "x", ""));
    }

    private void describeVoting(String servers) {
        way("castVote 400", () -> raw(vote("open").body("{")));
        way("castVote 401", () -> raw(vote("open").without("Authorization")));
        way("castVote 403, problem closed", () -> raw(vote("over")));
        way("castVote 403, problem not-open", () -> {
            Instant opensAt = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
            gateway.put(operator, "later", ballot("later", "Later", opensAt, opensAt.plusSeconds(60)));
            raw(vote("later"));
        });
        way("castVote 404", () -> raw(vote("none")));
        way("castVote 408", () -> raw(vote("open").body("{").framing("Content-Length: 25")));
        way("castVote 413", () -> raw(vote("open").body(" ".repeat(16 * 1024 + 1))));
        way("castVote 415", () -> raw(vote("open").without("Content-Type")));
        way("castVote 422, problem rule-violations", () -> raw(vote("open").body("{\"choices\": []}")));
        way("castVotes 200", () -> raw(batch("open")));
        way("castVotes 400", () -> raw(batch("open").target("/v1/ballots/open/votes:batch?dryRun=true")));
        way("castVotes 401", () -> raw(batch("open").without("Authorization")));
        way("castVotes 403", () -> raw(RawRequest.batch("open", user(""), "")));
        way("castVotes 404", () -> raw(batch("none")));
        way("castVotes 415", () -> raw(batch("open").without("Content-Type")));
        way("castVote 429, castVotes 429, problem too-many-requests", () -> {
            String busy = user("votes:submit");
            for (int i = 0; i < 4; i++) {
                raw(RawRequest.vote("open", busy, UUID.randomUUID()));
            }
            raw(RawRequest.batch("open", busy, ""));
        });
        way("castVote 503, problem partition-count-mismatch", () -> {
            claim(gateway, servers, openBallot("wider", "Wider"), PARTITIONS + 1, Events.VOTE_CAST_FINGERPRINT);
            raw(vote("wider"));
        });
        way("castVote 503, problem vote-schema-mismatch", () -> {
            claim(gateway, servers, openBallot("newer", "Newer"), PARTITIONS, Events.VOTE_CAST_FINGERPRINT + 1);
            raw(vote("newer"));
        });
    }

    private void describeTokensAndMisses() {
        way("issueDevToken 200", () -> raw(local, dev("{\"userId\": \"alice\"}")));
        way("issueDevToken 400", () -> raw(local, dev("{}")));
        way("issueDevToken 403", () -> raw(local, dev("{}").header("X-Forwarded-For: 203.0.113.1")));
        way("issueDevToken 404", () -> raw(dev("{}")));
        way("issueDevToken 406", () -> raw(local, dev("{}").header("Accept: text/plain")));
        way("issueDevToken 408", () -> raw(local, dev("{").framing("Content-Length: 25")));
        way("issueDevToken 413", () -> raw(local, dev(" ".repeat(5_000))));
        way("issueDevToken 415", () -> raw(local, dev("{}").without("Content-Type")));
        way("problem misdirected-request", () -> raw(local, RawRequest.get("/")));
        way("problem not-found", () -> gateway.get(UNDESCRIBED));
        way("problem method-not-allowed", () -> {
            raw(RawRequest.get("/").method("DELETE"));
            raw(RawRequest.get("/v1/ballots/open/votes"));
        });
        way("problem malformed-request", () -> raw(RawRequest.get("/").header("Host: twice")));
        way("problem uri-too-long", () -> raw(RawRequest.get("/" + "x".repeat(5_000))));
        way("problem headers-too-large", () -> raw(RawRequest.get("/").header("X: " + "x".repeat(9_000))));
    }

    private void describeTheLossOfTheLog() {
        way("castVote 503, problem outcome-unknown, problem overloaded", () -> {
            cutOff.publishOpen("open");
            claim(cutOff, lostLog.bootstrapServers(), HALF_DONE, PARTITIONS, Events.VOTE_CAST_FINGERPRINT);
            lostLog.pause(1);
            // There is room for one vote at a time, which is given up after a second.
            Stream.generate(() -> cutOff.sendAsync(cutOff.voteRequest(user(""), "open", VOTE)))
                    .limit(4)
                    .toList()
                    .forEach(CompletableFuture::join);
        });
        way("publishBallot 202", () -> cutOff.put(operator, "half-done", HALF_DONE));
        way("publishBallot 503, problem unavailable", () -> cutOff.put(operator, "new", openBallot("new", "New")));
        way("closeBallot 503", () -> cutOff.close(operator, "open"));
        way("annulVote 503", () -> cutOff.annul(operator, "open", receipt, "fraud"));
    }

    /** Pages of foreign origins and addresses that send too much are told the same wherever they knock. */
    private void describeWhatHoldsForEveryRoute() {
        for (OpenApi.Operation operation : Gateway.CONTRACT.document().operations()) {
            String target = operation.path().replaceAll("\\{[^}]*}", "open");
            if (operation.statuses().contains(403)) {
                way(
                        operation.id() + " 403, problem origin-not-allowed",
                        () -> raw(RawRequest.get(target)
                                .method(operation.method())
                                .header("Origin: https://evil.example")));
            }
            if (operation.statuses().contains(429)) {
                way(operation.id() + " 429, problem too-many-requests", () -> {
                    raw(stranger, RawRequest.get(target).method(operation.method()));
                    raw(stranger, RawRequest.get(target).method(operation.method()));
                });
            }
        }
    }

    private void way(String answers, Runnable how) {
        ways.add(new Way(new TreeSet<>(List.of(answers.split(", "))), how));
    }

    private static void raw(RawRequest request) {
        raw(gateway, request);
    }

    private static void raw(Gateway to, RawRequest request) {
        try (RawHttp http = RawHttp.to(to.at("/"))) {
            http.send(request.bytes());
            http.answer();
        }
    }

    /** Asks with the entity tag of an earlier answer. */
    private static void again(String path) {
        HttpResponse<String> first = gateway.get(path);
        gateway.send(HttpRequest.newBuilder(gateway.at(path))
                .header("If-None-Match", first.headers().firstValue("ETag").orElseThrow()));
    }

    private static String pageFile() {
        return gateway.get("/ballots/open").body().replaceAll("(?s).*?(/assets/ballot/[^\"]+).*", "$1");
    }

    private static HttpRequest.Builder myVote(String ballotId) {
        return HttpRequest.newBuilder(gateway.at("/v1/ballots/" + ballotId + "/my-vote"))
                .header("Authorization", "Bearer " + user(""));
    }

    private static RawRequest vote(String ballotId) {
        return RawRequest.vote(ballotId, user(""), UUID.randomUUID());
    }

    private static RawRequest batch(String ballotId) {
        return RawRequest.batch(ballotId, user("votes:submit"), RawRequest.line("ada", UUID.randomUUID()) + "\n{}\n");
    }

    private static RawRequest close(String body) {
        return RawRequest.vote("x", operator, UUID.randomUUID())
                .target("/v1/ballots/open/close")
                .body(body);
    }

    private static RawRequest dev(String body) {
        return RawRequest.vote("x", operator, UUID.randomUUID())
                .without("Host")
                .header("Host: localhost")
                .target("/dev/token")
                .body(body);
    }

    private static RawRequest unfinished(String method, String target) {
        return RawRequest.vote("x", operator, UUID.randomUUID())
                .method(method)
                .target(target)
                .body("{")
                .framing("Content-Length: 25");
    }

    private static String user(String scope) {
        return gateway.token("user-" + users++, scope);
    }

    /**
     * Writes what a gateway leaves behind that dies right after it has claimed an id; returns when another gateway has read it.
     */
    private static void claim(Gateway reader, String servers, String file, int partitions, long voteSchema) {
        Ballot.Definition read = BallotFile.JSON.read(file.getBytes(StandardCharsets.UTF_8));
        BallotDefinition definition = BallotDefinition.of(((Ballot.Definition.Valid) read).ballot());
        String id = definition.ballot().id();
        byte[] claim = Gateway.SIGNER.published(
                definition,
                LogSigner.CLAIM,
                partitions,
                List.of(voteSchema),
                Pepper.of(Gateway.PEPPER).fingerprint(id));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers, "enable.metrics.push", false),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.BALLOTS.name(), id.getBytes(StandardCharsets.UTF_8), claim))
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        await().atMost(Duration.ofSeconds(10))
                .until(() -> reader.part(Catalogue.class).find(id).isPresent());
    }
}
