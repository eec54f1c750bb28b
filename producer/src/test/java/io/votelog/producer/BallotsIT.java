// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.ballot;
import static io.votelog.producer.Gateway.json;
import static io.votelog.producer.Gateway.openBallot;
import static io.votelog.producer.Gateway.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.infra.testing.contract.OpenApi;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The catalogue over HTTP, and what holds for every route. */
@WithKafka(freshTopics = true)
class BallotsIT {
    private static Gateway gateway;
    private static String operator;

    @BeforeAll
    static void start(KafkaBroker broker) {
        gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.cors.allowed-origins=https://page.example",
                "--votelog.request-timeout=500ms");
        operator = gateway.token("operator", "votes:submit ballots:write");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldPublishOnceAndShowWhatStands() {
        String file = openBallot("shown", "Shown");
        HttpResponse<String> created = gateway.put(operator, "shown", file);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        HttpResponse<String> shown = gateway.get("/v1/ballots/shown");
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(shown.body()).isEqualTo(created.body());
        assertThat(shown.headers().firstValue("Cache-Control")).hasValue("max-age=5, public");
        JsonNode document = json(shown);
        assertThat(document.path("sections")
                        .path(1)
                        .path("options")
                        .path(2)
                        .path("id")
                        .stringValue())
                .isEqualTo("b3");
        assertThat(document.path("digest").stringValue()).matches("[0-9a-f]{64}");
        assertThat(document.path("votesUrl").stringValue()).isEqualTo("https://vote.example/v1/ballots/shown/votes");
        assertThat(document.path("closedEarly").booleanValue()).isFalse();
        assertThat(shown.body()).doesNotContain("pepper");

        String etag = shown.headers().firstValue("ETag").orElseThrow();
        assertThat(etag).startsWith("\"" + document.path("digest").stringValue());
        assertThat(gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/shown"))
                                .header("If-None-Match", etag))
                        .statusCode())
                .isEqualTo(304);

        HttpResponse<String> again = gateway.put(operator, "shown", file);
        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(created.body());

        JsonNode conflict = problem(gateway.put(operator, "shown", openBallot("shown", "Other")), 409, "conflict");
        assertThat(conflict.path("digest")).isEqualTo(document.path("digest"));
        assertThat(conflict.path("sentDigest").stringValue())
                .matches("[0-9a-f]{64}")
                .isNotEqualTo(document.path("digest").stringValue());
    }

    @Test
    void shouldListTheBallots() {
        gateway.put(operator, "listed", openBallot("listed", "Listed"));
        HttpResponse<String> list = gateway.get("/v1/ballots");
        List<JsonNode> found = new ArrayList<>();
        json(list).path("ballots").forEach(entry -> {
            if (entry.path("ballotId").stringValue().equals("listed")) {
                found.add(entry);
            }
        });
        assertThat(found).hasSize(1);
        assertThat(found.get(0).propertyNames())
                .containsExactly("ballotId", "title", "window", "digest", "ready", "closedEarly", "url");
        String etag = list.headers().firstValue("ETag").orElseThrow();
        assertThat(gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots"))
                                .header("If-None-Match", etag))
                        .statusCode())
                .isEqualTo(304);
        gateway.put(operator, "listed-later", openBallot("listed-later", "Listed later"));
        assertThat(gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots"))
                                .header("If-None-Match", etag))
                        .statusCode())
                .isEqualTo(200);
    }

    /** A cache on the way gives nobody what was meant for somebody else. */
    @Test
    void shouldSayWhatEveryAnswerDependsOnAndForHowLongItMayBeKept() {
        gateway.put(operator, "kept", openBallot("kept", "Kept"));
        for (String path : List.of(
                "/v1/ballots",
                "/v1/ballots/kept",
                "/v1/ballots/none",
                "/v1/ballots/kept/my-vote",
                "/ballots/kept",
                "/ballots/none",
                "/assets/ballot/none.js",
                "/openapi.yaml",
                "/nothing")) {
            HttpResponse<String> own = gateway.get(path);
            HttpResponse<String> foreign =
                    gateway.send(HttpRequest.newBuilder(gateway.at(path)).header("Origin", "https://page.example"));
            assertThat(foreign.statusCode()).as(path).isEqualTo(own.statusCode());
            assertThat(foreign.headers().firstValue("Access-Control-Allow-Origin"))
                    .as(path)
                    .hasValue("https://page.example");
            assertThat(varies(own)).as(path).contains("origin");
            assertThat(varies(foreign)).as(path).contains("origin");
            if (own.statusCode() >= 300) {
                assertThat(own.headers().firstValue("Cache-Control").orElseThrow())
                        .as(path)
                        .contains("no-store");
            }
            String tag = own.headers().firstValue("ETag").orElse(null);
            if (tag != null) {
                for (String known : List.of("*", "W/" + tag + ", 'x', \"")) {
                    HttpResponse<String> unchanged = gateway.send(HttpRequest.newBuilder(gateway.at(path))
                            .headers("If-None-Match", known, "Origin", "https://page.example"));
                    assertThat(unchanged.statusCode()).as("%s %s", path, known).isEqualTo(304);
                    assertThat(varies(unchanged))
                            .as(path)
                            .contains(
                                    "origin",
                                    "accept-encoding",
                                    path.startsWith("/v1/") ? "accept" : "accept-language");
                    assertThat(unchanged.headers().firstValue("Cache-Control"))
                            .isEqualTo(own.headers().firstValue("Cache-Control"));
                }
            }
        }
        // More types than Spring sorts.
        assertThat(gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots"))
                                .header("Accept", "a/b,".repeat(1_000)))
                        .statusCode())
                .isEqualTo(406);
    }

    private static List<String> varies(HttpResponse<String> answer) {
        return answer.headers().allValues("Vary").stream()
                .flatMap(line -> Stream.of(line.toLowerCase(Locale.ROOT).split(", ?")))
                .toList();
    }

    /** YAML that says the same as some JSON is the same ballot. */
    @Test
    void shouldReadYaml() {
        Instant opensAt = Instant.parse("2026-01-01T00:00:00Z");
        Instant closesAt = Instant.parse("2126-01-01T00:00:00Z");
        assertThat(gateway.put(operator, "yaml", ballot("yaml", "Yaml", opensAt, closesAt))
                        .statusCode())
                .isEqualTo(201);
        String yaml =
                """
                title: Yaml
                ballotId: yaml
                window: {opensAt: 2026-01-01T08:00:00+08:00, closesAt: 2126-01-01T00:00:00Z}
                picks: {max: 3, min: 2}
                sections:
                  - {id: A, title: One, picks: {min: 1}, options: [{id: a1, title: "1"}, {id: a2, title: "2"}, {id: a3, title: "3"}]}
                  - {id: B, title: Two, picks: {min: 1}, options: [{id: b1, title: "1"}, {id: b2, title: "2"}, {id: b3, title: "3"}]}
                """;
        for (String type :
                List.of("application/yaml", "text/yaml", "application/x-yaml", "application/yaml; charset=utf-8")) {
            HttpResponse<String> same =
                    gateway.send(gateway.putRequest(operator, "yaml", yaml).setHeader("Content-Type", type));
            assertThat(same.statusCode()).as(type + ": " + same.body()).isEqualTo(200);
        }
    }

    @Test
    void shouldRefuseAFaultyBallotWithEveryFaultAtItsPlace() {
        String faulty = openBallot("faulty", "Faulty")
                .replace("\"id\": \"a2\"", "\"id\": \"a 2\"")
                .replace("\"id\": \"b2\"", "\"id\": \"b1\"");
        JsonNode document = problem(gateway.put(operator, "faulty", faulty), 422, "faulty-ballot");
        assertThat(places(document)).contains("sections[0].options[1].id", "sections[1].options[1].id");
        problem(gateway.put(operator, "faulty", "{"), 422, "faulty-ballot");
        problem(gateway.put(operator, "faulty", ""), 422, "faulty-ballot");
        assertThat(places(problem(
                        gateway.put(operator, "faulty", openBallot("another", "Another")), 422, "faulty-ballot")))
                .containsExactly("ballotId");
        Instant past = Instant.parse("2020-01-01T00:00:00Z");
        assertThat(places(problem(
                        gateway.put(operator, "faulty", ballot("faulty", "Over", past, past.plusSeconds(60))),
                        422,
                        "faulty-ballot")))
                .containsExactly("window.closesAt");
        problem(gateway.get("/v1/ballots/faulty"), 404, "unknown-ballot");
    }

    @Test
    void shouldAnswerADryRunWithTheBallotAsItWasUnderstood() {
        // The ballot's window depends on the second in which it was made, so it is made once.
        String ballot = openBallot("dry", "Dry");
        HttpResponse<String> dry = gateway.send(gateway.putRequest(operator, "dry?dryRun=true", ballot));
        assertThat(dry.statusCode()).as(dry.body()).isEqualTo(200);
        problem(gateway.get("/v1/ballots/dry"), 404, "unknown-ballot");
        String faulty = ballot.replace("\"max\": 3", "\"max\": 1");
        problem(gateway.send(gateway.putRequest(operator, "dry?dryRun=true", faulty)), 422, "faulty-ballot");

        HttpResponse<String> created = gateway.send(gateway.putRequest(operator, "dry?dryRun=false", ballot));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        ObjectNode said = (ObjectNode) json(dry);
        assertThat(said.remove("dryRun").booleanValue()).isTrue();
        assertThat(said.path("ready").booleanValue()).isFalse();
        assertThat(said.put("ready", true)).isEqualTo(json(created));
        assertThat(dryRunOf("dry", ballot)).as("of a ballot that stands").isEqualTo(json(created));

        gateway.close(operator, "dry");
        ObjectNode closed = dryRunOf("dry", ballot);
        assertThat(closed.path("closedEarly").booleanValue()).isTrue();
        assertThat(closed).isEqualTo(json(gateway.get("/v1/ballots/dry")));
    }

    private ObjectNode dryRunOf(String id, String ballot) {
        HttpResponse<String> dry = gateway.send(gateway.putRequest(operator, id + "?dryRun=true", ballot));
        assertThat(dry.statusCode()).as(dry.body()).isEqualTo(200);
        ObjectNode said = (ObjectNode) json(dry);
        assertThat(said.remove("dryRun").booleanValue()).isTrue();
        return said;
    }

    /** A misspelt dry run must not publish for ever. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "dryRun | 'dryRun' has no value",
                "dryRun= | 'dryRun' has no value",
                "dryRun=True | 'dryRun' is 'True'",
                "dryRun=1 | 'dryRun' is '1'",
                "dryRun=true&dryRun=true | 'dryRun' stands more than once",
                "dryRun=true&dryRun=false | 'dryRun' stands more than once",
                "dryrun=true | 'dryrun' is not known here",
                "dry_run=true | 'dry_run' is not known here",
                "dryRun=true& | is empty",
                "%64ryRun=perhaps | 'dryRun' is 'perhaps'",
                "dryRun=%E2%80%AE | 'dryRun' is '?'",
            })
    void shouldNeverPublishWhatWasMeantAsADryRun(String query, String said) {
        HttpResponse<String> answer =
                gateway.send(gateway.putRequest(operator, "meant?" + query, openBallot("meant", "Meant")));

        assertThat(problem(answer, 400, "malformed-request").path("detail").stringValue())
                .isEqualTo("the query parameter " + said + "; allowed is dryRun=true or dryRun=false, once");
        problem(gateway.get("/v1/ballots/meant"), 404, "unknown-ballot");
    }

    /** A query that a client sends is obeyed, or the request is refused, on every route that writes. */
    @Test
    void shouldRefuseAQueryThatIsNotKnownWhereverSomethingIsWritten() {
        gateway.put(operator, "asked", openBallot("asked", "Asked"));
        String token = gateway.token("all", "ballots:write votes:annul votes:submit");
        int tried = 0;
        for (OpenApi.Operation operation : Gateway.CONTRACT.document().operations()) {
            String method = operation.method();
            String path = operation.path().replace("{ballotId}", "asked");
            if (method.equals("GET") || path.startsWith("/dev/")) {
                continue;
            }
            for (String query : List.of("vote_id=1", "dry_run=true", "DryRun=true")) {
                HttpRequest.Builder request = HttpRequest.newBuilder(gateway.at(path + "?" + query))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", path.endsWith("batch") ? "application/x-ndjson" : "application/json")
                        .method(method, BodyPublishers.ofString(bodyFor(path)));
                String name = query.replaceAll("=.*", "");
                assertThat(problem(gateway.send(request), 400, "malformed-request")
                                .path("detail")
                                .stringValue())
                        .as(method + " " + path + "?" + query)
                        .contains("the query parameter '" + name + "' is not known here;")
                        .containsPattern("allowed");
                tried++;
            }
            // The JDK's client leaves out a question mark with nothing behind it.
            RawRequest bare = RawRequest.batch("asked", token, bodyFor(path))
                    .method(method)
                    .target(path + "?");
            bare.without("Content-Type")
                    .header("Content-Type: " + (path.endsWith("batch") ? "application/x-ndjson" : "application/json"));
            try (RawHttp http = RawHttp.to(gateway.at("/"))) {
                http.send(bare.bytes());
                assertThat(http.answer().summary())
                        .as(method + " " + path + "?")
                        .isEqualTo("400 malformed-request");
            }
        }
        assertThat(tried).isGreaterThanOrEqualTo(15);
        assertThat(json(gateway.get("/v1/ballots/asked")).path("closedEarly").booleanValue())
                .isFalse();
    }

    private static String bodyFor(String path) {
        return path.endsWith("votes") ? RawRequest.CHOICES : path.endsWith("close") ? "" : openBallot("asked", "Asked");
    }

    @Test
    void shouldCloseOnlyWhereNothingElseIsSaid() {
        gateway.put(operator, "closing", openBallot("closing", "Closing"));
        for (String body : List.of("{\"at\": \"2030-01-01T00:00:00Z\"}", "{\"reason\": 1}", "[]", "now", "{} {}")) {
            HttpResponse<String> answer = gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/closing/close"))
                    .header("Authorization", "Bearer " + operator)
                    .POST(BodyPublishers.ofString(body)));
            problem(answer, 400, "malformed-request");
        }
        assertThat(json(gateway.get("/v1/ballots/closing")).path("closedEarly").booleanValue())
                .isFalse();
        HttpResponse<String> closed = gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/closing/close"))
                .header("Authorization", "Bearer " + operator)
                .POST(BodyPublishers.ofString("{}")));
        assertThat(closed.statusCode()).as(closed.body()).isEqualTo(202);
    }

    @Test
    void shouldPublishATimeFinerThanAMillisecondAndSaySo() {
        String file = ballot(
                "fine",
                "Fine",
                Instant.parse("2026-01-01T00:00:00.123456Z"),
                Instant.parse("2126-01-01T00:00:00.999999999Z"));
        HttpResponse<String> dry = gateway.send(gateway.putRequest(operator, "fine?dryRun=true", file));
        HttpResponse<String> created = gateway.put(operator, "fine", file);
        HttpResponse<String> again = gateway.put(operator, "fine", file);

        assertThat(List.of(dry.statusCode(), created.statusCode(), again.statusCode()))
                .containsExactly(200, 201, 200);
        for (HttpResponse<String> answer : List.of(dry, created, again)) {
            JsonNode document = json(answer);
            assertThat(document.at("/window/opensAt").stringValue()).isEqualTo("2026-01-01T00:00:00.124Z");
            assertThat(document.at("/window/closesAt").stringValue()).isEqualTo("2126-01-01T00:00:01Z");
            assertThat(document.at("/notes/0/at").stringValue()).isEqualTo("window.opensAt");
            assertThat(document.at("/notes/1/at").stringValue()).isEqualTo("window.closesAt");
            assertThat(document.at("/notes/1/detail").stringValue())
                    .contains("2126-01-01T00:00:00.999999999Z", "taken for 2126-01-01T00:00:01Z");
        }
        assertThat(json(gateway.get("/v1/ballots/fine")).has("notes")).isFalse();
        HttpResponse<String> whole = gateway.put(
                operator, "fine", file.replace(".123456Z", ".124Z").replace("00:00:00.999999999Z", "00:00:01Z"));
        assertThat(whole.statusCode()).as(whole.body()).isEqualTo(200);
        assertThat(json(whole).has("notes")).isFalse();
    }

    @Test
    void shouldRefuseTitlesThatReadAlikeAndYamlThatIsNotWhatItLooks() {
        String alike = openBallot("alike", "Alike")
                .replace("{\"id\": \"b3\", \"title\": \"3\"}", "{\"id\": \"b3\", \"title\": \" 1\"}");
        assertThat(places(problem(gateway.put(operator, "alike", alike), 422, "faulty-ballot")))
                .containsExactly("sections[1].options[2].title");
        String turned = openBallot("alike", "\\u202eekilA");
        assertThat(places(problem(gateway.put(operator, "alike", turned), 422, "faulty-ballot")))
                .containsExactly("title");
        HttpResponse<String> yaml =
                gateway.send(gateway.putRequest(operator, "alike", "ballotId: &t alike\norganiser: *t\n")
                        .setHeader("Content-Type", "text/yaml"));
        assertThat(places(problem(yaml, 422, "faulty-ballot")))
                .containsExactly("line 1, column 11", "line 2, column 12");
        problem(gateway.get("/v1/ballots/alike"), 404, "unknown-ballot");
    }

    /** The ballot was published when files with anchors were read; whoever sends its file again makes no mistake. */
    @Test
    void shouldKnowABallotThatStandsByAFileThatMayNoLongerBePublished() {
        String file = openBallot("standing", "Standing");
        assertThat(gateway.put(operator, "standing", file).statusCode()).isEqualTo(201);
        String anchored = file.replace("\"Standing\"", "&t \"Standing\"");
        HttpResponse<String> again = gateway.send(
                gateway.putRequest(operator, "standing", anchored).setHeader("Content-Type", "application/yaml"));
        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        HttpResponse<String> another =
                gateway.send(gateway.putRequest(operator, "standing", anchored.replace("\"Standing\"", "\"Another\""))
                        .setHeader("Content-Type", "application/yaml"));
        assertThat(problem(another, 422, "faulty-ballot").toString()).contains("has an anchor, &t");
    }

    @Test
    void shouldRefuseWhoMayNotPublishAndWhatIsNoFile() {
        String file = openBallot("guarded", "Guarded");
        HttpResponse<String> stranger = gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/guarded"))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(file)));
        problem(stranger, 401, "unauthorized");
        assertThat(stranger.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"votelog\"");
        problem(gateway.put("garbage", "guarded", file), 401, "unauthorized");
        HttpResponse<String> voter = gateway.put(gateway.token("alice", "votes:submit"), "guarded", file);
        assertThat(problem(voter, 403, "forbidden").path("detail").stringValue())
                .contains("ballots:write");
        assertThat(voter.headers().firstValue("WWW-Authenticate").orElseThrow()).contains("insufficient_scope");

        problem(
                gateway.send(gateway.putRequest(operator, "guarded", file).setHeader("Content-Type", "text/plain")),
                415,
                "unsupported-media-type");
        problem(gateway.put(operator, "guarded", " ".repeat(512 * 1024 + 1)), 413, "too-large");
        problem(gateway.get("/v1/ballots/guarded"), 404, "unknown-ballot");
    }

    @Test
    void shouldAnswerTheFrameworksErrorsAsProblemsToo() {
        problem(gateway.get("/nothing/here"), 404, "not-found");
        problem(gateway.get("/v1/nothing"), 404, "not-found");
        HttpResponse<String> wrongMethod = gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/x/votes")));
        problem(wrongMethod, 405, "method-not-allowed");
        assertThat(wrongMethod.headers().firstValue("Allow")).hasValue("POST");
        problem(
                gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots")).header("Accept", "text/csv")),
                406,
                "not-acceptable");
        problem(
                gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots")).header("Accept", "no type at all")),
                406,
                "not-acceptable");
        problem(gateway.get("/v1/ballots/%2e%2e%2f"), 400, "malformed-request");
        problem(gateway.get("/v1/ballots/no%20such%20ballot"), 404, "unknown-ballot");
    }

    @Test
    void shouldKeepManagementAndVotingEachToItsOwnPort() {
        problem(gateway.get("/actuator/health"), 404, "not-found");
        HttpResponse<String> voteThere =
                gateway.send(HttpRequest.newBuilder(gateway.management("/v1/ballots/any/votes"))
                        .POST(BodyPublishers.ofString("{}")));
        assertThat(voteThere.statusCode()).as(voteThere.body()).isEqualTo(404);
        HttpResponse<String> ready =
                gateway.send(HttpRequest.newBuilder(gateway.management("/actuator/health/readiness")));
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(json(ready)
                        .path("components")
                        .path("catalogue")
                        .path("status")
                        .stringValue())
                .isEqualTo("UP");
        gateway.put(operator, "measured", openBallot("measured", "Measured"));
        String alice = gateway.token("alice", "");
        gateway.vote(alice, "measured", "{\"choices\": [\"a1\", \"b1\"]}");
        gateway.vote(alice, "measured", "{\"choices\": []}");
        HttpResponse<String> metrics = gateway.send(HttpRequest.newBuilder(gateway.management("/actuator/prometheus")));
        assertThat(metrics.body())
                .containsPattern("votelog_votes_total\\{.*outcome=\"accepted\",reason=\"none\".*} 1\\.0")
                .containsPattern("votelog_votes_total\\{.*outcome=\"refused\",reason=\"rule-violations\".*} 1\\.0")
                .containsPattern("votelog_votes_ack_seconds_count.* 1");
    }

    @Test
    void shouldLetTheConfiguredPagesInAlone() {
        HttpResponse<String> allowed = gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/x/votes"))
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type,idempotency-key")
                .header("Origin", "https://page.example"));
        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin")).hasValue("https://page.example");
        HttpResponse<String> read = gateway.send(
                HttpRequest.newBuilder(gateway.at("/v1/ballots")).header("Origin", "https://page.example"));
        assertThat(read.headers().firstValue("Access-Control-Expose-Headers"))
                .hasValue("Location, Retry-After, ETag, RateLimit, RateLimit-Policy");
        HttpResponse<String> other = gateway.send(
                HttpRequest.newBuilder(gateway.at("/v1/ballots")).header("Origin", "https://evil.example"));
        assertThat(other.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void shouldNotWaitForAClientThatStopsInTheMiddle() throws Exception {
        String head = "POST /v1/ballots/slow/votes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer " + gateway.token("alice", "") + "\r\nContent-Length: 40\r\n\r\n{\"cho";
        gateway.put(operator, "slow", openBallot("slow", "Slow"));
        try (Socket socket = new Socket("127.0.0.1", gateway.at("/").getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 408").contains("urn:votelog:problem:request-timeout");
        }
    }

    /** A body is refused by its announced length, before it comes. */
    @Test
    void shouldRefuseAGigabyteAtOnce() throws Exception {
        gateway.put(operator, "giant", openBallot("giant", "Giant"));
        String head = "POST /v1/ballots/giant/votes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer " + gateway.token("alice", "")
                + "\r\nContent-Length: 1073741824\r\n\r\n{\"cho";
        try (Socket socket = new Socket("127.0.0.1", gateway.at("/").getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            byte[] start = socket.getInputStream().readNBytes(12);
            assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void shouldSendSecurityHeaders() {
        for (String path : List.of("/v1/ballots", "/v1/ballots/x/votes")) {
            HttpResponse<String> answer = gateway.get(path);
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'");
        }
    }

    @Test
    void shouldDescribeItself() {
        HttpResponse<String> description = gateway.get("/openapi.yaml");
        assertThat(description.statusCode()).isEqualTo(200);
        assertThat(description.headers().firstValue("Content-Type")).hasValue("application/yaml");
        assertThat(description.body()).startsWith("openapi: 3.1.0");
    }

    private static List<String> places(JsonNode document) {
        List<String> places = new ArrayList<>();
        document.path("faults").forEach(fault -> places.add(fault.path("place").stringValue()));
        return places;
    }
}
