// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.BallotDefinition;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What readers, voters and restarted instances see of annulled votes. */
@WithKafka(freshTopics = true)
final class AnnulmentIT {
    private static final String REASON = "cast with a stolen sign-in 盗用账号";

    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(broker.bootstrapServers(), "annulment-it", state);
        log = new LogWriter(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @Test
    void shouldTakeTheVoteOutOfTheResultsAndTellItsVoter() {
        BallotDefinition ballot = log.publishOpen("open");
        LogWriter.Written stolen = log.vote("open", "a1", "b1");
        log.vote("open", "a1", "b2");
        JsonNode before = ResultsIT.awaitReceived(app, "open", 2);
        RecordMetadata at = log.annul(ballot, stolen, REASON);
        JsonNode after = awaitRevision("open", 1);
        LogWriter.Written again = log.vote("open", stolen.voter(), stolen.voteId(), "b1", "a1");
        LogWriter.Written other = log.vote("open", stolen.voter(), log.voteId(), "a2", "b1");

        assertThat(votes(before)).isEqualTo("a1 2, a2 0, a3 0, b1 1, b2 1");
        assertThat(votes(after)).isEqualTo("a1 1, a2 0, a3 0, b1 0, b2 1");
        assertThat(after.at("/turnout/annulled").asLong()).isEqualTo(1);
        assertThat(after.at("/turnout/accepted").asLong()).isEqualTo(2);
        assertThat(after.at("/turnout/received").asLong()).isEqualTo(2);
        assertThat(after.at("/asOf")).isEqualTo(before.at("/asOf"));
        assertThat(after.at("/version").asLong())
                .isEqualTo(before.at("/version").asLong() + 1);
        assertThat(app.get("/v1/ballots/open/results.csv?lang=en").body()).contains("A,a1,\"One, \"\"first\"\"\",1,");

        String annulled = "{\"reason\":\"%s\",\"offset\":%d,\"at\":\"%s\"}"
                .formatted(REASON, at.offset(), Instant.ofEpochMilli(at.timestamp()));
        JsonNode receipt = app.json(stolen.receiptPath("open"), "Prefer", "wait=10");
        assertThat(receipt.at("/status").asString()).isEqualTo("accepted");
        assertThat(receipt.at("/annulled").toString()).isEqualTo(annulled);
        assertThat(app.json("/v1/ballots/open/receipts/" + stolen.receipt())).isEqualTo(receipt);
        JsonNode retry = app.json(again.receiptPath("open"), "Prefer", "wait=10");
        assertThat(retry.at("/status").asString()).isEqualTo("retried");
        assertThat(retry.at("/annulled").toString()).isEqualTo(annulled);
        JsonNode refused = app.json(other.receiptPath("open"), "Prefer", "wait=10");
        assertThat(refused.at("/reason").asString()).isEqualTo("ALREADY_VOTED");
        assertThat(refused.has("annulled")).isFalse();
        JsonNode voter = app.json("/v1/ballots/open/voters/" + stolen.voter());
        assertThat(voter.at("/status").asString()).isEqualTo("accepted");
        assertThat(voter.at("/annulledAt").asString())
                .isEqualTo(Instant.ofEpochMilli(at.timestamp()).toString());
        assertThat(votes(ResultsIT.awaitReceived(app, "open", 4))).isEqualTo(votes(after));
        assertThat(app.management("/actuator/prometheus").body()).contains("votelog_results_annulled ");
    }

    @Test
    void shouldCorrectFinalResultsForReadersOfEveryKind() throws Exception {
        BallotDefinition ballot = log.publishOpen("over");
        LogWriter.Written stolen = log.vote("over", "a1", "b1");
        log.close(ballot);
        await().atMost(Duration.ofSeconds(20)).until(() -> app.json("/v1/ballots/over/results")
                .at("/status")
                .asString()
                .equals("final"));
        HttpResponse<String> before = app.get("/v1/ballots/over/results");
        String tag = before.headers().firstValue("ETag").orElseThrow();
        String id = finalId();
        log.annul(ballot, stolen, REASON);
        JsonNode after = awaitRevision("over", 1);

        assertThat(after.at("/status").asString()).isEqualTo("final");
        assertThat(after.at("/version"))
                .isEqualTo(RunningApp.JSON.readTree(before.body()).at("/version"));
        assertThat(after.at("/turnout/late").asLong()).isZero();
        assertThat(votes(after)).isEqualTo("a1 0, a2 0, a3 0, b1 0, b2 0");
        HttpResponse<String> corrected = app.get("/v1/ballots/over/results", "If-None-Match", tag);
        assertThat(corrected.statusCode()).isEqualTo(200);
        String newTag = corrected.headers().firstValue("ETag").orElseThrow();
        assertThat(app.get("/v1/ballots/over/results", "If-None-Match", newTag).statusCode())
                .isEqualTo(304);
        assertThat(app.get("/v1/ballots/over/results", "If-None-Match", newTag.replace("-1-final", "-2-final"))
                        .statusCode())
                .isEqualTo(503);

        try (EventReader reader = EventReader.open(stream(), "Last-Event-ID", id)) {
            reader.awaitEnd();
            assertThat(reader.events()).hasSize(1);
            assertThat(reader.events().get(0).data()).isEqualTo(after);
            assertThat(reader.events().get(0).id()).isEqualTo(id + "-1");
        }
        try (EventReader again = EventReader.open(stream(), "Last-Event-ID", id + "-1")) {
            assertThat(again.status()).isEqualTo(204);
        }
        assertThat(app.get("/ballots/over/results?lang=en").body())
                .contains("Votes annulled after they had been counted: 1.")
                .doesNotContain("id=\"annulled-note\" hidden");
    }

    private static URI stream() {
        return app.uri("/v1/ballots/over/results/stream");
    }

    private static String finalId() throws Exception {
        try (EventReader reader = EventReader.open(stream())) {
            reader.awaitEnd();
            return reader.events().get(0).id();
        }
    }

    static JsonNode awaitRevision(String ballotId, long revision) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> app.json("/v1/ballots/" + ballotId + "/results"),
                        results -> results.at("/revision").asLong() == revision);
    }

    private static String votes(JsonNode results) {
        StringBuilder votes = new StringBuilder();
        for (JsonNode section : results.at("/sections")) {
            for (JsonNode option : section.at("/options")) {
                votes.append(votes.isEmpty() ? "" : ", ")
                        .append(option.at("/id").asString())
                        .append(' ')
                        .append(option.at("/votes").asLong());
            }
        }
        return votes.toString();
    }
}
