// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.RawConnection;
import io.votelog.infra.testing.RawConnection.Answer;
import io.votelog.infra.testing.WithKafka;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections, streams and requests are limited for each address; others are served as before. */
@WithKafka(freshTopics = true)
final class OneAddressTakesNoMoreThanItsShareIT {
    private static final int CONNECTIONS = 12;
    private static final int STREAMS = 4;

    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(
                broker.bootstrapServers(),
                "shares-it",
                state,
                "--votelog.limits.address.connections=" + CONNECTIONS,
                "--votelog.results.max-readers-per-address=" + STREAMS,
                "--votelog.limits.reads.rate=0.001",
                "--votelog.limits.reads.burst=50");
        log = new LogWriter(broker.bootstrapServers());
        log.publishOpen("shares");
        await().untilAsserted(() -> {
            try (RawConnection http = RawConnection.from("127.0.0.2", app.port())) {
                assertThat(status(http, "/v1/ballots/shares/results")).hasValue(200);
            }
        });
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @Test
    void shouldResetTheConnectionsOfAnAddressThatHasEnough() {
        List<RawConnection> all = new ArrayList<>();
        double before = counted("votelog_connections_refused_total", "{reason=\"address\"}");
        try {
            for (int i = 0; i < 2 * CONNECTIONS; i++) {
                all.add(RawConnection.from("127.0.0.11", app.port()));
            }
            assertThat(all.stream().filter(http -> status(http, "/openapi.yaml").isPresent()))
                    .hasSize(CONNECTIONS);
            try (RawConnection other = RawConnection.from("127.0.0.12", app.port())) {
                assertThat(status(other, "/openapi.yaml")).hasValue(200);
            }
            assertThat(counted("votelog_connections_refused_total", "{reason=\"address\"}") - before)
                    .isEqualTo(CONNECTIONS);
        } finally {
            all.forEach(RawConnection::close);
        }
    }

    @Test
    void shouldRefuseTheStreamsOfAnAddressThatReadsEnough() {
        List<RawConnection> all = new ArrayList<>();
        double before = counted("votelog_requests_limited_total", "{limit=\"streams\"}");
        try {
            for (int i = 0; i < STREAMS; i++) {
                RawConnection reader = RawConnection.from("127.0.0.13", app.port());
                all.add(reader);
                reader.send(get("/v1/ballots/shares/results/stream"));
            }
            await().untilAsserted(() ->
                    assertThat(app.metric("votelog_results_readers")).containsEntry("", (double) STREAMS));
            try (RawConnection one = RawConnection.from("127.0.0.13", app.port());
                    RawConnection other = RawConnection.from("127.0.0.14", app.port())) {
                one.send(get("/v1/ballots/shares/results/stream"));
                Answer refused = one.next().orElseThrow();
                assertThat(refused.status()).isEqualTo(429);
                assertThat(refused.text()).contains("too-many-requests");
                assertThat(refused.header("Retry-After")).isPresent();
                other.send(get("/v1/ballots/shares/results/stream"));
                await().untilAsserted(() ->
                        assertThat(app.metric("votelog_results_readers")).containsEntry("", STREAMS + 1.0));
            }
            assertThat(counted("votelog_requests_limited_total", "{limit=\"streams\"}") - before)
                    .isEqualTo(1);
        } finally {
            all.forEach(RawConnection::close);
        }
        await().untilAsserted(
                        () -> assertThat(app.metric("votelog_results_readers")).containsEntry("", 0.0));
    }

    @Test
    void shouldTurnAwayRequestsOfAnAddressThatSendsTooManyAndBelieveNoStranger() {
        try (RawConnection http = RawConnection.from("127.0.0.15", app.port())) {
            for (int i = 0; i < 50; i++) {
                assertThat(status(http, "/none")).hasValue(404);
            }
            // Headers that name another client, or say that an instance forwarded the request, do not help a stranger.
            http.send("GET /none HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.1\r\nForwarded: for=203.0.113.1\r\n"
                    + "Votelog-Forwarded: 1\r\n\r\n");
            Answer refused = http.next().orElseThrow();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("RateLimit-Policy")).hasValue("\"reads\";q=50;w=50000");
            assertThat(refused.header("Retry-After")).isPresent();
        }
    }

    private static double counted(String metric, String tags) {
        return app.metric(metric).getOrDefault(tags, 0.0);
    }

    private static Optional<Integer> status(RawConnection http, String target) {
        return http.send(get(target)) ? http.next().map(Answer::status) : Optional.empty();
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }
}
