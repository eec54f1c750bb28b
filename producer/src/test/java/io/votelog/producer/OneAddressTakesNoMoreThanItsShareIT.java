// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.RawConnection;
import io.votelog.infra.testing.RawConnection.Answer;
import io.votelog.infra.testing.WithKafka;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Connections, and requests that bring no votes, are limited for each address; others are served as before. */
@WithKafka(freshTopics = true)
class OneAddressTakesNoMoreThanItsShareIT {
    private static final String CATALOGUE = "GET /v1/ballots HTTP/1.1\r\nHost: a\r\n\r\n";

    @Test
    void shouldResetTheConnectionsOfAnAddressThatHasEnough(KafkaBroker broker) {
        List<RawConnection> all = new ArrayList<>();
        try (Gateway gateway = Gateway.start(broker.bootstrapServers(), "--votelog.limits.address.connections=5")) {
            int port = gateway.at("/").getPort();
            for (int i = 0; i < 20; i++) {
                all.add(RawConnection.from("127.0.0.9", port));
            }
            assertThat(all.stream().filter(OneAddressTakesNoMoreThanItsShareIT::served))
                    .hasSize(5);
            try (RawConnection other = RawConnection.from("127.0.0.10", port)) {
                assertThat(served(other)).isTrue();
            }
            assertThat(metrics(gateway)).contains("votelog_connections_refused_total{reason=\"address\"} 15.0");
            // The places of closed connections are free again.
            all.forEach(RawConnection::close);
            await().untilAsserted(() -> {
                try (RawConnection again = RawConnection.from("127.0.0.9", port)) {
                    assertThat(served(again)).isTrue();
                }
            });
        } finally {
            all.forEach(RawConnection::close);
        }
    }

    @Test
    void shouldNotCountTheConnectionsOfAProxy(KafkaBroker broker) {
        List<RawConnection> all = new ArrayList<>();
        try (Gateway gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.limits.address.connections=1",
                "--votelog.limits.trusted-proxies=127.0.0.9")) {
            for (int i = 0; i < 5; i++) {
                all.add(RawConnection.from("127.0.0.9", gateway.at("/").getPort()));
            }
            assertThat(all.stream().filter(OneAddressTakesNoMoreThanItsShareIT::served))
                    .hasSize(5);
        } finally {
            all.forEach(RawConnection::close);
        }
    }

    @Test
    void shouldTurnAwayRequestsOfAnAddressThatSendsTooMany(KafkaBroker broker) {
        try (Gateway gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.limits.reads.rate=0.001",
                "--votelog.limits.reads.burst=3",
                "--votelog.cors.allowed-origins=https://page.example")) {
            int port = gateway.at("/").getPort();
            try (RawConnection http = RawConnection.from("127.0.0.9", port)) {
                for (String target : List.of("/v1/ballots", "/v1/ballots/none/my-vote", "/none")) {
                    http.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
                    assertThat(http.next().orElseThrow().status()).isNotEqualTo(429);
                }
                http.send(
                        "GET / HTTP/1.1\r\nHost: a\r\nOrigin: https://page.example\r\nX-Forwarded-For: 203.0.113.1\r\n\r\n");
                Answer refused = http.next().orElseThrow();
                assertThat(refused.status()).isEqualTo(429);
                assertThat(refused.text())
                        .contains("too-many-requests", "3 at once")
                        .doesNotContain("127.0.0");
                assertThat(Integer.parseInt(refused.header("Retry-After").orElseThrow()))
                        .isBetween(900, 1000);
                assertThat(refused.header("RateLimit-Policy")).hasValue("\"reads\";q=3;w=3000");
                assertThat(refused.header("RateLimit").orElseThrow()).startsWith("\"reads\";r=0;t=");
                assertThat(refused.header("Access-Control-Allow-Origin")).hasValue("https://page.example");
                assertThat(refused.headers()).containsKeys("x-content-type-options", "content-security-policy");
                // Votes have buckets of their own.
                http.send("POST /v1/ballots/none/votes HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
                assertThat(http.next().orElseThrow().status()).isEqualTo(401);
            }
            try (RawConnection other = RawConnection.from("127.0.0.10", port)) {
                assertThat(served(other)).isTrue();
            }
            for (int i = 0; i < 10; i++) {
                assertThat(metrics(gateway)).isNotEmpty();
            }
            assertThat(metrics(gateway)).contains("votelog_requests_limited_total{limit=\"reads\"} 1.0");
        }
    }

    private static boolean served(RawConnection http) {
        return http.send(CATALOGUE) && http.next().map(Answer::status).equals(Optional.of(200));
    }

    private static String metrics(Gateway gateway) {
        return gateway.send(HttpRequest.newBuilder(gateway.management("/actuator/prometheus")))
                .body();
    }
}
