// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.RawConnection;
import io.votelog.infra.testing.RawConnection.Answer;
import io.votelog.infra.testing.WithKafka;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each request that came whole gets its answer, in order, whichever side asks for the connection's end, and whenever. */
@WithKafka(freshTopics = true)
final class EveryWholeRequestIsAnsweredIT {
    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(broker.bootstrapServers(), "whole-it", state);
        log = new LogWriter(broker.bootstrapServers());
        log.publishOpen("whole");
        await().until(() -> app.get("/v1/ballots/whole/results").statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @Test
    void shouldAnswerAClientThatSaysItSendsNothingMore() {
        try (RawConnection http = RawConnection.to(app.port())) {
            http.send(get("/openapi.yaml", "") + get("/v1/ballots/whole/results", "") + get("/none", ""));
            assertThat(http.end().untilClosed()).extracting(Answer::status).containsExactly(200, 200, 404);
        }
    }

    @Test
    void shouldAnswerAllBeforeTheConnectionThatTheLastOneWantsClosed() {
        try (RawConnection http = RawConnection.to(app.port())) {
            http.send(get("/openapi.yaml", "")
                    + get("/v1/ballots/whole/results", "")
                    + get("/none", "Connection: close\r\n")
                    + get("/openapi.yaml", ""));
            assertThat(http.untilClosed()).extracting(Answer::status).containsExactly(200, 200, 404);
        }
    }

    /** Only the half-close shows that a reader has gone, which otherwise would keep its place for ever. */
    @Test
    void shouldTakeAReaderThatHalfClosesForGone() {
        try (RawConnection early = RawConnection.to(app.port());
                RawConnection late = RawConnection.to(app.port())) {
            late.send(get("/v1/ballots/whole/results/stream", ""));
            await().untilAsserted(() ->
                    assertThat(app.metric("votelog_results_readers")).containsEntry("", 1.0));
            late.end().rest();
            early.send(get("/none", "") + get("/v1/ballots/whole/results/stream", ""));
            assertThat(early.end().restAsText()).contains("HTTP/1.1 404", "HTTP/1.1 200", "text/event-stream");
            await().untilAsserted(() ->
                    assertThat(app.metric("votelog_results_readers")).containsEntry("", 0.0));
        }
    }

    @Test
    void shouldGiveTheHeadOfAStreamToWhoAsksForThatAlone() {
        try (RawConnection http = RawConnection.to(app.port())) {
            http.send("HEAD /v1/ballots/whole/results/stream HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(http.end().next(true).map(Answer::status)).hasValue(200);
            assertThat(http.next(true)).isEmpty();
        }
    }

    private static String get(String target, String header) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + header + "\r\n";
    }
}
