// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.local.TraceCollector.Told;
import io.votelog.infra.system.Pseudonyms;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Traces and metrics by OTLP, and logs in JSON, of a whole system: a vote's trace goes through the log to its verdict, and nothing that is told
 * names a voter, an address, a pseudonym or a choice.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@WholeSystem
class TracesIT {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final String BALLOT = "traced";
    private static final List<String> OPTIONS = List.of("quokka-7731", "zebra-9154", "ibex-2286", "okapi-4408");
    private static final List<String> USERS = List.of("ada-48151623", "grace-31415926", "mallory-27182818");
    private static final String OPERATOR = "station-16180339";
    private static final String ADDRESS = "203.0.113.77";
    private static final String GATEWAY = "votelog-producer";
    private static final String COUNT = "votelog-streams-app";

    /** What a client says its trace is. It is the gateway that names traces. */
    private static final String STRANGERS_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path dir;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final List<JsonNode> votes = new ArrayList<>();
    private static TraceCollector collector;
    private static Running up;

    @BeforeAll
    static void startAndVote() throws Exception {
        collector = new TraceCollector();
        up = Running.startAt(
                dir,
                Running.freeOffset(),
                Map.ofEntries(
                        Map.entry("MANAGEMENT_OPENTELEMETRY_ENABLED", "true"),
                        Map.entry("MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT", collector.url("/v1/traces")),
                        Map.entry("MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULEDELAY", "200ms"),
                        Map.entry("MANAGEMENT_TRACING_SAMPLING_PROBABILITY", "1.0"),
                        Map.entry("MANAGEMENT_OTLP_METRICS_EXPORT_ENABLED", "true"),
                        Map.entry("MANAGEMENT_OTLP_METRICS_EXPORT_URL", collector.url("/v1/metrics")),
                        Map.entry("MANAGEMENT_OTLP_METRICS_EXPORT_STEP", "1s"),
                        Map.entry("LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs"),
                        Map.entry("LOGGING_LEVEL_IO_VOTELOG", "DEBUG"),
                        Map.entry("VOTELOG_LIMITS_TRUSTEDPROXIES", "127.0.0.1")),
                "--unsealed");
        up.awaitReady();
        up.publish(BALLOT, ballot());
        votes.add(vote(USERS.get(0), 202, OPTIONS.get(0), OPTIONS.get(2)));
        votes.add(vote(USERS.get(0), 202, OPTIONS.get(1), OPTIONS.get(3)));
        votes.add(vote(USERS.get(1), 202, OPTIONS.get(0), OPTIONS.get(3)));
        vote(USERS.get(1), 422, OPTIONS.get(0), "unheard-of-5550");
        send("/v1/ballots/" + BALLOT + "/votes", "Bearer " + USERS.get(2) + ".forged.token", "{}", 401);
        send(
                "/v1/ballots/" + BALLOT + "/votes:batch",
                "Bearer " + token(OPERATOR, "votes:submit"),
                "{\"voter\":\"%s\",\"choices\":[\"%s\",\"%s\"]}\n"
                        .formatted(USERS.get(2), OPTIONS.get(1), OPTIONS.get(2)),
                200,
                "application/x-ndjson");
        await().atMost(SOON).untilAsserted(() -> assertThat(turnout()).isEqualTo(4));
        for (JsonNode vote : votes) {
            read("/v1/ballots/" + BALLOT + "/receipts/" + vote.path("receipt").asString() + "?offset="
                    + vote.path("offset").asLong());
        }
        send("/v1/ballots/" + BALLOT + "/my-vote", "Bearer " + token(USERS.get(0), null), null, 303);
    }

    @AfterAll
    static void stop() {
        if (up != null) {
            up.kill();
        }
        if (collector != null) {
            collector.close();
        }
    }

    @Test
    @Order(1)
    void aVotesTraceShouldGoThroughTheLogToItsVerdict() throws Exception {
        await().atMost(SOON).untilAsserted(() -> assertThat(spans(COUNT, "process votelog.votes.v1"))
                .hasSize(4));
        Map<String, String> inVotes = traceParents(Topics.VOTES.name());
        Map<String, String> inDecisions = traceParents(Topics.DECISIONS.name());
        List<String> outcomes = new ArrayList<>();
        for (JsonNode vote : votes) {
            String place =
                    vote.path("partition").asInt() + "/" + vote.path("offset").asLong();
            Told verdict = spans(COUNT, "process votelog.votes.v1").stream()
                    .filter(span -> place.equals(place(span)))
                    .findFirst()
                    .orElseThrow();
            Told sent = span(GATEWAY, verdict.parent());
            Told asked = span(GATEWAY, sent.parent());
            assertThat(sent.name()).isEqualTo("send votelog.votes.v1");
            assertThat(place(sent)).isEqualTo(place);
            assertThat(asked.name()).isEqualTo("POST /v1/ballots/{ballotId}/votes");
            assertThat(asked.attributes()).containsEntry("http.response.status_code", "202");
            assertThat(List.of(verdict.trace(), sent.trace())).containsOnly(asked.trace());
            assertThat(asked.trace()).isNotEqualTo(STRANGERS_TRACE);
            assertThat(inVotes.get(place)).contains(sent.trace(), sent.id());
            assertThat(inDecisions.get(place)).contains(verdict.trace(), verdict.id());
            outcomes.add(verdict.attributes().get("votelog.outcome"));
        }
        assertThat(outcomes).containsExactly("ACCEPTED", "REJECTED", "ACCEPTED");
        assertThat(spans(GATEWAY, "POST /v1/ballots/{ballotId}/votes"))
                .extracting(span -> span.attributes().get("error.type"))
                .contains("rule-violations", "unauthorized");
    }

    /** So a stranger cannot choose what is traced, nor find a request of theirs again in the log. */
    @Test
    @Order(2)
    void nobodyOutsideShouldNameATrace() {
        assertThat(collector.spans()).isNotEmpty().noneMatch(span -> span.trace()
                .equals(STRANGERS_TRACE));
        assertThat(collector.spans())
                .as("requests to Spring's routes")
                .anyMatch(span -> span.service().equals(COUNT) && span.name().contains("{receipt}"));
    }

    @Test
    @Order(3)
    void metricsShouldBeToldToo() {
        await().atMost(SOON).untilAsserted(() -> assertThat(collector.metrics())
                .contains(GATEWAY + " votelog.votes", COUNT + " votelog.results.live"));
    }

    /** Of all that a whole run tells, in any form. */
    @Test
    @Order(4)
    void nothingThatIsToldShouldNameAVoterAnAddressAPseudonymOrAChoice() throws Exception {
        byte[] pepper =
                Base64.getDecoder().decode(Files.readString(up.secret("pepper")).strip());
        Pseudonyms pseudonyms = new Pseudonyms(pepper, BALLOT);
        List<String> secrets = new ArrayList<>(USERS);
        secrets.addAll(OPTIONS);
        secrets.add("unheard-of-5550");
        secrets.add(ADDRESS);
        for (String user : USERS) {
            byte[] pseudonym = pseudonyms.of(user).bytes();
            secrets.add(HexFormat.of().formatHex(pseudonym));
            secrets.add(Base64.getUrlEncoder().withoutPadding().encodeToString(pseudonym));
            secrets.add(Base64.getEncoder().withoutPadding().encodeToString(pseudonym));
            secrets.add(Arrays.toString(pseudonym));
        }
        for (JsonNode vote : votes) {
            secrets.add(vote.path("receipt").asString());
            secrets.add(vote.path("voteId").asString());
        }
        List<String> told = new ArrayList<>(collector.everything());
        try (Stream<Path> logs = Files.list(dir.resolve(".votelog/logs"))) {
            for (Path log : logs.toList()) {
                told.addAll(Files.readAllLines(log));
            }
        }
        assertThat(told).anyMatch(line -> line.contains(GATEWAY)).anyMatch(line -> line.contains("{receipt}"));
        for (String secret : secrets) {
            assertThat(told.stream().filter(line -> line.contains(secret)))
                    .as("what is told of %s", secret)
                    .isEmpty();
        }
    }

    @Test
    @Order(5)
    void eachLineOfALogShouldBeAnEvent() throws Exception {
        for (String name : List.of("producer", "streams-app")) {
            List<String> lines = Files.readAllLines(dir.resolve(".votelog/logs/" + name + ".log"));
            assertThat(lines).isNotEmpty();
            for (String line : lines) {
                JsonNode event = JSON.readTree(line);
                assertThat(event.path("@timestamp").asString()).isNotEmpty();
                assertThat(event.at("/log/level").asString()).as(line).isNotEmpty();
                assertThat(event.path("message").asString()).as(line).isNotEmpty();
                assertThat(event.at("/service/name").asString()).isEqualTo("votelog-" + name);
            }
        }
    }

    private static List<Told> spans(String service, String name) {
        return collector.spans().stream().filter(span -> span.is(service, name)).toList();
    }

    private static Told span(String service, String id) {
        await().atMost(SOON).until(() -> collector.spans().stream()
                .anyMatch(span -> span.service().equals(service) && span.id().equals(id)));
        return collector.spans().stream()
                .filter(span -> span.service().equals(service) && span.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static String place(Told span) {
        return span.attributes().get("messaging.destination.partition.id") + "/"
                + span.attributes().get("messaging.kafka.offset");
    }

    /** The trace that each vote's record or verdict names, by the vote's place. */
    private static Map<String, String> traceParents(String topic) {
        Map<String, String> found = new HashMap<>();
        Map<String, Object> config = Map.of("bootstrap.servers", up.kafka(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(Duration.ofMillis(100))) {
                    Header named = entry.headers().lastHeader("traceparent");
                    if (named != null) {
                        Header id = entry.headers().lastHeader("ce_id");
                        String place = topic.equals(Topics.VOTES.name())
                                ? entry.partition() + "/" + entry.offset()
                                : new String(id.value(), StandardCharsets.US_ASCII);
                        found.put(place, new String(named.value(), StandardCharsets.US_ASCII));
                    }
                }
            }
        }
        return found;
    }

    private static JsonNode vote(String user, int expected, String... choices) throws Exception {
        return send(
                "/v1/ballots/" + BALLOT + "/votes",
                "Bearer " + token(user, null),
                JSON.writeValueAsString(Map.of("choices", List.of(choices))),
                expected);
    }

    private static String token(String user, String scope) throws Exception {
        Map<String, String> terms = scope == null ? Map.of("userId", user) : Map.of("userId", user, "scope", scope);
        return send("/dev/token", null, JSON.writeValueAsString(terms), 200)
                .path("token")
                .asString();
    }

    private static JsonNode send(String path, String authorization, String body, int expected) throws Exception {
        return send(path, authorization, body, expected, "application/json");
    }

    private static JsonNode send(String path, String authorization, String body, int expected, String type)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(up.ballotPage(path)))
                .header("Content-Type", type)
                .header("traceparent", "00-" + STRANGERS_TRACE + "-00f067aa0ba902b7-01")
                .method(
                        body == null ? "GET" : "POST",
                        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization).header("X-Forwarded-For", ADDRESS);
        }
        HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
        return answer.body().startsWith("{") ? JSON.readTree(answer.body()) : JSON.missingNode();
    }

    private static JsonNode read(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(up.resultsSide(path)))
                .header("X-Forwarded-For", ADDRESS)
                .header("traceparent", "00-" + STRANGERS_TRACE + "-00f067aa0ba902b7-01")
                .build();
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static long turnout() throws Exception {
        return read("/v1/ballots/" + BALLOT + "/results")
                .at("/turnout/received")
                .asLong();
    }

    private static String ballot() {
        Instant now = Instant.now();
        return """
                ballotId: %s
                title: A vote that is traced
                window: {opensAt: "%s", closesAt: "%s"}
                picks: {min: 1, max: 2}
                sections:
                  - id: animals
                    title: Animals
                    options:
                      - {id: %s, title: First}
                      - {id: %s, title: Second}
                      - {id: %s, title: Third}
                      - {id: %s, title: Fourth}
                """
                .formatted(
                        BALLOT,
                        now.minusSeconds(5),
                        now.plusSeconds(3600),
                        OPTIONS.get(0),
                        OPTIONS.get(1),
                        OPTIONS.get(2),
                        OPTIONS.get(3));
    }
}
