// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.RawConnection;
import io.votelog.infra.testing.RawConnection.Answer;
import io.votelog.infra.testing.WithKafka;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Whatever is wrong with a request, and whoever finds it, the answer is a problem document; HEAD gets its head alone. */
@WithKafka(freshTopics = true)
final class EveryErrorIsAProblemIT {
    private static final List<String> SAFETY =
            List.of("x-content-type-options", "x-frame-options", "referrer-policy", "content-security-policy");

    private static RunningApp app;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(
                broker.bootstrapServers(),
                "problems-it",
                state,
                "--votelog.public-urls.streams=https://results.example");
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void shouldSayWhatIsWrong() {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("GET /" + "a".repeat(9000), "414 uri-too-long");
        expected.put("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(9000), "431 headers-too-large");
        expected.put(get("/ballots/%zz/results"), "400 malformed-request");
        expected.put(get("/?lang=%f"), "400 malformed-request");
        expected.put("GET / HTTP/1.1\r\n\r\n", "400 malformed-request");
        expected.put(get("/a[b"), "400 malformed-request");
        for (String host : List.of("[zz]", "[]", "[1:2]")) {
            expected.put("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "400 malformed-request");
        }
        expected.put("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 malformed-request");
        expected.put("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "400 malformed-request");
        expected.put("GET / HTTP/2.7\r\nHost: a\r\n\r\n", "400 malformed-request");
        expected.put(
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
                "400 malformed-request");
        expected.put(
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n", "400 malformed-request");
        expected.put("GET /none HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\n\r\n", "403 origin-not-allowed");
        expected.put(get("/none"), "404 not-found");
        expected.put(get("/v1/ballots/none/results"), "404 unknown-ballot");
        expected.put("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", "405 method-not-allowed");
        expected.forEach((request, summary) -> {
            Answer answer = only(request);
            JsonNode problem = RunningApp.JSON.readTree(answer.body());
            assertThat(answer.status() + " " + problem.path("type").asString().replace("urn:votelog:problem:", ""))
                    .as(request)
                    .isEqualTo(summary);
            assertThat(answer.header("Content-Type")).as(request).hasValue("application/problem+json");
            assertThat(problem.path("status").intValue()).isEqualTo(answer.status());
            assertThat(problem.path("detail").asString()).as(request).isNotBlank();
            assertThat(answer.headers()).as(request).containsKeys(SAFETY.toArray(String[]::new));
            assertThat(answer.header("Vary").orElse("")).as(request).containsIgnoringCase("origin");
            assertThat(answer.header("Cache-Control").orElse("")).as(request).contains("no-store");
            if (!request.startsWith("GET ") || !request.endsWith("\r\n\r\n")) {
                return;
            }
            try (RawConnection http = RawConnection.to(app.port())) {
                http.send("HEAD" + request.substring(3));
                Answer head = http.next(true).orElseThrow();
                assertThat(head.status()).as("HEAD" + request.substring(3)).isEqualTo(answer.status());
                assertThat(head.header("Content-Type")).hasValue("application/problem+json");
                http.end();
                assertThat(http.rest()).as("behind the head").isZero();
            }
        });
    }

    @Test
    void shouldReadNothingBehindWhatItRefuses() {
        try (RawConnection http = RawConnection.to(app.port())) {
            http.send("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + get("/none"));
            assertThat(http.untilClosed()).extracting(Answer::status).containsExactly(400);
        }
    }

    @Test
    void shouldKnowTheSameOriginsAsTheGateway() {
        for (String route :
                List.of("/none", "/v1/ballots/none/results", "/v1/ballots/none/results/stream", "/openapi.yaml")) {
            for (String foreign : List.of("https://evil.example", "null", "", "https://[", "://", "\u00e9")) {
                assertThat(only(get(route, foreign)).status())
                        .as(route + foreign)
                        .isEqualTo(403);
            }
            for (String known : List.of(
                    "https://vote.example.org",
                    "https://results.example",
                    "http://read.example",
                    "https://read.example")) {
                assertThat(only(get(route, known)).status()).as(route + known).isIn(200, 404);
            }
        }
    }

    private static Answer only(String request) {
        try (RawConnection http = RawConnection.to(app.port())) {
            http.send(request);
            return http.next().orElseThrow();
        }
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static String get(String target, String origin) {
        return "GET " + target + " HTTP/1.1\r\nHost: read.example\r\nOrigin: " + origin + "\r\n\r\n";
    }
}
