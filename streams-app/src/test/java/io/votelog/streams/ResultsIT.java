// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WithKafka;
import io.votelog.infra.testing.contract.AsyncApi;
import io.votelog.infra.testing.standards.ElectionResultsSchema;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.nist.ElectionReport;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@WithKafka(freshTopics = true)
final class ResultsIT {
    private static final String NIST = ElectionReport.MEDIA_TYPE;

    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(broker.bootstrapServers(), "results-it", state);
        log = new LogWriter(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @Test
    void shouldShowTitlesAndCounts() {
        BallotDefinition ballot = log.publishOpen("shown");
        log.vote("shown", "a1", "b1");
        log.vote("shown", "a1", "b1", "b2");
        log.vote("shown", "a3", "b2");
        log.vote("shown", "a1");
        LogWriter.Written last = log.vote("shown", "a2", "nowhere");

        JsonNode results = awaitReceived(app, "shown", 5);

        assertThat(results.at("/title/en").asString()).isEqualTo("A vote, \"quoted\"");
        assertThat(results.at("/sections/0/title/und").asString()).isEqualTo("Part A");
        assertThat(results.at("/status").asString()).isEqualTo("open");
        assertThat(results.at("/digest").asString()).isEqualTo(ballot.digestHex());
        assertThat(results.at("/turnout").toString())
                .isEqualTo("{\"received\":5,\"accepted\":3,\"retried\":0,\"rejected\":2,\"annulled\":0,\"late\":0,"
                        + "\"rejectedByReason\":{\"UNKNOWN_OPTION\":1,\"TOO_FEW_PICKS\":1}}");
        assertThat(results.at("/sections").findValuesAsString("votes")).containsExactly("2", "0", "1", "2", "2");
        assertThat(results.at("/sections").findValuesAsString("rank")).containsExactly("1", "5", "4", "1", "1");
        assertThat(Instant.parse(results.at("/asOf").asString())).isEqualTo(last.recordedAt());
        assertThat(results.at("/positions").size()).isEqualTo(LogWriter.PARTITIONS);
    }

    @Test
    void shouldWriteCsvInTheLanguageThatIsAskedFor() {
        log.publishOpen("as-csv");
        log.vote("as-csv", "a1", "b1");
        awaitReceived(app, "as-csv", 1);
        String path = "/v1/ballots/as-csv/results";

        HttpResponse<String> csv = app.get(path, "Accept", "text/csv", "Accept-Language", "fr, en-GB;q=0.8");

        assertThat(csv.headers().firstValue("Content-Type")).contains("text/csv;charset=UTF-8");
        assertThat(csv.headers().allValues("Vary")).anyMatch(vary -> vary.contains("Accept-Language"));
        assertThat(csv.body())
                .isEqualTo("section,option,title,votes,rank\r\n"
                        + "A,a1,\"One, \"\"first\"\"\",1,1\r\n"
                        + "A,a2,Two,0,3\r\n"
                        + "A,a3,丙,0,3\r\n"
                        + "B,b1,Fourth,1,1\r\n"
                        + "B,b2,Fifth,0,3\r\n");
        // The definition is canonical, so the first language is the first in the order of tags.
        assertThat(app.get(path, "Accept", "text/csv").body()).contains("A,a2,Two,");
        assertThat(app.get(path, "Accept", "text/csv", "Accept-Language", "zh-TW")
                        .body())
                .contains("A,a2,乙,");
        assertThat(app.get(path, "Accept", "text/html, text/csv;q=0.5, */*;q=0.1")
                        .body())
                .startsWith("section,");
        assertThat(app.get(path, "Accept", "*/*").body()).startsWith("{");
    }

    @Test
    void shouldWriteAnElectionReportForWhoeverAsksForIt() throws Exception {
        BallotDefinition ballot = log.publishOpen("as-nist");
        log.vote("as-nist", "a1", "b1");
        log.vote("as-nist", "a2", "b1");
        log.vote("as-nist", "a1");
        awaitReceived(app, "as-nist", 3);
        String path = "/v1/ballots/as-nist/results";

        // The version rises while partitions without a vote come to be counted.
        HttpResponse<String> report = await().until(
                        () -> app.get(path, "Accept", NIST),
                        shown -> app.get(
                                                path,
                                                "Accept",
                                                NIST,
                                                "If-None-Match",
                                                shown.headers()
                                                        .firstValue("ETag")
                                                        .orElseThrow())
                                        .statusCode()
                                == 304);

        assertThat(report.headers().firstValue("Content-Type")).contains(NIST);
        assertThat(varies(report))
                .contains("Accept", "Accept-Encoding", "Origin")
                .doesNotContain("Accept-Language");
        assertThat(report.headers().firstValue("Cache-Control")).contains("max-age=1");
        assertThat(ElectionResultsSchema.faults(report.body().getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        JsonNode json = RunningApp.JSON.readTree(report.body());
        assertThat(json.path("Status").asString()).isEqualTo("unofficial-partial");
        assertThat(json.at("/Election/0/ExternalIdentifier").findValuesAsString("Value"))
                .containsExactly("as-nist", ballot.digestHex());
        assertThat(json.at("/Election/0/Contest").findValuesAsString("Count")).containsExactly("1", "1", "0", "2", "0");
        assertThat(json.at("/Election/0/BallotCounts/0/BallotsCast").asLong()).isEqualTo(2);
        assertThat(json.at("/Election/0/BallotCounts/0/BallotsRejected").asLong())
                .isEqualTo(1);
        Instant asOf = Instant.parse(app.json(path).at("/asOf").asString());
        assertThat(json.path("GeneratedDate").asString())
                .isEqualTo(asOf.truncatedTo(ChronoUnit.SECONDS).toString());

        String tag = report.headers().firstValue("ETag").orElseThrow();
        assertThat(tag).endsWith("-nist\"");
        assertThat(app.get(path, "Accept", NIST, "If-None-Match", tag).statusCode())
                .isEqualTo(304);
        assertThat(app.get(path, "If-None-Match", tag).statusCode()).isEqualTo(200);
        assertThat(app.get(path, "Accept", "application/json, " + NIST).body()).contains("\"ballotId\":\"as-nist\"");
        HttpResponse<String> head = RunningApp.HTTP.send(
                HttpRequest.newBuilder(app.uri(path))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .header("Accept", NIST)
                        .build(),
                BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("ETag")).contains(tag);
        assertThat(head.headers().firstValue("Content-Type")).contains(NIST);
        ReceiptsIT.assertProblem(app.get(path, "Accept", NIST + ";q=0"), 406, "not-acceptable");
    }

    private static JsonNode report(String ballotId) {
        String report =
                app.get("/v1/ballots/" + ballotId + "/results", "Accept", NIST).body();
        assertThat(ElectionResultsSchema.faults(report.getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        return RunningApp.JSON.readTree(report);
    }

    @Test
    void shouldTagWhatIsShownAndNeverGoBehindWhatAReaderHasSeen() {
        log.publishOpen("tagged");
        log.vote("tagged", "a1", "b1");
        awaitReceived(app, "tagged", 1);
        String path = "/v1/ballots/tagged/results";

        // The version rises while partitions without a vote come to be counted.
        await().untilAsserted(() -> {
            HttpResponse<String> shown = app.get(path);
            String tag = shown.headers().firstValue("ETag").orElseThrow();
            assertThat(tag)
                    .isEqualTo(tag(RunningApp.JSON
                            .readTree(shown.body())
                            .at("/version")
                            .asLong()));
            assertThat(shown.headers().firstValue("Cache-Control")).contains("max-age=1");
            assertThat(varies(shown)).contains("Accept", "Accept-Encoding", "Origin");
            HttpResponse<String> unchanged = app.get(path, "If-None-Match", "\"other\", W/" + tag);
            assertThat(unchanged.statusCode()).isEqualTo(304);
            assertThat(unchanged.body()).isEmpty();
            assertThat(app.get(path, "If-None-Match", tag, "Accept", "text/csv").statusCode())
                    .isEqualTo(200);
        });

        long version = app.json(path).at("/version").asLong();
        HttpResponse<String> behind = app.get(path, "If-None-Match", tag(version + 1_000));
        ReceiptsIT.assertProblem(behind, 503, "behind");
        assertThat(behind.headers().firstValue("Retry-After")).contains("1");

        log.vote("tagged", "a1", "b1");
        await().untilAsserted(() -> assertThat(
                        app.get(path, "If-None-Match", tag(version + 1)).statusCode())
                .isIn(200, 304));
    }

    private static List<String> varies(HttpResponse<String> answer) {
        return answer.headers().allValues("Vary").stream()
                .flatMap(line -> Stream.of(line.split(", ")))
                .toList();
    }

    private static String tag(long version) {
        return "\"%d-0-open-0\"".formatted(version);
    }

    @Test
    void shouldHideCountsUntilTheResultIsFinalAndNeverChangeItThen() {
        Instant now = Instant.now();
        BallotDefinition ballot =
                log.publish(LogWriter.ballot("hidden", now.minusSeconds(60), now.plusSeconds(3600), "after-close"));
        log.vote("hidden", "a1", "b1");
        log.vote("hidden", "a2", "b1");
        JsonNode open = awaitReceived(app, "hidden", 2);
        assertThat(open.at("/sections").findValues("votes")).isEmpty();
        assertThat(open.at("/sections").findValues("rank")).isEmpty();
        assertThat(open.at("/turnout/accepted").asLong()).isEqualTo(2);
        String csvPath = "/v1/ballots/hidden/results";
        assertThat(app.get(csvPath, "Accept", "text/csv").body()).contains("B,b1,Fourth,,\r\n");

        assertThat(report("hidden").findValues("Count")).isEmpty();
        assertThat(report("hidden").findValuesAsString("OtherType")).contains("counts-shown");

        log.closeIntent(ballot);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(app.json(csvPath).at("/status").asString()).isEqualTo("closed"));
        assertThat(app.json(csvPath).at("/sections").findValues("votes")).isEmpty();
        for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
            log.closePartition(ballot, partition);
        }
        JsonNode last = awaitStatus("hidden", "final");
        assertThat(last.at("/sections").findValuesAsString("votes")).containsExactly("1", "1", "0", "2", "0");
        assertThat(report("hidden").findValuesAsString("Count")).containsExactly("1", "1", "0", "2", "0");
        assertThat(report("hidden").path("Status").asString()).isEqualTo("unofficial-complete");
        String tag = app.get(csvPath).headers().firstValue("ETag").orElseThrow();

        log.vote("hidden", "a1", "b1");
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                        app.json(csvPath).at("/turnout/late").asLong())
                .isEqualTo(1));
        JsonNode behind = app.json(csvPath, "If-None-Match", tag);
        assertThat(behind.at("/turnout/received").asLong()).isEqualTo(2);
        assertThat(behind.at("/sections")).isEqualTo(last.at("/sections"));
        assertThat(behind.at("/version")).isEqualTo(last.at("/version"));
        assertThat(behind.at("/positions")).isEqualTo(last.at("/positions"));
    }

    @Test
    void shouldShowHowTheTurnoutGrewUpToTheEnd() {
        Instant now = Instant.now();
        BallotDefinition ballot =
                log.publish(LogWriter.ballot("grown", now.minusSeconds(60), now.plusSeconds(3600), "after-close"));
        String path = "/v1/ballots/grown/turnout";
        awaitStatus("grown", "open");
        assertThat(app.get(path).body()).isEqualTo("{\"ballotId\":\"grown\",\"stepSeconds\":60,\"points\":[]}");
        List<LogWriter.Written> accepted = new ArrayList<>();
        for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
            accepted.add(log.vote("grown", log.voterOf(partition), log.voteId(), "a1", "b1"));
        }
        List<LogWriter.Written> received = new ArrayList<>(accepted);
        received.add(log.vote("grown", "a1"));

        JsonNode grown = awaitTurnout(app, "grown", received.size());

        List<String> recount = new ArrayList<>();
        Instant newest = received.get(received.size() - 1).recordedAt();
        for (Instant at = endOfMinute(received.get(0).recordedAt());
                !at.isAfter(endOfMinute(newest));
                at = at.plusSeconds(60)) {
            recount.add("{\"at\":\"%s\",\"received\":%d,\"accepted\":%d}"
                    .formatted(at, countBefore(at, received), countBefore(at, accepted)));
        }
        assertThat(grown.path("points").toString()).isEqualTo("[" + String.join(",", recount) + "]");

        HttpResponse<String> shown = app.get(path + "?points=2000", "Origin", "https://vote.example.org");
        String tag = shown.headers().firstValue("ETag").orElseThrow();
        assertThat(RunningApp.JSON.readTree(shown.body())).isEqualTo(grown);
        assertThat(shown.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(shown.headers().firstValue("Cache-Control")).contains("max-age=5");
        assertThat(shown.headers().firstValue("Access-Control-Allow-Origin")).contains("https://vote.example.org");
        HttpResponse<String> unchanged = app.get(path, "If-None-Match", "\"other\", W/" + tag);
        assertThat(unchanged.statusCode()).isEqualTo(304);
        assertThat(unchanged.headers().firstValue("ETag")).contains(tag);
        assertThat(unchanged.body()).isEmpty();

        log.vote("grown", "a2", "b1");
        assertThat(awaitTurnout(app, "grown", received.size() + 1)).isNotEqualTo(grown);
        HttpResponse<String> changed = app.get(path, "If-None-Match", tag);
        assertThat(changed.statusCode()).isEqualTo(200);
        log.close(ballot);
        awaitStatus("grown", "final");
        log.vote("grown", "a1", "b1");
        awaitJson(
                app,
                "/v1/ballots/grown/results",
                results -> results.at("/turnout/late").asLong() == 1);
        assertThat(app.get(path).body()).isEqualTo(changed.body());
    }

    private static Instant endOfMinute(Instant time) {
        return time.truncatedTo(ChronoUnit.MINUTES).plusSeconds(60);
    }

    @Test
    void shouldShowHowTheVotesForAnOptionGrewWhereTheyAreNotHidden() {
        log.publishOpen("course");
        String path = "/v1/ballots/course/turnout?option=a1";
        awaitStatus("course", "open");
        assertThat(app.get(path).body())
                .isEqualTo("{\"ballotId\":\"course\",\"option\":\"a1\",\"stepSeconds\":900,\"points\":[]}");
        for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
            log.vote("course", log.voterOf(partition), log.voteId(), "a1", "b1");
        }
        LogWriter.Written last = log.vote("course", "a2", "b1");
        int votes = LogWriter.PARTITIONS + 1;
        awaitTurnout(app, "course", votes);

        JsonNode course = app.json(path);
        JsonNode newest = course.at("/points").get(course.at("/points").size() - 1);
        assertThat(newest.toString())
                .isEqualTo("{\"at\":\"%s\",\"received\":%d,\"accepted\":%d,\"votes\":%d}"
                        .formatted(
                                Instant.ofEpochSecond(last.recordedAt().getEpochSecond() / 900 * 900 + 900),
                                votes,
                                votes,
                                votes - 1));
        assertThat(app.json("/v1/ballots/course/turnout").findValues("votes")).isEmpty();
        ReceiptsIT.assertProblem(app.get("/v1/ballots/course/turnout?option=c1"), 400, "malformed-option");

        Instant now = Instant.now();
        log.publish(LogWriter.ballot("secret", now.minusSeconds(60), now.plusSeconds(3600), "after-close"));
        awaitStatus("secret", "open");
        log.vote("secret", "a1", "b1");
        awaitTurnout(app, "secret", 1);
        assertThat(app.json("/v1/ballots/secret/turnout?option=a1").findValues("votes"))
                .isEmpty();
    }

    private static long countBefore(Instant at, List<LogWriter.Written> votes) {
        return votes.stream().filter(vote -> vote.recordedAt().isBefore(at)).count();
    }

    @Test
    void shouldGoThroughItsLifeByTheClockAndEndWithTheRecordsBehindClosesAt() {
        Instant opensAt = Instant.now().plusSeconds(2);
        BallotDefinition ballot = log.publish(LogWriter.ballot("timed", opensAt, opensAt.plusSeconds(2), "live"));
        JsonNode scheduled = awaitStatus("timed", "scheduled");
        assertThat(scheduled.at("/turnout/received").asLong()).isZero();
        awaitStatus("timed", "open");
        awaitStatus("timed", "closed");
        log.end(ballot);
        awaitStatus("timed", "final");
    }

    @Test
    void shouldShowNothingOfABallotThatIsNotReady() {
        BallotDefinition ballot = LogWriter.ballot(
                "unready", Instant.now().minusSeconds(60), Instant.now().plusSeconds(3600), "live");
        log.claim(ballot);
        log.publishOpen("behind-unready");
        awaitStatus("behind-unready", "open");
        ReceiptsIT.assertProblem(app.get("/v1/ballots/unready/results"), 404, "unknown-ballot");
        ReceiptsIT.assertProblem(app.get("/v1/ballots/unready/results/stream"), 404, "unknown-ballot");
        log.ready(ballot);
        JsonNode results = awaitStatus("unready", "open");
        assertThat(results.at("/version").asLong()).isZero();
        assertThat(results.at("/sections").findValuesAsString("votes")).containsOnly("0");
        assertThat(results.at("/sections").findValuesAsString("rank")).containsOnly("1");
    }

    @Test
    void shouldAnswerErrorsWithProblemDocumentsAndEveryAnswerWithSafeHeaders() throws Exception {
        log.publishOpen("errors");
        awaitStatus("errors", "open");
        ReceiptsIT.assertProblem(app.get("/v1/ballots/nowhere/results"), 404, "unknown-ballot");
        ReceiptsIT.assertProblem(app.get("/nothing/here"), 404, "not-found");
        ReceiptsIT.assertProblem(app.get("/v1/ballots/errors/results", "Accept", "image/png"), 406, "not-acceptable");
        ReceiptsIT.assertProblem(
                app.get("/v1/ballots/errors/results/stream", "Accept", "application/json"), 406, "not-acceptable");
        ReceiptsIT.assertProblem(app.get("/v1/ballots/nowhere/turnout"), 404, "unknown-ballot");
        ReceiptsIT.assertProblem(app.get("/v1/ballots/errors/turnout", "Accept", "text/csv"), 406, "not-acceptable");
        for (String points : new String[] {"", "1", "2001", "-3", "many", "9999999999", "2&points=3"}) {
            ReceiptsIT.assertProblem(app.get("/v1/ballots/errors/turnout?points=" + points), 400, "malformed-points");
        }
        HttpResponse<String> posted = RunningApp.HTTP.send(
                HttpRequest.newBuilder(app.uri("/v1/ballots/errors/results"))
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                BodyHandlers.ofString());
        ReceiptsIT.assertProblem(posted, 405, "method-not-allowed");
        assertThat(posted.headers().firstValue("Allow"))
                .hasValueSatisfying(allow -> assertThat(allow).contains("GET"));

        HttpResponse<String> read = app.get("/v1/ballots/errors/results", "Origin", "https://vote.example.org");
        assertThat(read.headers().firstValue("Access-Control-Allow-Origin")).contains("https://vote.example.org");
        assertThat(read.headers().firstValue("Access-Control-Expose-Headers"))
                .hasValueSatisfying(exposed -> assertThat(exposed).contains("Location", "Retry-After", "ETag"));
        assertThat(read.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        ReceiptsIT.assertProblem(
                app.get("/v1/ballots/errors/results", "Origin", "https://evil.example.org"), 403, "origin-not-allowed");
        assertThat(app.get("/openapi.yaml").body())
                .contains("openapi: 3.1", "/v1/ballots/{ballotId}/results", "/v1/ballots/{ballotId}/turnout");
        assertThat(app.get("/actuator/health").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldMeasureWhatIsCountedAndWhatIsMissing() {
        log.publishOpen("measured");
        LogWriter.Written vote = log.vote("measured", "a1", "b1");
        awaitReceived(app, "measured", 1);
        String metrics = app.management("/actuator/prometheus").body();
        assertThat(metrics).contains("votelog_log_missing_offsets 0.0", "kafka_stream_");
        assertThat(metrics.lines()
                        .filter(line -> line.startsWith(
                                "votelog_log_counted_position{partition=\"%d\"}".formatted(vote.partition())))
                        .map(line -> Double.parseDouble(line.substring(line.indexOf(' ')))))
                .singleElement()
                .satisfies(position -> assertThat(position).isGreaterThan(vote.offset()));
    }

    @Test
    void shouldKeepCountingBehindWhatIsNoEvent(KafkaBroker broker) {
        log.publishOpen("poisoned");
        log.vote("poisoned", log.voterOf(0), log.voteId(), "a1", "b1");
        byte[] junk = new byte[1000];
        new Random(7).nextBytes(junk);
        RecordMetadata bad = log.raw(0, "key".getBytes(StandardCharsets.UTF_8), junk);
        log.raw(0, null, null);
        log.vote("poisoned", log.voterOf(0), log.voteId(), "a1", "b1");

        JsonNode results = awaitReceived(app, "poisoned", 2);

        assertThat(results.at("/turnout/accepted").asLong()).isEqualTo(2);
        List<ConsumerRecord<byte[], byte[]>> letters =
                TopicReader.of(broker.bootstrapServers()).readCommitted().readAll(Topics.DEAD_LETTERS.name());
        assertThat(letters)
                .anySatisfy(letter -> {
                    assertThat(letter.value()).isEqualTo(junk);
                    assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo(Long.toString(bad.offset()));
                    assertThat(header(letter, DeadLetters.CAUSE)).isEqualTo("UNDECODABLE");
                })
                .anySatisfy(letter -> assertThat(letter.value()).isNull());
    }

    /** Checks all records that the tests of this class led to. */
    @Test
    void shouldWriteEveryTopicAsItIsDescribed(KafkaBroker broker) throws Exception {
        log.publishOpen("written");
        log.vote("written", "a1", "b1");
        log.raw(0, null, new byte[] {1});
        awaitReceived(app, "written", 1);
        awaitTurnout(app, "written", 1);
        AsyncApi described = AsyncApi.of(Path.of("../schemas/src/main/asyncapi/votelog.yaml"));
        for (Topic topic :
                List.of(Topics.DECISIONS, Topics.TALLIES, Topics.TURNOUT, Topics.RESULTS, Topics.DEAD_LETTERS)) {
            List<ConsumerRecord<byte[], byte[]>> records =
                    TopicReader.of(broker.bootstrapServers()).readCommitted().readAll(topic.name());
            assertThat(records).as(topic.name()).isNotEmpty();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                String event = topic.events().isEmpty()
                        ? null
                        : Events.decode(record.value()).event().getSchema().getName();
                assertThat(described.faults(record, event)).isEmpty();
            }
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static JsonNode awaitStatus(String ballotId, String status) {
        return awaitJson(app, "/v1/ballots/%s/results".formatted(ballotId), results -> results.path("status")
                .asString("")
                .equals(status));
    }

    static JsonNode awaitReceived(RunningApp app, String ballotId, long received) {
        return awaitJson(
                app,
                "/v1/ballots/%s/results".formatted(ballotId),
                results -> results.at("/turnout/received").asLong() == received);
    }

    /** The entity tag of what is shown, as soon as nobody who has it is sent it again: the version rises until every partition is counted. */
    static String awaitTag(RunningApp app, String path) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> app.get(path).headers().firstValue("ETag").orElseThrow(),
                        tag -> app.get(path, "If-None-Match", tag).statusCode() == 304);
    }

    static JsonNode awaitTurnout(RunningApp app, String ballotId, long received) {
        return awaitJson(
                app,
                "/v1/ballots/%s/turnout".formatted(ballotId),
                turnout -> turnout.path("points")
                                .path(turnout.path("points").size() - 1)
                                .path("received")
                                .asLong()
                        == received);
    }

    private static JsonNode awaitJson(RunningApp app, String path, Predicate<JsonNode> wanted) {
        return await(path)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            HttpResponse<String> response = app.get(path);
                            return response.statusCode() == 200
                                    ? RunningApp.JSON.readTree(response.body())
                                    : RunningApp.JSON.createObjectNode();
                        },
                        wanted);
    }
}
