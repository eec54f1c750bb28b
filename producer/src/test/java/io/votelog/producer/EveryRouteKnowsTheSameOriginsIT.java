// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.RawHttp.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The origins that may call are the same on every route: on the votes' own, and on those that Spring serves. */
@WithKafka(freshTopics = true)
class EveryRouteKnowsTheSameOriginsIT {
    private static final String PAGE = "https://page.example";
    private static final List<String> FOREIGN = List.of(
            "https://evil.example",
            "null",
            "",
            "https://page.example.evil.example",
            "https://page.example:444",
            "http://page.example",
            "https://[",
            "://",
            "https://page.example, https://evil.example",
            "\u00e9\u00ff",
            "a".repeat(4000));

    private static Gateway gateway;
    private static Gateway closed;

    @BeforeAll
    static void start(KafkaBroker broker) {
        gateway = Gateway.start(
                broker.bootstrapServers(), "--votelog.limits.votes.every=0", "--votelog.cors.allowed-origins=" + PAGE);
        closed = Gateway.start(broker.bootstrapServers(), "--votelog.limits.votes.every=0");
        gateway.publishOpen("origins");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        closed.close();
    }

    /** Makers of requests that are answered by a 2xx or 3xx when they have no origin. */
    private static List<Supplier<RawRequest>> routes() {
        String voter = gateway.token("alice", "");
        String station = gateway.token("station", "votes:submit");
        String operator = gateway.token("operator", "ballots:write");
        return List.of(
                () -> RawRequest.vote("origins", voter, UUID.randomUUID()),
                () -> RawRequest.batch("origins", station, RawRequest.line("v", UUID.randomUUID())),
                () -> RawRequest.get("/v1/ballots"),
                () -> RawRequest.get("/v1/ballots/origins"),
                () -> RawRequest.get("/v1/ballots/origins/my-vote").header("Authorization: Bearer " + voter),
                () -> RawRequest.get("/openapi.yaml"),
                () -> RawRequest.get("/ballots/origins"),
                () -> RawRequest.vote("origins", operator, UUID.randomUUID())
                        .target("/v1/ballots/origins/close")
                        .body("{}"));
    }

    @Test
    void shouldTakeWhatHasNoOriginOrOneThatIsOursOrAllowed() {
        for (Supplier<RawRequest> route : routes()) {
            Answer plain = answer(gateway, route.get());
            assertThat(plain.status()).isLessThan(400);
            assertThat(plain.header("Vary").orElse(""))
                    .as(route.get().toString())
                    .containsIgnoringCase("origin");
            Answer refused = answer(gateway, route.get().method("DELETE"));
            assertThat(refused.status()).isGreaterThanOrEqualTo(400);
            assertThat(refused.header("Vary").orElse("")).containsIgnoringCase("origin");
            Answer allowed = answer(gateway, route.get().header("Origin: " + PAGE));
            assertThat(allowed.status()).isLessThan(400);
            assertThat(allowed.header("Access-Control-Allow-Origin")).hasValue(PAGE);
            assertThat(allowed.header("Access-Control-Expose-Headers").orElseThrow())
                    .contains("Location", "Retry-After", "ETag");
            assertThat(allowed.header("Vary").orElseThrow()).containsIgnoringCase("origin");
            // The gateway's own origins: its public address, the requested host, and the same behind a proxy that ends
            // TLS.
            for (RawRequest own : List.of(
                    route.get().without("Host").header("Host: 10.0.0.7:8080").header("Origin: https://vote.example"),
                    route.get().without("Host").header("Host: inner:8080").header("Origin: http://inner:8080"),
                    route.get().without("Host").header("Host: other.example").header("Origin: http://other.example:80"),
                    route.get()
                            .without("Host")
                            .header("Host: other.example")
                            .header("Origin: https://other.example"))) {
                for (Gateway any : List.of(gateway, closed)) {
                    Answer ours = answer(any, own);
                    assertThat(ours.status()).as(own + " " + ours.text()).isLessThan(400);
                    assertThat(ours.header("Access-Control-Allow-Origin")).isEmpty();
                    assertThat(ours.header("Vary").orElse("")).containsIgnoringCase("origin");
                }
            }
        }
    }

    @Test
    void shouldRefuseEverybodyElseWithTheSameProblem() {
        List<String> bodies = new ArrayList<>();
        for (Supplier<RawRequest> route : routes()) {
            for (Gateway any : List.of(gateway, closed)) {
                for (String origin : FOREIGN) {
                    bodies.add(refused(any, route.get().header("Origin: " + origin)));
                }
                bodies.add(refused(any, route.get().header("Origin: " + PAGE).header("Origin: https://evil.example")));
                bodies.add(refused(
                        any,
                        route.get()
                                .without("Host")
                                .header("Host: vote.example:444")
                                .header("Origin: https://vote.example:445")));
                bodies.add(refused(
                        any,
                        route.get()
                                .method("OPTIONS")
                                .header("Origin: https://evil.example")
                                .header("Access-Control-Request-Method: POST")));
            }
        }
        assertThat(bodies).allMatch(bodies.get(0)::equals);
    }

    @Test
    void shouldTellAPreflightWhatItMayNot() {
        for (Supplier<RawRequest> route : routes()) {
            Answer allowed = answer(
                    gateway,
                    route.get()
                            .method("OPTIONS")
                            .header("Origin: " + PAGE)
                            .header("Access-Control-Request-Method: POST"));
            assertThat(allowed.status()).isEqualTo(200);
            assertThat(allowed.header("Access-Control-Allow-Origin")).hasValue(PAGE);
            refused(
                    gateway,
                    route.get()
                            .method("OPTIONS")
                            .header("Origin: " + PAGE)
                            .header("Access-Control-Request-Method: DELETE"));
        }
    }

    private static String refused(Gateway at, RawRequest request) {
        Answer answer = answer(at, request);
        assertThat(answer.summary()).as(request.toString()).isEqualTo("403 origin-not-allowed");
        assertThat(answer.headers()).doesNotContainKey("access-control-allow-origin");
        assertThat(answer.header("Vary").orElseThrow()).containsIgnoringCase("origin");
        return answer.text();
    }

    private static Answer answer(Gateway at, RawRequest request) {
        try (RawHttp http = RawHttp.to(at.at("/"))) {
            http.send(request.bytes());
            Answer answer = http.answer();
            Gateway.CONTRACT.mustHold();
            return answer;
        }
    }
}
