// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.BallotDefinition;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@WithKafka(freshTopics = true)
final class ResultsStreamIT {
    private static final int MAX_READERS = 8;

    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(
                broker.bootstrapServers(),
                "stream-it",
                state,
                "--votelog.results.heartbeat=300ms",
                "--votelog.results.max-readers=" + MAX_READERS);
        log = new LogWriter(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @Test
    void shouldPushWhatChangesAtMostFourTimesASecond() throws Exception {
        BallotDefinition ballot = log.publishOpen("pushed");
        awaitShown("pushed");
        try (EventReader reader = EventReader.open(stream("pushed"))) {
            assertThat(reader.response().headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
            reader.awaitEvent(0);
            for (int i = 0; i < 300; i++) {
                log.vote("pushed", "a1", "b1");
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> newest(reader).data().at("/turnout/accepted").asLong() == 300);
            await().atMost(Duration.ofSeconds(5)).until(() -> !reader.comments().isEmpty());
            log.close(ballot);
            reader.awaitEnd();

            List<EventReader.Event> events = reader.events();
            assertThat(events).allMatch(event -> event.name().equals("results"));
            assertThat(newest(reader).data().at("/status").asString()).isEqualTo("final");
            assertThat(newest(reader).data()).isEqualTo(app.json("/v1/ballots/pushed/results"));
            for (int i = 1; i < events.size(); i++) {
                assertThat(Long.parseLong(events.get(i).id()))
                        .isGreaterThanOrEqualTo(Long.parseLong(events.get(i - 1).id()));
                assertThat(events.get(i).id())
                        .isEqualTo(events.get(i).data().at("/version").asString());
            }
            long spanMs = TimeUnit.NANOSECONDS.toMillis(
                    newest(reader).atNanos() - events.get(0).atNanos());
            assertThat(events.size()).isLessThanOrEqualTo((int) (spanMs / 250) + 2);
        }
    }

    @Test
    void shouldResumeWithNothingOlderThanWhatWasSeen() throws Exception {
        log.publishOpen("resumed");
        log.vote("resumed", "a1", "b1");
        JsonNode seen = ResultsIT.awaitReceived(app, "resumed", 1);
        long version = seen.at("/version").asLong();
        try (EventReader same = EventReader.open(stream("resumed"), "Last-Event-ID", Long.toString(version))) {
            assertThat(same.awaitEvent(0).data().at("/version").asLong()).isGreaterThanOrEqualTo(version);
        }
        log.vote("resumed", "a1", "b1");
        try (EventReader ahead = caughtUp("resumed", version + 1)) {
            assertThat(ahead.awaitEvent(0).data().at("/version").asLong()).isGreaterThan(version);
        }
    }

    /**
     * As JSON answers a reader with a later ETag: a stream that sends nothing for ever would look like one of a ballot without
     * votes.
     */
    @Test
    void shouldSayToWhoHasSeenMoreThatItIsBehind() {
        log.publishOpen("behind");
        awaitShown("behind");
        for (String id : List.of("999999999", "0-1")) {
            HttpResponse<String> behind = app.get("/v1/ballots/behind/results/stream", "Last-Event-ID", id);
            ReceiptsIT.assertProblem(behind, 503, "behind");
            assertThat(behind.headers().firstValue("Retry-After")).contains("1");
            assertThat(behind.headers().firstValue("Cache-Control")).contains("no-store");
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> readers() == 0);
    }

    /** Opens the stream as a client does that comes again when it is told to. */
    private static EventReader caughtUp(String ballotId, long version) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> EventReader.open(stream(ballotId), "Last-Event-ID", Long.toString(version)),
                        reader -> reader.status() == 200);
    }

    @Test
    void shouldCompressTheStreamForWhoTakesItSoAndEndItWell() throws Exception {
        BallotDefinition ballot = log.publishOpen("compressed");
        awaitShown("compressed");
        try (EventReader plain = EventReader.open(stream("compressed"), "Accept-Encoding", "br, gzip;q=0");
                EventReader first = EventReader.open(stream("compressed"), "Accept-Encoding", "gzip, deflate")) {
            assertThat(plain.response().headers().firstValue("Content-Encoding"))
                    .isEmpty();
            assertThat(first.response().headers().firstValue("Content-Encoding"))
                    .contains("gzip");
            assertThat(first.response().headers().allValues("Vary"))
                    .isEqualTo(plain.response().headers().allValues("Vary"))
                    .singleElement(as(STRING))
                    .startsWith("Accept-Encoding, ");
            first.awaitEvent(0);
            log.vote("compressed", "a1", "b1");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> newest(first).data().at("/turnout/accepted").asLong() == 1);
            // A second reader comes later, and gets documents that were compressed for the first.
            try (EventReader late = EventReader.open(stream("compressed"), "Accept-Encoding", "gzip")) {
                late.awaitEvent(0);
                await().atMost(Duration.ofSeconds(5))
                        .until(() -> late.comments().size() > 1);
                log.vote("compressed", "a2", "b1");
                log.close(ballot);
                for (EventReader reader : List.of(plain, first, late)) {
                    // This fails unless the checksum and length at the end are those of what came.
                    reader.awaitEnd();
                    assertThat(newest(reader).data()).isEqualTo(app.json("/v1/ballots/compressed/results"));
                }
            }
        }
    }

    @Test
    void shouldEndBehindTheFinalResultsAndSendNobodyRoundAgain() throws Exception {
        BallotDefinition ballot = log.publishOpen("over");
        log.vote("over", "a1", "b1");
        ResultsIT.awaitReceived(app, "over", 1);
        log.close(ballot);
        await().atMost(Duration.ofSeconds(20)).until(() -> app.json("/v1/ballots/over/results")
                .at("/status")
                .asString()
                .equals("final"));

        String id;
        try (EventReader reader = EventReader.open(stream("over"))) {
            reader.awaitEnd();
            assertThat(reader.events()).hasSize(1);
            assertThat(reader.events().get(0).data().at("/status").asString()).isEqualTo("final");
            id = reader.events().get(0).id();
        }
        try (EventReader again = EventReader.open(stream("over"), "Last-Event-ID", id)) {
            assertThat(again.status()).isEqualTo(204);
        }
        // A reader who left before the end is still shown it.
        try (EventReader late = EventReader.open(stream("over"), "Last-Event-ID", "1")) {
            late.awaitEnd();
            assertThat(late.events()).hasSize(1);
        }
    }

    @Test
    void shouldPushAStatusThatTheClockChanges() throws Exception {
        Instant opensAt = Instant.now().plusSeconds(3);
        log.publish(LogWriter.ballot("clocked", opensAt, opensAt.plusSeconds(1), "live"));
        awaitShown("clocked");
        try (EventReader reader = EventReader.open(stream("clocked"))) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> newest(reader).data().at("/status").asString().equals("closed"));
            assertThat(reader.events().stream()
                            .map(event -> event.data().at("/status").asString())
                            .distinct())
                    .containsExactly("scheduled", "open", "closed");
        }
    }

    @Test
    void shouldRefuseOneReaderTooManyAndServeOthersBesideThoseWhoDoNotRead() throws Exception {
        log.publishOpen("crowded");
        awaitShown("crowded");
        List<Socket> mute = new ArrayList<>();
        try {
            await().atMost(Duration.ofSeconds(10)).until(() -> readers() == 0);
            for (int i = 0; i < MAX_READERS - 1; i++) {
                Socket socket = new Socket("127.0.0.1", app.port());
                socket.getOutputStream()
                        .write("GET /v1/ballots/crowded/results/stream HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n"
                                .getBytes(StandardCharsets.UTF_8));
                mute.add(socket);
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> readers() == MAX_READERS - 1);
            try (EventReader last = EventReader.open(stream("crowded"))) {
                last.awaitEvent(0);
                try (EventReader tooMany = EventReader.open(stream("crowded"))) {
                    assertThat(tooMany.status()).isEqualTo(503);
                    assertThat(tooMany.response().headers().firstValue("Retry-After"))
                            .contains("1");
                }
                log.vote("crowded", "a1", "b1");
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> newest(last).data().at("/turnout/accepted").asLong() == 1);
            }
        } finally {
            for (Socket socket : mute) {
                socket.close();
            }
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> readers() == 0);
    }

    @Test
    void shouldEndStreamsWhenItShutsDown(KafkaBroker broker, @TempDir Path state) throws Exception {
        log.publishOpen("shut");
        try (RunningApp other =
                RunningApp.startChild(broker.bootstrapServers(), "stream-it-shut", state, child -> {})) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> other.get("/v1/ballots/shut/results").statusCode() == 200);
            try (EventReader reader = EventReader.open(other.uri("/v1/ballots/shut/results/stream"))) {
                reader.awaitEvent(0);
                other.shutDown();
                reader.awaitEnd();
            }
        }
    }

    private static long readers() {
        return app.management("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("votelog_results_readers"))
                .map(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElse(-1L);
    }

    private static EventReader.Event newest(EventReader reader) {
        return reader.awaitEvent(Math.max(0, reader.events().size() - 1));
    }

    private static URI stream(String ballotId) {
        return app.uri("/v1/ballots/%s/results/stream".formatted(ballotId));
    }

    private static void awaitShown(String ballotId) {
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        app.get("/v1/ballots/%s/results".formatted(ballotId)).statusCode() == 200);
    }
}
