// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.openBallot;
import static io.votelog.producer.Gateway.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.VoteCast;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Events;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@WithKafka(freshTopics = true)
class BatchIT {
    private static Gateway gateway;
    private static String bootstrapServers;
    private static String operator;
    private static String submitter;

    @BeforeAll
    static void start(KafkaBroker broker) {
        bootstrapServers = broker.bootstrapServers();
        gateway = Gateway.start(bootstrapServers);
        operator = gateway.token("operator", "ballots:write");
        submitter = gateway.token("polling-station", "votes:submit");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldAnswerEachLineInOrderAndLetABadOneSpoilNoOther() {
        publish("lines");
        UUID chosen = UUID.randomUUID();
        List<JsonNode> answers = answers(batch(
                "lines",
                String.join(
                        "\n",
                        "{\"voter\": \"ada\", \"choices\": [\"a1\", \"b1\"]}",
                        "{\"voter\": \"bob\", \"choices\": [\"a1\"]}",
                        "no JSON",
                        "",
                        "{\"voter\": \"eve\", \"choices\": [\"a1\", \"b1\"], \"voteId\": \"" + chosen + "\"}",
                        "{\"choices\": [\"a1\", \"b1\"]}",
                        "{\"voter\": \"" + "x".repeat(20_000) + "\", \"choices\": [\"a1\", \"b1\"]}",
                        "{\"voter\": \"fay\", \"choices\": [\"b1\", \"a1\"]}")));

        assertThat(answers).extracting(answer -> answer.path("line").intValue()).containsExactly(1, 2, 3, 5, 6, 7, 8);
        assertThat(answers)
                .extracting(answer -> answer.path("status").intValue())
                .containsExactly(202, 422, 400, 202, 400, 413, 202);
        assertThat(answers.get(3).path("voteId").stringValue()).isEqualTo(chosen.toString());
        JsonNode broken = answers.get(1).path("problem");
        assertThat(broken.path("type").stringValue()).isEqualTo("urn:votelog:problem:rule-violations");
        assertThat(broken.path("violations").get(0).path("code").stringValue()).isEqualTo("TOO_FEW_PICKS");
        // The same vote sent by the voter has the same receipt.
        HttpResponse<String> own = gateway.vote(gateway.token("ada", ""), "lines", "{\"choices\": [\"b1\", \"a1\"]}");
        assertThat(Gateway.json(own).path("receipt")).isEqualTo(answers.get(0).path("receipt"));
    }

    @Test
    void shouldPromiseEachVoteWhereThatIsPreferred() {
        publish("promised");
        String line = "{\"voter\": \"ada\", \"choices\": [\"a1\", \"b1\"]}";
        JsonNode plain = answers(batch("promised", line)).get(0);
        assertThat(plain.propertyNames()).containsExactly("line", "status", "voteId", "receipt");
        JsonNode promised = answers(gateway.send(request("promised", line).header("Prefer", "return=representation")))
                .get(0);
        assertThat(promised.propertyNames())
                .containsExactly(
                        "line",
                        "status",
                        "voteId",
                        "receipt",
                        "ballotId",
                        "partition",
                        "offset",
                        "recordedAt",
                        "promise");
        assertThat(promised.at("/promise/format").stringValue()).isEqualTo("votelog-promise/2");
    }

    /** Of two spellings of one user's id at most one is accepted, and the station is told which character is wrong. */
    @Test
    void shouldLetInOneSpellingOfAVoter() {
        publish("spellings");
        List<String> voters = List.of(
                "kim",
                "kim ",
                "\u00A0kim",
                "ki\u200Bm",
                "\uFEFFkim",
                "Zo\u00EB",
                "Zoe\u0308",
                "Kim",
                "kim\uFFF9",
                "kim\u2800");
        String body = voters.stream()
                .map(voter -> Gateway.JSON.writeValueAsString(Map.of("voter", voter, "choices", List.of("a1", "b1"))))
                .collect(Collectors.joining("\n"));
        List<JsonNode> answers = answers(batch("spellings", body));
        assertThat(answers)
                .extracting(answer -> answer.path("status").intValue())
                .containsExactly(202, 400, 400, 400, 400, 202, 400, 202, 400, 400);
        assertThat(answers.get(1).path("problem").path("type").stringValue())
                .isEqualTo("urn:votelog:problem:malformed-request");
        assertThat(answers)
                .extracting(answer -> answer.path("problem").path("detail").stringValue(""))
                .satisfies(details -> {
                    assertThat(details.get(1))
                            .endsWith(
                                    "the field 'voter' has U+0020 as character 4, white space, at its end: send it without");
                    assertThat(details.get(2)).contains("has U+00A0 as character 1, white space");
                    assertThat(details.get(3)).contains("has U+200B as character 3, which nobody can see");
                    assertThat(details.get(4)).contains("has U+FEFF as character 1, which nobody can see");
                    assertThat(details.get(6)).contains("Normalization Form C", "U+0065 as character 3", "U+00EB");
                    assertThat(details.get(8)).contains("has U+FFF9 as character 4", "a format character");
                    assertThat(details.get(9)).contains("has U+2800 as character 4, white space, at its end");
                });
        Set<String> receipts = answers.stream()
                .map(answer -> answer.path("receipt").stringValue(""))
                .filter(receipt -> !receipt.isEmpty())
                .collect(Collectors.toSet());
        assertThat(receipts).hasSize(3);
    }

    /** After the end nothing is appended, so choices could be tried out against a receipt without a trace. */
    @Test
    void shouldTellAStationNoDerivedIdAfterTheEnd() {
        publish("over");
        UUID own = UUID.randomUUID();
        String lines = "{\"voter\": \"ada\", \"choices\": [\"a1\", \"b1\"]}\n"
                + "{\"voter\": \"bob\", \"choices\": [\"a1\", \"b1\"], \"voteId\": \"" + own + "\"}\n";
        List<JsonNode> before = answers(batch("over", lines));
        assertThat(before).allMatch(answer -> answer.path("status").intValue() == 202);
        assertThat(gateway.close(operator, "over").statusCode()).isEqualTo(202);

        HttpResponse<String> batch = batch("over", lines);
        List<JsonNode> after = answers(batch);
        assertThat(after).allMatch(answer -> answer.path("status").intValue() == 403);
        assertThat(after.get(0).path("problem").path("type").stringValue()).isEqualTo("urn:votelog:problem:closed");
        assertThat(after.get(1).path("receipt")).isEqualTo(before.get(1).path("receipt"));
        Receipt adas =
                Receipt.parse(before.get(0).path("receipt").stringValue()).orElseThrow();
        assertThat(batch.body())
                .doesNotContain(
                        adas.toString(), adas.voteId().toString(), adas.voter().toString());
        // The voter is told derived ids, as often as new votes would be taken; the right choices count like any others.
        String ada = gateway.token("ada", "");
        assertThat(Gateway.json(gateway.vote(ada, "over", "{\"choices\": [\"b1\", \"a1\"]}"))
                        .path("receipt")
                        .stringValue())
                .isEqualTo(adas.toString());
        Set<String> told = new HashSet<>();
        for (int a = 1; a <= 3; a++) {
            for (int b = 1; b <= 3; b++) {
                JsonNode answer = problem(
                        gateway.vote(ada, "over", "{\"choices\": [\"a%d\", \"b%d\"]}".formatted(a, b)), 403, "closed");
                if (answer.has("voteId")) {
                    told.add(answer.path("voteId").stringValue());
                }
            }
        }
        assertThat(told).hasSize(4);
        JsonNode again = problem(gateway.vote(ada, "over", "{\"choices\": [\"a1\", \"b1\"]}"), 403, "closed");
        assertThat(again.has("voteId"))
                .as("what was cast is told no more often than what was not")
                .isFalse();
    }

    @Test
    void shouldHaveInTheLogExactlyWhatItAcknowledged() {
        publish("bulk");
        int count = 20_000;
        String body = IntStream.range(0, count)
                .mapToObj(i -> "{\"voter\": \"voter-%d\", \"choices\": [\"a%d\", \"b%d\"]}\n"
                        .formatted(i, i % 3 + 1, i % 2 + 1))
                .reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
                .toString();
        List<JsonNode> answers = answers(batch("bulk", body));
        assertThat(answers)
                .hasSize(count)
                .allMatch(answer -> answer.path("status").intValue() == 202);
        List<String> acknowledged = answers.stream()
                .map(answer -> answer.path("receipt").stringValue())
                .sorted()
                .toList();
        List<String> logged = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : TopicReader.readAll(bootstrapServers, Topics.VOTES.name())) {
            if (record.key() != null) {
                VoteCast vote = decode(record);
                if (vote.getBallotId().equals("bulk")) {
                    logged.add(new Receipt(Pseudonym.of(record.key()), vote.getVoteId()).toString());
                }
            }
        }
        logged.sort(null);
        assertThat(logged).isEqualTo(acknowledged);
    }

    /** The first answer arrives before the last line is sent. */
    @Test
    void shouldAnswerWhileTheStreamGoesOn() throws Exception {
        publish("stream");
        try (Socket socket = new Socket("127.0.0.1", gateway.at("/").getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            out.write(("POST /v1/ballots/stream/votes:batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                            + submitter
                            + "\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            for (int i = 1; i <= 3; i++) {
                String line = "{\"voter\": \"s%d\", \"choices\": [\"a1\", \"b1\"]}\n".formatted(i);
                out.write("%x\r\n%s\r\n".formatted(line.length(), line).getBytes(StandardCharsets.UTF_8));
                out.flush();
                String read = in.readLine();
                while (!read.startsWith("{")) {
                    read = in.readLine();
                }
                JsonNode answer = Gateway.JSON.readTree(read);
                assertThat(answer.path("line").intValue()).isEqualTo(i);
                assertThat(answer.path("status").intValue()).isEqualTo(202);
            }
            out.write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            String read = in.readLine();
            while (!read.equals("0")) {
                assertThat(read).isEmpty();
                read = in.readLine();
            }
        }
    }

    @Test
    void shouldRefuseABatchAsAWhole() throws Exception {
        publish("refusals");
        String line = "{\"voter\": \"ada\", \"choices\": [\"a1\", \"b1\"]}\n";
        problem(
                gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/refusals/votes:batch"))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(BodyPublishers.ofString(line))),
                401,
                "unauthorized");
        HttpResponse<String> forbidden =
                gateway.send(request("refusals", line).setHeader("Authorization", "Bearer " + operator));
        problem(forbidden, 403, "forbidden");
        assertThat(forbidden.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).contains("scope=\"votes:submit\""));
        problem(gateway.send(request("no-such-ballot", line)), 404, "unknown-ballot");
        problem(
                gateway.send(request("refusals", line).setHeader("Content-Type", "application/json")),
                415,
                "unsupported-media-type");
        HttpResponse<String> got = gateway.get("/v1/ballots/refusals/votes:batch");
        problem(got, 405, "method-not-allowed");
        assertThat(got.headers().firstValue("Allow")).hasValue("POST");
        assertThat(answers(batch("refusals", ""))).isEmpty();
    }

    @Test
    void shouldRunSeveralBatchesSideBySide() throws Exception {
        publish("several");
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int b = 0; b < 8; b++) {
            int batch = b;
            sent.add(gateway.sendAsync(
                    request("several", lines(2_000, i -> "{\"voter\": \"v-%d-%d\", \"choices\": [\"a1\", \"b1\"]}"
                            .formatted(batch, i)))));
        }
        for (CompletableFuture<HttpResponse<String>> future : sent) {
            assertThat(answers(future.get(30, TimeUnit.SECONDS)))
                    .hasSize(2_000)
                    .allMatch(answer -> answer.path("status").intValue() == 202);
        }
    }

    @Test
    void shouldWaitForRoomAndLeaveSomeToSingleVotes(KafkaBroker broker) throws Exception {
        try (Gateway narrow = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.max-votes-under-way=40",
                "--votelog.limits.user.rate=0",
                "--votelog.limits.votes.every=0")) {
            narrow.publishOpen("narrow");
            String voter = narrow.token("alice", "");
            List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
            for (int b = 0; b < 4; b++) {
                int batch = b;
                sent.add(narrow.sendAsync(request(
                        narrow, "narrow", lines(5_000, i -> "{\"voter\": \"v-%d-%d\", \"choices\": [\"a1\", \"b1\"]}"
                                .formatted(batch, i)))));
            }
            int single = 0;
            do {
                assertThat(narrow.vote(voter, "narrow", "{\"choices\": [\"a1\", \"b1\"]}")
                                .statusCode())
                        .isEqualTo(202);
                single++;
            } while (!sent.stream().allMatch(CompletableFuture::isDone));
            assertThat(single).as("votes beside the batches").isGreaterThan(10);
            for (CompletableFuture<HttpResponse<String>> future : sent) {
                assertThat(answers(future.get(30, TimeUnit.SECONDS)))
                        .hasSize(5_000)
                        .allMatch(answer -> answer.path("status").intValue() == 202);
            }
        }
    }

    private static String lines(int count, IntFunction<String> line) {
        return IntStream.range(0, count).mapToObj(i -> line.apply(i) + "\n").collect(Collectors.joining());
    }

    private static HttpRequest.Builder request(String ballotId, String body) {
        return request(gateway, ballotId, body);
    }

    private static HttpRequest.Builder request(Gateway gateway, String ballotId, String body) {
        return HttpRequest.newBuilder(gateway.at("/v1/ballots/" + ballotId + "/votes:batch"))
                .header("Authorization", "Bearer " + submitter)
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> batch(String ballotId, String body) {
        return gateway.send(request(ballotId, body));
    }

    private static List<JsonNode> answers(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        return answer.body().lines().map(Gateway.JSON::readTree).toList();
    }

    private static VoteCast decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Events.decode(record.value(), VoteCast.class);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void publish(String ballotId) {
        HttpResponse<String> published = gateway.put(operator, ballotId, openBallot(ballotId, "A ballot"));
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
    }
}
