// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.RawRequest.CHOICES;
import static io.votelog.producer.RawRequest.chunk;
import static io.votelog.producer.RawRequest.line;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.util.internal.PlatformDependent;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.RawHttp.Answer;
import io.votelog.web.connections.ConnectionLimit;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Input that no honest client sends is answered or ends the connection; it keeps nobody else from voting, and leaves nothing in
 * the log.
 */
@WithKafka(freshTopics = true)
class HostileInputIT {
    private static final String BALLOT = "hard";
    private static final String PAGE = "https://page.example";
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

    /** The headers of every answer on the votes' routes, with the same values as on Spring's routes. */
    private static final List<String> SAFETY =
            List.of("x-content-type-options", "x-frame-options", "referrer-policy", "content-security-policy");

    private static final Acknowledged ACKNOWLEDGED = new Acknowledged();

    private static String bootstrapServers;
    private static Gateway gateway;
    private static String voter;
    private static String submitter;

    @BeforeAll
    static void start(KafkaBroker broker) {
        bootstrapServers = broker.bootstrapServers();
        gateway = Gateway.start(
                bootstrapServers,
                "--votelog.limits.user.rate=0",
                "--votelog.limits.votes.every=0",
                "--votelog.limits.address.rate=0",
                "--votelog.limits.address.connections=0",
                "--votelog.request-timeout=" + REQUEST_TIMEOUT.toMillis() + "ms",
                "--votelog.cors.allowed-origins=" + PAGE);
        gateway.publishOpen(BALLOT);
        voter = gateway.token("alice", "");
        submitter = gateway.token("system", "votes:submit");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** After each test an honest vote is taken, and the log has what was acknowledged and nothing else. */
    @AfterEach
    void shouldServeHonestVotersAndHoldWhatItAcknowledged() {
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(vote().bytes());
            assertThat(seen(http.answer()).status()).isEqualTo(202);
        }
        ACKNOWLEDGED.assertEqualToTheLog(bootstrapServers, BALLOT);
    }

    @Test
    void shouldRefuseHeadsThatAProxyMayReadOtherwise() {
        Map<String, RawRequest> shapes = new LinkedHashMap<>();
        shapes.put("length and encoding", vote().framing("Content-Length: 4").chunked());
        shapes.put("encoding and length", vote().chunked().header("Content-Length: 4"));
        shapes.put("encoding twice", vote().chunked().header("Transfer-Encoding: chunked"));
        for (String encoding : List.of(
                "chunked, identity",
                "identity",
                "xchunked",
                "chunked, chunked",
                "gzip, chunked",
                "\"chunked\"",
                "\u000bchunked",
                "chunked;q=1",
                "chunked\u0000",
                ",chunked",
                "chunked,",
                "")) {
            shapes.put(
                    "encoding " + encoding,
                    vote().chunked().without("Transfer-Encoding").header("Transfer-Encoding: " + encoding));
        }
        for (String name : List.of(
                "Transfer-Encoding :",
                "Transfer-Encoding\t:",
                "Transfer\tEncoding:",
                "Transfer-Encoding\u0000:",
                "X: y\nTransfer-Encoding:",
                "X: y\rTransfer-Encoding:",
                "\u0000Transfer-Encoding:",
                "Content-Length :",
                "X y:",
                ":",
                "X: a\u0000b\r\nY:",
                "no colon\r\nX:")) {
            shapes.put("header " + name, vote().header(name + " chunked"));
        }
        shapes.put("encoding in HTTP/1.0", vote().chunked().version("HTTP/1.0"));
        for (String length : List.of(
                "-1",
                "+3",
                "0x10",
                "25, 25",
                "25,26",
                "25\r\nContent-Length: 25",
                "25\r\nContent-Length: 26",
                "ten",
                "",
                "99999999999999999999")) {
            shapes.put("length " + length, vote().framing("Content-Length: " + length));
        }
        for (String version : List.of(
                "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/1.11", "HTTP/1.1 x", "HTTP /1.1", "HTTP/11", "ICY/1.1", "")) {
            shapes.put("version " + version, vote().version(version));
        }
        shapes.put("no host", vote().without("Host"));
        for (String host : List.of(
                "a\r\nHost: b",
                "",
                "a b",
                "a/b",
                "user@a",
                "a:99999",
                "a:x",
                "a:-1",
                "[::1",
                "[::1]x",
                "[zz]",
                "[]",
                "[1:2]",
                "[1.2.3.4]",
                "a,b",
                "::::",
                ":80",
                "a\u007f",
                "\u00ff",
                "a".repeat(300))) {
            shapes.put("host " + host, vote().without("Host").header("Host: " + host));
        }
        for (String target : List.of(
                "v1/ballots/hard/votes",
                "/v1/ballots/hard\u0000/votes",
                "/v1/ballots/hard/votes#f",
                "\\v1\\ballots",
                "http:///v1/ballots/hard/votes",
                "http://[zz]/v1/ballots/hard/votes",
                "/v1/ballots/[hard]/votes",
                "/a[b",
                "host:1",
                "?",
                "/%",
                "/%zz",
                "/v1/ballots/\u00ff/votes")) {
            shapes.put("target " + target, vote().target(target));
        }
        shapes.put("NUL in the method", vote().method("PO\u0000ST"));
        shapes.put("token twice", vote().header("Authorization: Bearer " + submitter));
        shapes.put("type twice", vote().header("Content-Type: text/plain"));
        shapes.put("line feeds", vote().body(new String(vote().bytes(), ISO_8859_1).replace("\r\n", "\n")));
        SoftAssertions softly = new SoftAssertions();
        shapes.forEach((name, request) -> {
            byte[] bytes = name.equals("line feeds") ? after(request.bytes(), "\r\n\r\n") : request.bytes();
            List<Answer> answers = lastAnswers(bytes);
            softly.assertThat(answers.stream().map(Answer::summary)).as(name).containsExactly("400 malformed-request");
            for (Answer answer : answers) {
                softly.assertThat(answer.header("Connection")).as(name).hasValue("close");
                softly.assertThat(answer.headers()).as(name).containsKeys(SAFETY.toArray(String[]::new));
            }
        });
        softly.assertAll();
    }

    @Test
    void shouldRefuseWhatIsNoHttp() {
        assertThat(summaries(
                        lastAnswers("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\u0012\u0004\0\0\0\0\0".getBytes(ISO_8859_1))))
                .containsExactly("400 malformed-request");
        byte[] hello = new byte[517];
        System.arraycopy(HexFormat.of().parseHex("16030102000100"), 0, hello, 0, 7);
        hello[100] = '\r';
        hello[101] = '\n';
        assertThat(summaries(lastAnswers(hello))).containsExactly("400 malformed-request");
    }

    @Test
    void shouldTakeWhatIsUnusualAndLawful() {
        Map<String, RawRequest> shapes = new LinkedHashMap<>();
        shapes.put(
                "encoding in capitals",
                vote().chunked().without("Transfer-Encoding").header("transfer-ENCODING: CHUNKED"));
        shapes.put("white space about the length", vote().framing("Content-Length:\t 25 "));
        shapes.put("a chunk's extension", vote().chunked("19;a=b\r\n" + CHOICES + "\r\n0\r\n\r\n"));
        shapes.put(
                "trailers", vote().chunked(chunk(CHOICES.getBytes(UTF_8)) + "0\r\nContent-Length: 5\r\nX: y\r\n\r\n"));
        shapes.put(
                "small chunks",
                vote().chunked(CHOICES.chars()
                                .mapToObj(c -> "1\r\n" + (char) c + "\r\n")
                                .reduce("", String::concat)
                        + "0\r\n\r\n"));
        shapes.put("absolute form", vote().target("http://vote.example/v1/ballots/hard/votes"));
        shapes.put("an address as host", vote().without("Host").header("Host: [::1]:8080"));
        shapes.put("a folded header", vote().header("X: y\r\n z"));
        shapes.put("an expectation that is not known", vote().header("Expect: the-unexpected"));
        shapes.forEach((name, request) -> {
            try (RawHttp http = RawHttp.to(gateway.at("/"))) {
                http.send("\r\n");
                http.send(request.bytes());
                assertThat(seen(http.answer()).summary()).as(name).isEqualTo("202");
                // The connection can still be used.
                http.send(vote().bytes());
                assertThat(seen(http.answer()).summary()).as(name).isEqualTo("202");
            }
        });
        List<Answer> old =
                lastAnswers(vote().version("HTTP/1.0").without("Host").bytes());
        assertThat(summaries(old)).containsExactly("202");
    }

    @Test
    void shouldRefuseBodiesThatAreFramedWrongly() {
        String data = chunk(CHOICES.getBytes(UTF_8));
        Map<String, String> shapes = new LinkedHashMap<>();
        shapes.put("no number", "zz\r\n" + CHOICES + "\r\n0\r\n\r\n");
        shapes.put("with 0x", "0x19\r\n" + CHOICES + "\r\n0\r\n\r\n");
        shapes.put("negative", "-19\r\n" + CHOICES);
        shapes.put("too large a number", "ffffffffffffffff1\r\n" + CHOICES);
        shapes.put("empty", "\r\n" + CHOICES);
        shapes.put("longer than it says", "10\r\n" + CHOICES + "\r\n0\r\n\r\n");
        shapes.put("huge extension", "19;" + "e".repeat(5_000) + "\r\n" + CHOICES + "\r\n0\r\n\r\n");
        shapes.put("line feed after an extension", "19;a\n" + CHOICES + "\r\n0\r\n\r\n");
        shapes.put("line feeds", data.replace("\r\n", "\n") + "0\n\n");
        shapes.put("space before", " 19\r\n" + CHOICES + "\r\n0\r\n\r\n");
        shapes.put("huge trailer", data + "0\r\nX: " + "y".repeat(9_000) + "\r\n\r\n");
        shapes.put("many trailers", data + "0\r\n" + "X: y\r\n".repeat(3_000) + "\r\n");
        shapes.put("trailer without colon", data + "0\r\nno colon\r\n\r\n");
        SoftAssertions softly = new SoftAssertions();
        shapes.forEach((name, chunks) -> {
            List<Answer> answers = lastAnswers(vote().chunked(chunks).bytes());
            softly.assertThat(summaries(answers)).as(name).containsExactly("400 malformed-request");
            for (Answer answer : answers) {
                softly.assertThat(answer.header("Connection")).as(name).hasValue("close");
            }
        });
        softly.assertAll();
        // Where the body does not matter the answer comes all the same, and is the connection's last.
        assertThat(summaries(lastAnswers(
                        RawRequest.get("/v1/ballots").chunked("zz\r\n").bytes())))
                .containsExactly("200");
        // With a length below the body's, the rest of the body is read as a request, which it is not.
        assertThat(summaries(lastAnswers(vote().framing("Content-Length: 24").bytes())))
                .containsExactly("400 malformed-request", "400 malformed-request");
    }

    @Test
    void shouldAnswerEarlierRequestsFirst() {
        for (byte[] wrong : List.of(
                vote().without("Host").bytes(),
                vote().header("no colon").bytes(),
                "GET\r\n\r\n".getBytes(ISO_8859_1))) {
            assertThat(summaries(lastAnswers(joined(vote().bytes(), vote().bytes(), wrong))))
                    .containsExactly("202", "202", "400 malformed-request");
        }
        assertThat(summaries(lastAnswers(joined(
                        vote().bytes(), vote().bytes(), vote().chunked("zz\r\n").bytes()))))
                .containsExactly("202", "202", "400 malformed-request");
    }

    @Test
    void shouldRefuseHeadsThatAreTooLong() {
        assertThat(lastAnswer("POST /" + "a".repeat(3_000_000))).isEqualTo("414 uri-too-long");
        assertThat(lastAnswer("\r\n".repeat(1_000_000))).isEqualTo("414 uri-too-long");
        assertThat(lastAnswer("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(3_000_000)))
                .isEqualTo("431 headers-too-large");
        assertThat(lastAnswer("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(500_000)))
                .isEqualTo("431 headers-too-large");
        assertThat(lastAnswer("A".repeat(3_000_000))).isEqualTo("414 uri-too-long");
    }

    @Test
    void shouldGiveSlowSendersTheirTimeAndNoMore() {
        // A head that comes a byte at a time gets no answer.
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            byte[] bytes = vote().bytes();
            int[] sent = {0};
            await().atMost(REQUEST_TIMEOUT.plusSeconds(20))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !http.send(new byte[] {bytes[Math.min(sent[0]++, 60)]}));
            assertThat(http.untilClosed()).isEmpty();
        }
        // A body that stops coming in is answered so; a client that had asked (100-continue) is, too.
        byte[] whole = vote().bytes();
        for (byte[] half : List.of(
                Arrays.copyOf(whole, whole.length - 5),
                vote().chunked(chunk(CHOICES.getBytes(UTF_8))).bytes(),
                vote().chunked("19\r\n").bytes(),
                vote().body("").framing("Content-Length: 25").bytes())) {
            try (RawHttp http = RawHttp.to(gateway.at("/"))) {
                http.send(half);
                Answer answer = seen(http.answer());
                assertThat(answer.summary()).isEqualTo("408 request-timeout");
                assertThat(answer.header("Connection")).hasValue("close");
                assertThat(http.next()).isEmpty();
            }
        }
        // A body that comes byte by byte may take three times the allowed pause.
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(vote().body("").framing("Content-Length: 10000").bytes());
            CompletableFuture<List<Answer>> answers = CompletableFuture.supplyAsync(http::untilClosed);
            await().atMost(REQUEST_TIMEOUT.multipliedBy(3).plusSeconds(20))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !http.send("x"));
            assertThat(summaries(answers.join())).containsExactly("408 request-timeout");
        }
    }

    @Test
    void shouldServeOthersWhileAThousandSocketsAreSlow() {
        List<RawHttp> slow = new ArrayList<>();
        try {
            byte[] head = vote().body("").framing("Content-Length: 25").bytes();
            for (int i = 0; i < 1_000; i++) {
                RawHttp http = RawHttp.to(gateway.at("/"));
                slow.add(http);
                http.send(i % 2 == 0 ? Arrays.copyOf(head, 40) : head);
            }
            List<CompletableFuture<HttpResponse<String>>> votes = IntStream.range(0, 100)
                    .mapToObj(i -> gateway.sendAsync(gateway.voteRequest(
                            voter,
                            BALLOT,
                            CHOICES,
                            "Idempotency-Key",
                            UUID.randomUUID().toString())))
                    .toList();
            for (CompletableFuture<HttpResponse<String>> vote : votes) {
                HttpResponse<String> answer =
                        vote.orTimeout(20, TimeUnit.SECONDS).join();
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
                ACKNOWLEDGED.note(new Answer(202, Map.of(), answer.body().getBytes(UTF_8)));
            }
            for (int i = 0; i < slow.size(); i++) {
                assertThat(summaries(slow.get(i).untilClosed()))
                        .containsExactlyElementsOf(i % 2 == 0 ? List.of() : List.of("408 request-timeout"));
            }
        } finally {
            slow.forEach(RawHttp::close);
        }
    }

    @Test
    void shouldCloseConnectionsBeyondTheMostAtOnce() {
        List<RawHttp> all = new ArrayList<>();
        try (Gateway small = Gateway.start(bootstrapServers, "--votelog.max-connections=20")) {
            for (int i = 0; i < 50; i++) {
                all.add(RawHttp.to(small.at("/")));
            }
            long served = all.stream()
                    .filter(http -> http.send(RawRequest.get("/v1/ballots").bytes())
                            && http.next().map(answer -> answer.status() == 200).orElse(false))
                    .count();
            assertThat(served).isEqualTo(20);
            assertThat(small.part(ConnectionLimit.class).open()).isEqualTo(20);
            HttpResponse<String> health =
                    small.send(HttpRequest.newBuilder(small.management("/actuator/health/readiness")));
            assertThat(health.statusCode()).as("the operator still gets in").isEqualTo(200);

            all.forEach(RawHttp::close);
            await().untilAsserted(() ->
                    assertThat(small.part(ConnectionLimit.class).open()).isZero());
            assertThat(small.get("/v1/ballots").statusCode()).isEqualTo(200);
        } finally {
            all.forEach(RawHttp::close);
        }
    }

    @Test
    void shouldRefuseEndlessBodiesAtOnceAndEndTheirConnections() {
        long before = used();
        List<RawHttp> senders = new ArrayList<>();
        try {
            byte[] chunk = chunk("x".repeat(16_000).getBytes(UTF_8)).getBytes(ISO_8859_1);
            for (int i = 0; i < 20; i++) {
                RawHttp http = RawHttp.to(gateway.at("/"));
                senders.add(http);
                http.send(
                        i % 2 == 0
                                ? vote().chunked("").bytes()
                                : vote().body("x")
                                        .framing("Content-Length: 1000000000")
                                        .bytes());
                http.send(chunk);
                http.send(chunk);
                assertThat(seen(http.answer()).summary()).isEqualTo("413 too-large");
            }
            // These clients go on sending, are not read, and are cut off in the end.
            await().atMost(REQUEST_TIMEOUT.multipliedBy(3).plusSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .until(() -> {
                        boolean open = false;
                        for (RawHttp http : senders) {
                            open |= http.send(chunk);
                        }
                        return !open;
                    });
        } finally {
            senders.forEach(RawHttp::close);
        }
        assertHoldsLittleMoreThan(before);
    }

    @Test
    void shouldAskForTheBodyOnlyWhenItWants() {
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(vote().body("")
                    .framing("Content-Length: 25")
                    .header("Expect: 100-continue")
                    .bytes());
            assertThat(http.answer().status()).isEqualTo(100);
            http.send(CHOICES);
            assertThat(seen(http.answer()).summary()).isEqualTo("202");
        }
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(RawRequest.batch(BALLOT, submitter, "")
                    .framing("Content-Length: 1000")
                    .header("Expect: 100-continue")
                    .bytes());
            assertThat(http.answer().status()).isEqualTo(100);
        }
        RawRequest refused =
                RawRequest.vote(BALLOT, "no-token", UUID.randomUUID()).header("Expect: 100-continue");
        assertThat(summaries(lastAnswers(
                        refused.body("").framing("Content-Length: 25").bytes())))
                .containsExactly("401 unauthorized");
        // The timeout also runs after the interim answer.
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(vote().body("")
                    .framing("Content-Length: 25")
                    .header("Expect: 100-continue")
                    .bytes());
            assertThat(summaries(http.untilClosed())).containsExactly("100", "408 request-timeout");
        }
    }

    @Test
    void shouldAnswerPipelinedVotesInOrder() {
        List<UUID> ids =
                IntStream.range(0, 300).mapToObj(i -> UUID.randomUUID()).toList();
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            byte[] all = joined(ids.stream()
                    .map(id -> RawRequest.vote(BALLOT, voter, id).bytes())
                    .toArray(byte[][]::new));
            CompletableFuture.runAsync(() -> http.send(all));
            for (UUID id : ids) {
                Answer answer = seen(http.answer());
                assertThat(answer.summary()).isEqualTo("202");
                assertThat(answer.json().path("voteId").stringValue()).isEqualTo(id.toString());
            }
        }
    }

    @Test
    void shouldLoseNoAnswerToWhoSendsMuchAheadAndCutOffWhoTakesNone() {
        byte[] reading = RawRequest.get("/openapi.yaml").bytes();
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            byte[][] many = new byte[500][];
            Arrays.fill(many, RawRequest.get("/v1/ballots").bytes());
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                http.send(joined(many));
                http.end();
            });
            // If one read brings more requests than may wait, the first one too many is answered so.
            List<String> answers = new ArrayList<>(summaries(http.untilClosed()));
            String last = answers.remove(answers.size() - 1);
            assertThat(answers).containsOnly("200");
            assertThat(last).isEqualTo(answers.size() + 1 == many.length ? "200" : "429 too-many-requests");
            sent.join();
        }
        // The gateway reads no more, and closes the connection when nothing is taken for a time.
        try (Gateway impatient =
                        Gateway.start(bootstrapServers, "--votelog.idle-timeout=2s", "--votelog.request-timeout=2s");
                RawHttp http = RawHttp.to(impatient.at("/"))) {
            await().atMost(Duration.ofSeconds(60))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> !http.send(reading));
        }
    }

    @Test
    void shouldRefuseBodiesThatAreNoVote() {
        Map<String, byte[]> shapes = new LinkedHashMap<>();
        Map.of(
                        "overlong", "c0af",
                        "overlong in three", "e080af",
                        "surrogate", "eda080",
                        "truncated", "e282",
                        "five bytes", "f888808080",
                        "beyond the last", "f4908080",
                        "continuation", "80",
                        "ff", "ff")
                .forEach((name, hex) -> {
                    shapes.put(
                            name,
                            joined(
                                    "{\"choices\": [\"".getBytes(UTF_8),
                                    HexFormat.of().parseHex(hex),
                                    "\"]}".getBytes(UTF_8)));
                    shapes.put(
                            name + " in a name",
                            joined("{\"".getBytes(UTF_8), HexFormat.of().parseHex(hex), "\": []}".getBytes(UTF_8)));
                });
        shapes.put("UTF-16", CHOICES.getBytes(StandardCharsets.UTF_16));
        shapes.put("UTF-16LE", CHOICES.getBytes(StandardCharsets.UTF_16LE));
        shapes.put("UTF-32", CHOICES.getBytes(Charset.forName("UTF-32")));
        for (String text : List.of(
                "",
                " ",
                "\0",
                "null",
                "[".repeat(10_000),
                "{\"choices\": " + "[".repeat(10_000),
                "{\"choices\":".repeat(1_000),
                "{\"choices\": [\"a1\"], \"choices\": [\"b1\"]}",
                "{\"choices\": [\"a1\", \"b1\"], \"admin\": true}",
                "{\"choices\": [\"a1\", \"b1\"], \"\\u0063hoices\": []}",
                "{\"choices\": [" + "9".repeat(10_000) + "]}",
                "{\"choices\": [1e999999999]}",
                "{\"choices\": [NaN]}",
                "{\"choices\": [\"a1\", \"b1\",]}",
                "{\"choices\": [\"a1\" \"b1\"]}",
                "{'choices': ['a1', 'b1']}",
                "{choices: [\"a1\", \"b1\"]}",
                "{\"choices\": [\"a1\n\", \"b1\"]}",
                "{\"choices\": [\"a1\0\", \"b1\"]}",
                "{\"choices\": [\"a1\", \"b1\"]} // no",
                "/* no */ {\"choices\": [\"a1\", \"b1\"]}",
                "{\"choices\": [\"a1\", \"b1\"]}{\"choices\": [\"a1\", \"b1\"]}",
                "{\"choices\": [\"\\u12\", \"b1\"]}",
                "{\"choices\": [\"\\x61\", \"b1\"]}")) {
            shapes.put(text, text.getBytes(UTF_8));
        }
        SoftAssertions softly = new SoftAssertions();
        shapes.forEach((name, body) -> {
            String shape = name.substring(0, Math.min(60, name.length()));
            softly.assertThat(answerTo(vote().body(body)).summary()).as(shape).isEqualTo("400 malformed-request");
        });
        for (String option :
                List.of("\\ud800", "\\udc00\\ud800", "a1\\u0000", "\\u0000", "a\u0301", "\uFEFFa1", "A1", " a1", "")) {
            Answer answer = answerTo(vote().body("{\"choices\": [\"" + option + "\", \"b1\"]}"));
            softly.assertThat(answer.status()).as(option).isIn(400, 422);
            softly.assertThat(answer.json().path("detail").stringValue())
                    .as(option)
                    .isNotBlank();
        }
        softly.assertAll();
        String padded = CHOICES + " ".repeat(16 * 1024 - CHOICES.length());
        assertThat(answerTo(vote().body(padded)).summary()).isEqualTo("202");
        assertThat(answerTo(vote().body(padded).chunked()).summary()).isEqualTo("202");
        assertThat(answerTo(vote().body(padded + " ")).summary()).isEqualTo("413 too-large");
        assertThat(answerTo(vote().body(padded + " ").chunked()).summary()).isEqualTo("413 too-large");
    }

    @Test
    void shouldRefuseWrongMethodsAndTypes() {
        for (String route : List.of("votes", "votes:batch")) {
            for (String method :
                    List.of("GET", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "OPTIONS", "post", "NEW")) {
                Answer answer = answerTo(vote().method(method).target("/v1/ballots/hard/" + route));
                assertThat(answer.summary()).as(method).isEqualTo("405 method-not-allowed");
                assertThat(answer.header("Allow")).as(method).hasValue("POST");
            }
            try (RawHttp http = RawHttp.to(gateway.at("/"))) {
                http.send(vote().method("HEAD")
                        .target("/v1/ballots/hard/" + route)
                        .bytes());
                assertThat(http.bodiless().status()).isEqualTo(405);
                http.send(RawRequest.get("/v1/ballots").bytes());
                assertThat(http.answer().status()).isEqualTo(200);
            }
        }
        for (String type :
                List.of("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", "json")) {
            Answer answer = answerTo(vote().without("Content-Type").header("Content-Type: " + type));
            assertThat(answer.summary()).as(type).isEqualTo("415 unsupported-media-type");
        }
        assertThat(answerTo(vote().without("Content-Type")).summary()).isEqualTo("415 unsupported-media-type");
        assertThat(answerTo(vote().without("Content-Type").header("Content-Type: Application/JSON;charset=UTF-8"))
                        .summary())
                .isEqualTo("202");
        for (String coding : List.of("gzip", "deflate", "br", "gzip, identity")) {
            assertThat(answerTo(vote().header("Content-Encoding: " + coding)).summary())
                    .isEqualTo("415 unsupported-media-type");
            assertThat(answerTo(RawRequest.batch(BALLOT, submitter, line("v", UUID.randomUUID()))
                                    .header("Content-Encoding: " + coding))
                            .summary())
                    .isEqualTo("415 unsupported-media-type");
        }
        assertThat(answerTo(vote().header("Content-Encoding: identity")).summary())
                .isEqualTo("202");
        assertThat(answerTo(RawRequest.batch(BALLOT, submitter, line("v", UUID.randomUUID()))
                                .without("Content-Type")
                                .header("Content-Type: application/json"))
                        .summary())
                .isEqualTo("415 unsupported-media-type");
        Map<String, String> targets = new LinkedHashMap<>();
        targets.put("//v1/ballots/hard/votes", "400 malformed-request");
        targets.put("/v1//ballots/hard/votes", "400 malformed-request");
        targets.put("/v1/ballots/hard%2fvotes", "400 malformed-request");
        targets.put("/v1/ballots/%2e%2e/hard/votes", "400 malformed-request");
        targets.put("/v1/ballots/../ballots/hard/votes", "400 malformed-request");
        targets.put("/v1/ballots/hard/votes;a=b", "400 malformed-request");
        targets.put("/v1/ballots//votes", "400 malformed-request");
        targets.put("/v1/ballots/hard;a=b/votes", "404 unknown-ballot");
        targets.put("/v1/ballots/%68ard/votes", "404 unknown-ballot");
        targets.put("/v1/ballots/HARD/votes", "404 unknown-ballot");
        targets.put("/v1/ballots/../votes", "404 unknown-ballot");
        targets.put("/v1/ballots/" + "a".repeat(3_000) + "/votes", "404 unknown-ballot");
        targets.put("/v1/ballots/hard/votes/", "404 not-found");
        targets.put("/v1/ballots/hard/votes%3abatch", "404 not-found");
        targets.put("/v1/ballots/hard/votes:other", "404 not-found");
        targets.put("*", "404 not-found");
        targets.forEach((target, expected) ->
                assertThat(answerTo(vote().target(target)).summary()).as(target).isEqualTo(expected));
    }

    @Test
    void shouldSayWhatIsMissingToBeAllowed() {
        Answer none = answerTo(vote().without("Authorization"));
        assertThat(none.summary()).isEqualTo("401 unauthorized");
        assertThat(none.header("WWW-Authenticate")).hasValue("Bearer realm=\"votelog\"");
        assertThat(none.json().path("detail").stringValue()).contains("Authorization: Bearer");
        Answer basic = answerTo(vote().without("Authorization").header("Authorization: Basic YTpi"));
        assertThat(basic.summary()).isEqualTo("401 unauthorized");
        assertThat(basic.header("WWW-Authenticate").orElseThrow()).startsWith("Bearer");
        for (String token :
                List.of("", "x", "x.y.z", voter + "x", "\u00e9", voter.substring(0, voter.lastIndexOf('.') + 1))) {
            Answer bad = answerTo(vote().without("Authorization").header("Authorization: Bearer " + token));
            assertThat(bad.summary()).as(token).isEqualTo("401 unauthorized");
            assertThat(bad.header("WWW-Authenticate").orElseThrow()).as(token).startsWith("Bearer");
        }
        Answer unscoped = answerTo(RawRequest.batch(BALLOT, voter, line("v", UUID.randomUUID())));
        assertThat(unscoped.summary()).isEqualTo("403 forbidden");
        assertThat(unscoped.header("WWW-Authenticate").orElseThrow())
                .contains("error=\"insufficient_scope\"", "scope=\"votes:submit\"");
        assertThat(unscoped.json().path("scope").stringValue()).isEqualTo("votes:submit");
        assertThat(unscoped.json().path("detail").stringValue()).contains("votes:submit");
    }

    @Test
    void shouldKeepBrowsersSafeAndLetAllowedPagesRead() {
        HttpResponse<String> spring = gateway.get("/v1/ballots/none");
        List<Answer> answers = List.of(
                answerTo(vote()),
                answerTo(vote().body("{}")),
                answerTo(vote().without("Authorization")),
                answerTo(vote().method("GET")),
                answerTo(RawRequest.batch(BALLOT, submitter, line("v", UUID.randomUUID()))),
                answerTo(RawRequest.batch(BALLOT, voter, "")),
                lastAnswers(vote().without("Host").bytes()).get(0));
        for (Answer answer : answers) {
            for (String name : SAFETY) {
                assertThat(answer.header(name))
                        .as(name)
                        .isEqualTo(spring.headers().firstValue(name));
            }
            assertThat(answer.header("Cache-Control")).hasValue("no-store");
        }
        for (RawRequest request : List.of(vote(), vote().body("{}"), RawRequest.batch(BALLOT, submitter, ""))) {
            Answer allowed = answerTo(request.header("Origin: " + PAGE));
            assertThat(allowed.header("Access-Control-Allow-Origin")).hasValue(PAGE);
            assertThat(allowed.header("Access-Control-Expose-Headers").orElseThrow())
                    .contains("Location", "Retry-After", "ETag");
            assertThat(allowed.header("Vary").orElseThrow()).containsIgnoringCase("Origin");
        }
        for (String origin :
                List.of("https://evil.example", "null", PAGE + ".evil.example", "https://page.example:444")) {
            Answer other = answerTo(vote().header("Origin: " + origin));
            assertThat(other.summary()).as(origin).isEqualTo("403 origin-not-allowed");
            assertThat(other.header("Access-Control-Allow-Origin")).as(origin).isEmpty();
        }
        for (String route : List.of("votes", "votes:batch")) {
            HttpResponse<String> preflight = preflight(route, PAGE);
            assertThat(preflight.statusCode()).isEqualTo(200);
            assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                    .hasValue(PAGE);
            assertThat(preflight
                            .headers()
                            .firstValue("Access-Control-Allow-Methods")
                            .orElseThrow())
                    .contains("POST");
            assertThat(preflight
                            .headers()
                            .firstValue("Access-Control-Allow-Headers")
                            .orElseThrow())
                    .containsIgnoringCase("Authorization")
                    .containsIgnoringCase("Idempotency-Key");
            HttpResponse<String> other = preflight(route, "https://evil.example");
            assertThat(other.statusCode()).isEqualTo(403);
            assertThat(other.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    @Test
    void shouldAnswerEachLineOfABatchAtItsPlace() {
        List<UUID> ids = IntStream.range(0, 4).mapToObj(i -> UUID.randomUUID()).toList();
        String lines = String.join(
                "\n",
                line("v0", ids.get(0)),
                "garbage",
                "",
                " \t\r",
                line("v1", ids.get(1)) + "\r",
                "x".repeat(16 * 1024 + 1),
                "{\"voter\": \"v\", \"choices\": [\"\\ud800\"]}",
                "[".repeat(10_000),
                "{\"voter\": \"v\", \"choices\": [\"zz\", \"zz\"]}",
                "{\"voter\": \"\\udead\", \"choices\": [\"a1\", \"b1\"]}",
                line("v2", ids.get(2)),
                "\0",
                line("v3", ids.get(3)));
        Answer answer = answerTo(RawRequest.batch(BALLOT, submitter, lines));
        assertThat(answer.summary()).isEqualTo("200");
        List<JsonNode> told = answer.text().lines().map(Gateway.JSON::readTree).toList();
        assertThat(told.stream()
                        .map(line -> line.path("line").intValue() + " "
                                + line.path("status").intValue()))
                .containsExactly(
                        "1 202", "2 400", "5 202", "6 413", "7 422", "8 400", "9 422", "10 400", "11 202", "12 400",
                        "13 202");
        assertThat(told.stream()
                        .filter(line -> line.path("status").intValue() == 202)
                        .map(line -> line.path("voteId").stringValue()))
                .containsExactlyElementsOf(ids.stream().map(UUID::toString).toList());
        assertThat(told.get(1).path("problem").path("type").stringValue())
                .isEqualTo("urn:votelog:problem:malformed-request");
        assertThat(answerTo(RawRequest.batch(BALLOT, submitter, "")).body()).isEmpty();
        assertThat(answerTo(RawRequest.batch(BALLOT, submitter, "\n\r\n\n")).body())
                .isEmpty();
    }

    @Test
    void shouldTakeABatchByteByByte() {
        List<UUID> ids = IntStream.range(0, 20).mapToObj(i -> UUID.randomUUID()).toList();
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(RawRequest.batch(BALLOT, submitter, "").chunked("").bytes());
            for (int i = 0; i < ids.size(); i++) {
                for (byte b : line("v" + i, ids.get(i)).getBytes(UTF_8)) {
                    http.send(chunk(new byte[] {b}));
                }
                http.send(chunk(new byte[] {'\n'}));
            }
            http.send("0\r\n\r\n");
            Answer answer = seen(http.answer());
            assertThat(answer.text().lines()).hasSize(20).allMatch(line -> line.contains("\"status\":202"));
        }
    }

    @Test
    void shouldEndABatchThatIsBroken() {
        // The body's framing is wrong: the answer breaks off, so that nobody takes it for complete.
        UUID read = UUID.randomUUID();
        ACKNOWLEDGED.noteUnknown(read);
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(RawRequest.batch(BALLOT, submitter, "")
                    .chunked(chunk((line("v", read) + "\n").getBytes(UTF_8)) + "zz\r\n")
                    .bytes());
            assertThatThrownBy(http::untilClosed).isInstanceOf(RawHttp.BrokenOffException.class);
        }
        // Clients go away in the middle of a line or of a chunk.
        for (int i = 0; i < 20; i++) {
            UUID id = UUID.randomUUID();
            ACKNOWLEDGED.noteUnknown(id);
            try (RawHttp http = RawHttp.to(gateway.at("/"))) {
                http.send(RawRequest.batch(BALLOT, submitter, "")
                        .chunked("ffff\r\n" + line("v", id) + (i % 2 == 0 ? "\n{\"vot" : ""))
                        .bytes());
                if (i % 3 == 0) {
                    http.end();
                }
            }
        }
    }

    /** A client that sends for ever and reads no answers is not read any further, and keeps nobody from voting. */
    @Test
    void shouldStopReadingABatchWhoseAnswersNobodyReads() {
        long before = used();
        CompletableFuture<Void> sender;
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(RawRequest.batch(BALLOT, submitter, "").chunked("").bytes());
            // Each line is refused, so nothing of it is in the log.
            byte[] part = chunk("{}\n".repeat(5_000).getBytes(UTF_8)).getBytes(ISO_8859_1);
            AtomicLong sent = new AtomicLong();
            sender = CompletableFuture.runAsync(() -> {
                while (sent.get() < 2_000 && http.send(part)) {
                    sent.incrementAndGet();
                }
            });
            long[] last = {-1};
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        boolean stuck = sent.get() == last[0];
                        last[0] = sent.get();
                        return stuck;
                    });
            assertThat(sent.get()).isLessThan(2_000);
            assertThat(answerTo(vote()).summary()).isEqualTo("202");
            assertHoldsLittleMoreThan(before);
        }
        sender.join();
    }

    @Test
    void shouldStreamALongBatchInLittleMemory() {
        long before = used();
        streamALongBatch(200_000);
        assertHoldsLittleMoreThan(before);
    }

    /** By itself, so that nothing holds the answer when it returns. */
    private static void streamALongBatch(int count) {
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                http.send(RawRequest.batch(BALLOT, submitter, "").chunked("").bytes());
                StringBuilder lines = new StringBuilder();
                for (int i = 1; i <= count; i++) {
                    // One in a hundred is a vote.
                    lines.append(i % 100 == 0 ? line("long-" + i, new UUID(7, i)) : "{\"voter\": \"v\"}")
                            .append('\n');
                    if (i % 500 == 0) {
                        http.send(chunk(lines.toString().getBytes(UTF_8)));
                        lines.setLength(0);
                    }
                }
                http.send("0\r\n\r\n");
            });
            Answer answer = seen(http.answer());
            sender.join();
            int[] number = {0};
            answer.text().lines().forEach(line -> {
                number[0]++;
                assertThat(line)
                        .startsWith("{\"line\":" + number[0] + ",\"status\":" + (number[0] % 100 == 0 ? 202 : 400));
            });
            assertThat(number[0]).isEqualTo(count);
        }
    }

    private static RawRequest vote() {
        return RawRequest.vote(BALLOT, voter, UUID.randomUUID());
    }

    private static HttpResponse<String> preflight(String route, String origin) {
        return gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/hard/" + route))
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization, content-type, idempotency-key"));
    }

    private static Answer answerTo(RawRequest request) {
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(request.bytes());
            return seen(http.answer());
        }
    }

    /**
     * All answers to the bytes, on a connection that the gateway closes. A vote and a request for the catalogue follow the
     * bytes and must not be read.
     */
    private static List<Answer> lastAnswers(byte[] bytes) {
        UUID smuggled = UUID.randomUUID();
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(joined(
                    bytes,
                    RawRequest.vote(BALLOT, voter, smuggled).bytes(),
                    RawRequest.get("/v1/ballots").bytes()));
            List<Answer> answers = http.untilClosed();
            answers.forEach(HostileInputIT::seen);
            return answers;
        }
    }

    private static String lastAnswer(String bytes) {
        List<Answer> answers = lastAnswers(bytes.getBytes(ISO_8859_1));
        assertThat(answers).hasSize(1);
        assertThat(answers.get(0).header("Connection")).hasValue("close");
        return answers.get(0).summary();
    }

    private static Answer seen(Answer answer) {
        ACKNOWLEDGED.note(answer);
        assertThat(answer.status()).isLessThan(500);
        Gateway.CONTRACT.mustHold();
        if (answer.body().length < 100_000) {
            assertThat(answer.text()).doesNotContain("Exception", "\tat ", "io.votelog");
        }
        return answer;
    }

    private static List<String> summaries(List<Answer> answers) {
        return answers.stream().map(Answer::summary).toList();
    }

    private static byte[] after(byte[] bytes, String mark) {
        String text = new String(bytes, ISO_8859_1);
        return text.substring(text.indexOf(mark) + mark.length()).getBytes(ISO_8859_1);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /**
     * What is held stays in use however often garbage is collected. One collection alone proves nothing: the JVM leaves one out while native
     * code is at an array, as that of HMAC and of compression is now and then.
     */
    private static void assertHoldsLittleMoreThan(long before) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(used() - before).isLessThan(64L * 1024 * 1024));
    }

    /** The memory in use on the heap and off it after a garbage collection, in bytes. */
    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory() + PlatformDependent.usedDirectMemory();
    }
}
