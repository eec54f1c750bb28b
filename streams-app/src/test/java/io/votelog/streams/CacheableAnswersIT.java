// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No cache on the way gives anybody what was meant for somebody else; and every refusal says why. */
@WithKafka(freshTopics = true)
final class CacheableAnswersIT {
    private static final String ORIGIN = "https://vote.example.org";
    private static final String RESULTS = "/v1/ballots/kept/results";

    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(broker.bootstrapServers(), "cacheable-it", state, "--votelog.results.max-readers=1");
        log = new LogWriter(broker.bootstrapServers());
        log.publishOpen("kept");
        log.vote("kept", "a1", "b1");
        ResultsIT.awaitReceived(app, "kept", 1);
        ResultsIT.awaitTag(app, RESULTS);
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/openapi.yaml",
                "/ballots/kept/results",
                "/ballots/none/results",
                "/assets/results/none.js",
                "/nothing",
                RESULTS,
                RESULTS + ".csv",
                RESULTS + ".csv?lang=-",
                RESULTS + "?x=%",
                "/v1/ballots/%zz/results",
                "/v1/ballots/none/results",
                "/v1/ballots/kept/turnout",
                "/v1/ballots/kept/turnout?points=0",
                "/v1/ballots/kept/receipts/x",
                "/v1/ballots/kept/voters/AAAAAAAAAAAAAAAAAAAAAA",
            })
    void shouldSayWhatItDependsOnAndForHowLongItMayBeKept(String path) throws IOException {
        Answer own = Answer.of("GET", path);
        Answer foreign = Answer.of("GET", path, "Origin: " + ORIGIN);
        assertThat(foreign.status()).isEqualTo(own.status()).isNotEqualTo(500);
        for (Answer answer : List.of(own, foreign)) {
            assertThat(answer.varies()).as("%s: %s", path, answer.head()).contains("origin");
            assertThat(answer.header("Cache-Control")).as(path).isNotEmpty();
            if (answer.status() >= 300 || path.contains("/voters/")) {
                assertThat(answer.header("Cache-Control")).as(path).isEqualTo("no-store");
            }
            if (answer.status() >= 400 && !answer.header("Content-Type").startsWith("text/html")) {
                assertThat(answer.header("Content-Type")).as(path).isEqualTo("application/problem+json");
                assertThat(answer.body()).as(path).contains("\"type\":\"urn:votelog:problem:");
            }
            assertThat(answer.header("X-Content-Type-Options")).as(path).isEqualTo("nosniff");
        }
        // A malformed address is refused before anything is looked up.
        if (!path.contains("%")) {
            assertThat(foreign.header("Access-Control-Allow-Origin")).as(path).isEqualTo(ORIGIN);
        }
        Answer evil = Answer.of("GET", path, "Origin: https://evil.example.org");
        assertThat(evil.status()).as(path).isIn(403, 400);
        assertThat(evil.header("Content-Type")).as(path).isEqualTo("application/problem+json");
        assertThat(evil.header("Cache-Control")).as(path).isEqualTo("no-store");
        assertThat(evil.head()).as(path).doesNotContain("Access-Control-Allow-Origin");
        if (!path.contains("%")) {
            assertThat(Answer.of("HEAD", path).body()).as(path).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ballots/kept/results", RESULTS, RESULTS + ".csv", "/v1/ballots/kept/turnout"})
    void shouldTellTheCodingsApartByTheirTags(String path) throws IOException {
        Answer plain = Answer.of("GET", path);
        Answer gzip = Answer.of("GET", path, "Accept-Encoding: gzip, deflate, br");
        assertThat(plain.varies()).contains("accept-encoding");
        assertThat(gzip.varies()).isEqualTo(plain.varies());
        assertThat(plain.head()).doesNotContain("Content-Encoding");
        assertThat(gzip.header("Content-Encoding")).isEqualTo("gzip");
        assertThat(gzip.header("ETag")).isNotEqualTo(plain.header("ETag")).endsWith("-gzip\"");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip.bytes()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain.body());
        }
        for (String known : List.of(gzip.header("ETag"), "*", "W/" + gzip.header("ETag") + ", 'x', \"")) {
            Answer unchanged =
                    Answer.of("GET", path, "Accept-Encoding: gzip", "If-None-Match: " + known, "Origin: " + ORIGIN);
            assertThat(unchanged.status()).as(known).isEqualTo(304);
            assertThat(unchanged.varies()).contains("origin", "accept-encoding");
            assertThat(unchanged.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
            assertThat(unchanged.header("ETag")).isEqualTo(gzip.header("ETag"));
            assertThat(unchanged.header("Cache-Control")).isEqualTo(gzip.header("Cache-Control"));
        }
        assertThat(Answer.of("GET", path, "Accept-Encoding: gzip", "If-None-Match: " + plain.header("ETag"))
                        .status())
                .isEqualTo(200);
    }

    /**
     * Spring compares entity tags too, and must read no tags that this application does not: the latter decides what is new
     * enough, the former on a 304.
     */
    @ParameterizedTest
    @ValueSource(strings = {"/ballots/kept/results", RESULTS, RESULTS + ".csv", "/v1/ballots/kept/turnout"})
    void shouldReadTagsToOneBound(String path) throws IOException {
        String tag = tag(path);
        String others = "\"x\",".repeat(63);
        assertThat(Answer.of("GET", path, "If-None-Match: " + others + tag).status())
                .isEqualTo(304);
        Answer behind = Answer.of("GET", path, "If-None-Match: " + others + "\"x\"," + tag);
        assertThat(behind.status()).isEqualTo(200);
        assertThat(behind.bytes()).isNotEmpty();
        Answer inAnotherLine = Answer.of("GET", path, "If-None-Match: " + others + "\"x\"", "If-None-Match: " + tag);
        assertThat(inAnotherLine.status()).isEqualTo(200);
    }

    /** A reader who has seen a version in one coding is not shown an older version in another. */
    @ParameterizedTest
    @ValueSource(strings = {"", "-gzip", "-csv-zh-gzip", "-nist", "-nist-gzip", "-file", "-still-gzip"})
    void shouldNotGoBackBehindATagOfAnyForm(String variant) {
        HttpResponse<String> behind = app.get(RESULTS, "If-None-Match", "\"999999-0-open-0" + variant + "\"");
        ReceiptsIT.assertProblem(behind, 503, "behind");
    }

    /** Spring reads a header's list with a bound: a list of more than 50 types was once answered 500. */
    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/ballots/kept/turnout", RESULTS, "/v1/ballots/none/turnout", "/openapi.yaml", "/nothing"})
    void shouldReadLongAcceptHeaders(String path) throws IOException {
        for (String accept : List.of("a/b,".repeat(1_500), "*/*, nonsense", ",", "\"", "-")) {
            Answer answer = Answer.of("GET", path, "Accept: " + accept);
            assertThat(answer.status()).as("%s %.20s", path, accept).isNotEqualTo(500);
        }
    }

    @Test
    void shouldAnswerPreflightsAndRefuseThemWithAReason() throws Exception {
        HttpResponse<String> granted = preflight(ORIGIN, "GET");
        assertThat(granted.statusCode()).isEqualTo(200);
        assertThat(granted.headers().firstValue("Access-Control-Allow-Origin")).contains(ORIGIN);
        ReceiptsIT.assertProblem(preflight(ORIGIN, "DELETE"), 403, "origin-not-allowed");
        ReceiptsIT.assertProblem(preflight("https://evil.example.org", "GET"), 403, "origin-not-allowed");
    }

    private static HttpResponse<String> preflight(String origin, String method) throws Exception {
        return RunningApp.HTTP.send(
                HttpRequest.newBuilder(app.uri(RESULTS))
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .headers("Origin", origin, "Access-Control-Request-Method", method)
                        .build(),
                BodyHandlers.ofString());
    }

    private static String tag(String path) {
        return app.get(path).headers().firstValue("ETag").orElseThrow();
    }

    /** An answer as it comes over the wire. The JDK's client is not used here, since it sends no malformed addresses. */
    private record Answer(String head, byte[] bytes) {
        static Answer of(String method, String path, String... headers) throws IOException {
            try (Socket socket = new Socket("127.0.0.1", app.port())) {
                socket.setSoTimeout(20_000);
                String more = String.join(
                        "", Arrays.stream(headers).map(line -> line + "\r\n").toList());
                socket.getOutputStream()
                        .write("%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
                                .formatted(method, path, more)
                                .getBytes(StandardCharsets.UTF_8));
                ByteArrayOutputStream read = new ByteArrayOutputStream();
                socket.getInputStream().transferTo(read);
                String text = read.toString(StandardCharsets.ISO_8859_1);
                int end = text.indexOf("\r\n\r\n");
                return new Answer(text.substring(0, end), Arrays.copyOfRange(read.toByteArray(), end + 4, read.size()));
            }
        }

        int status() {
            return Integer.parseInt(head.split(" ")[1]);
        }

        /** All values of a header, separated by commas; empty when there is none. */
        String header(String name) {
            return String.join(
                    ", ",
                    head.lines()
                            .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                            .map(line -> line.substring(name.length() + 1).strip())
                            .toList());
        }

        List<String> varies() {
            assertThat(head.lines().filter(line -> line.regionMatches(true, 0, "Vary:", 0, 5)))
                    .as("caches are known to heed the last line alone")
                    .hasSize(1);
            return Arrays.stream(header("Vary").split(","))
                    .map(one -> one.strip().toLowerCase(Locale.ROOT))
                    .sorted()
                    .distinct()
                    .toList();
        }

        String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
