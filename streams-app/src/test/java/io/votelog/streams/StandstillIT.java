// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A Kafka Streams has failed for good: known results are shown and marked, and what needs the stores is unavailable. */
@WithKafka(freshTopics = true)
final class StandstillIT {
    private static final String GIVES_UP_AT_ONCE = "--votelog.streams.thread-replacements=0";
    private static final String LIVE = "Votelog-Live";

    @Test
    void shouldShowWhatIsKnownWhenNobodyCounts(KafkaBroker broker, @TempDir Path state, @TempDir Path heirState)
            throws Exception {
        try (LogWriter log = new LogWriter(broker.bootstrapServers());
                RunningApp app =
                        RunningApp.start(broker.bootstrapServers(), "standstill-it", state, GIVES_UP_AT_ONCE)) {
            log.publishOpen("still");
            LogWriter.Written counted = log.vote("still", "a1", "b1");
            JsonNode before = ResultsIT.awaitReceived(app, "still", 1);
            String liveTag = tag(app.get("/v1/ballots/still/results"));
            String liveTurnout = tag(app.get("/v1/ballots/still/turnout"));
            assertThat(before.has("live")).isFalse();
            try (EventReader stream = EventReader.open(app.uri("/v1/ballots/still/results/stream"))) {
                assertThat(stream.awaitEvent(0).data().has("live")).isFalse();

                // The broker refuses every verdict.
                limit(broker, Topics.DECISIONS, 1);
                log.vote("still", "a1", "b1");

                EventReader.Event marked = stream.awaitEvent(1);
                assertThat(marked.data().at("/live").asBoolean(true)).isFalse();
                assertThat(marked.id()).isEqualTo(before.at("/version").asString());

                HttpResponse<String> results = app.get("/v1/ballots/still/results", "If-None-Match", liveTag);
                assertThat(results.statusCode()).isEqualTo(200);
                assertThat(results.headers().firstValue(LIVE)).contains("false");
                JsonNode shown = RunningApp.JSON.readTree(results.body());
                assertThat(shown.at("/live").asBoolean(true)).isFalse();
                assertThat(shown.at("/sections")).isEqualTo(before.at("/sections"));
                assertThat(shown.at("/version")).isEqualTo(before.at("/version"));
                assertThat(app.get("/v1/ballots/still/results", "If-None-Match", tag(results))
                                .statusCode())
                        .isEqualTo(304);
                assertThat(app.get("/v1/ballots/still/results.csv").headers().firstValue(LIVE))
                        .contains("false");
                HttpResponse<String> turnout = app.get("/v1/ballots/still/turnout", "If-None-Match", liveTurnout);
                assertThat(turnout.statusCode()).isEqualTo(200);
                assertThat(turnout.headers().firstValue(LIVE)).contains("false");
                assertThat(app.get("/ballots/still/results?lang=en").body())
                        .contains("id=\"still\">These results are not live at the moment");
                assertThat(app.get("/ballots/still/results?lang=zh").body()).contains("id=\"still\">结果暂时停止更新");
                assertThat(app.get("/").statusCode()).isIn(200, 302);

                for (String path : List.of(
                        counted.receiptPath("still"),
                        "/v1/ballots/still/receipts/" + counted.receipt(),
                        "/v1/ballots/still/voters/" + counted.voter())) {
                    HttpResponse<String> refused = app.get(path);
                    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
                    assertThat(refused.headers().firstValue("Retry-After")).contains("1");
                    assertThat(refused.body()).contains("urn:votelog:problem:not-available");
                }
                HttpResponse<String> ready = app.management("/actuator/health/readiness");
                assertThat(ready.statusCode()).isEqualTo(503);
                assertThat(ready.body()).contains("nobody counts; Kafka Streams of this instance is in state");
                assertThat(app.management("/actuator/health/liveness").statusCode())
                        .isEqualTo(503);
                assertThat(app.metric("votelog_results_live")).containsValue(0.0);

                limit(broker, Topics.DECISIONS, 2 << 20);
                try (RunningApp heir =
                        RunningApp.startChild(broker.bootstrapServers(), "standstill-it", heirState, child -> {})) {
                    ResultsIT.awaitReceived(app, "still", 2);
                    // The watch looks every two seconds whether somebody counts, so the mark may outlast the first
                    // count.
                    await("another instance counts")
                            .atMost(Duration.ofSeconds(20))
                            .untilAsserted(() -> assertThat(app.json("/v1/ballots/still/results")
                                            .has("live"))
                                    .isFalse());
                    assertThat(tag(app.get("/v1/ballots/still/results"))).doesNotContain("-still");
                    assertThat(heir.json(counted.receiptPath("still"))
                                    .at("/status")
                                    .asString())
                            .isEqualTo("accepted");
                }
            }
        }
    }

    @Test
    void shouldShowWhatIsKnownWhenResultsAreNotReadAnyMore(KafkaBroker broker, @TempDir Path state) throws Exception {
        try (LogWriter log = new LogWriter(broker.bootstrapServers());
                RunningApp app = RunningApp.start(broker.bootstrapServers(), "deaf-it", state, GIVES_UP_AT_ONCE)) {
            log.publishOpen("deaf");
            LogWriter.Written counted = log.vote("deaf", "a1", "b1");
            ResultsIT.awaitReceived(app, "deaf", 1);

            limit(broker, Topics.RESULTS, 1);
            LogWriter.Written later = log.vote("deaf", "a1", "b1");
            await("the mark").atMost(Duration.ofSeconds(30)).until(() -> app.json("/v1/ballots/deaf/results")
                    .has("live"));
            limit(broker, Topics.RESULTS, 2 << 20);

            assertThat(app.json("/v1/ballots/deaf/results")
                            .at("/turnout/received")
                            .asInt())
                    .isEqualTo(1);
            assertThat(app.get("/").statusCode()).isIn(200, 302);
            assertThat(app.json(counted.receiptPath("deaf")).at("/status").asString())
                    .isEqualTo("accepted");
            assertThat(app.json(later.receiptPath("deaf")).at("/status").asString())
                    .isEqualTo("pending");
            HttpResponse<String> ready = app.management("/actuator/health/readiness");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("this instance reads no results");
        }
    }

    /** Nothing behind the beginning of an open transaction is committed, so nothing behind it can be counted. */
    @Test
    void shouldSayThatVotesWaitWhereTheCountDoesNotGoOn(KafkaBroker broker, @TempDir Path state) throws Exception {
        try (LogWriter log = new LogWriter(broker.bootstrapServers());
                KafkaProducer<byte[], byte[]> stranger = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "stranger"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                RunningApp app = RunningApp.start(
                        broker.bootstrapServers(), "waiting-it", state, "--votelog.streams.standstill-after=2s")) {
            log.publishOpen("waiting");
            log.vote("waiting", "a1", "b1");
            ResultsIT.awaitReceived(app, "waiting", 1);

            stranger.initTransactions();
            stranger.beginTransaction();
            int partitions = stranger.partitionsFor(Topics.VOTES.name()).size();
            for (int partition = 0; partition < partitions; partition++) {
                stranger.send(new ProducerRecord<>(Topics.VOTES.name(), partition, new byte[0], new byte[1]))
                        .get(30, TimeUnit.SECONDS);
            }
            log.vote("waiting", "a1", "b1");

            await("the mark").atMost(Duration.ofSeconds(30)).until(() -> app.json("/v1/ballots/waiting/results")
                    .has("live"));
            assertThat(app.management("/actuator/health/readiness").body())
                    .containsPattern("votes of partition \\d wait, and the count does not go on from offset \\d+");
            assertThat(app.metric("votelog_results_live")).containsValue(0.0);

            stranger.abortTransaction();
            ResultsIT.awaitReceived(app, "waiting", 2);
            await("no mark").atMost(Duration.ofSeconds(30)).until(() -> !app.json("/v1/ballots/waiting/results")
                    .has("live"));
        }
    }

    private static String tag(HttpResponse<String> response) {
        return response.headers().firstValue("ETag").orElseThrow();
    }

    /** Sets the largest batch that the broker takes for a topic. */
    private static void limit(KafkaBroker broker, Topic topic, int bytes) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("max.message.bytes", Integer.toString(bytes)),
                                    AlterConfigOp.OpType.SET))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }
}
