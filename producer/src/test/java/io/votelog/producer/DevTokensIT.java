// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.json;
import static io.votelog.producer.Gateway.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.RawHttp.Answer;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that gives anyone a token serves the programs of its own machine alone, whatever proxy is in front of it. */
@WithKafka(freshTopics = true)
class DevTokensIT {
    private static final String ASKED = "{\"userId\": \"ada\", \"scope\": \"ballots:write\"}";
    private static Gateway gateway;

    @BeforeAll
    static void start(KafkaBroker broker) {
        gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.dev.tokens=true",
                "--votelog.public-urls.producer=http://localhost:8080",
                "--votelog.public-urls.streams=http://127.0.0.1:8081");
        gateway.publishOpen("local");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:8080",
                "LOCALHOST",
                "vote.localhost:8080",
                "127.0.0.1:8080",
                "127.8.9.10",
                "[::1]:8080"
            })
    void shouldGiveATokenToThisMachinesPrograms(String host) {
        Answer given = send(token().without("Host").header("Host: " + host));
        assertThat(given.summary()).isEqualTo("200");
        String token = given.json().path("token").stringValue();
        assertThat(gateway.put(token, "local", Gateway.openBallot("local", "Another"))
                        .statusCode())
                .isEqualTo(409);
    }

    /**
     * To a browser, a page whose host name was made to resolve to 127.0.0.1 has the gateway's origin; its requests still have
     * that name.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "10.0.0.1",
                "0.0.0.0",
                "[::2]",
                "127.1",
                "127.0.0.256",
                "notlocalhost"
            })
    void shouldAnswerToNoOtherName(String host) {
        List<RawRequest> all = List.of(
                token(),
                RawRequest.get("/"),
                RawRequest.get("/openapi.yaml"),
                RawRequest.get("/v1/ballots"),
                RawRequest.get("/v1/ballots/local"),
                RawRequest.get("/ballots/local"),
                RawRequest.get("/nothing"),
                RawRequest.vote("local", gateway.token("ada", ""), UUID.randomUUID()),
                RawRequest.batch("local", gateway.token("ada", "votes:submit"), ""),
                RawRequest.vote("local", "x", UUID.randomUUID()).method("PUT").target("/v1/ballots/local"));
        for (RawRequest request : all) {
            Answer refused = send(request.without("Host").header("Host: " + host));
            assertThat(refused.summary()).as(request.path()).isEqualTo("421 misdirected-request");
            assertThat(refused.text()).doesNotContain("evil");
        }
    }

    @Test
    void shouldAnswerToNoOtherNameInTheTarget() {
        RawRequest request = token().without("Host").header("Host: localhost");
        assertThat(send(request.target("http://evil.example/dev/token")).summary())
                .isEqualTo("421 misdirected-request");
        assertThat(send(request.target("http://localhost:8080/dev/token")).summary())
                .isEqualTo("200");
        assertThat(send(token().without("Host").version("HTTP/1.0")).summary()).isEqualTo("421 misdirected-request");
    }

    /** nginx sends its upstream's name, 127.0.0.1, as the host, unless it is configured otherwise. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 203.0.113.7",
                "x-forwarded-host: vote.example",
                "X-Forwarded-Proto: https",
                "Forwarded: for=203.0.113.7",
                "Via: 1.1 proxy",
                "X-Real-IP: 203.0.113.7",
                "X-Cluster-Client-IP: 203.0.113.7",
                "X-Envoy-External-Address: 203.0.113.7",
                "X-Original-Host: vote.example",
                "Fastly-Client-IP: 203.0.113.7",
                "CDN-Loop: proxy"
            })
    void shouldGiveNoTokenThroughAProxy(String header) {
        Answer refused = send(token().without("Host").header("Host: 127.0.0.1").header(header));
        assertThat(refused.summary()).isEqualTo("403 forbidden");
        assertThat(refused.json().path("detail").stringValue())
                .containsIgnoringCase(header.substring(0, header.indexOf(':')));
        assertThat(send(RawRequest.get("/v1/ballots")
                                .without("Host")
                                .header("Host: 127.0.0.1")
                                .header(header))
                        .summary())
                .as("what is public anyway")
                .isEqualTo("200");
    }

    /** nginx adds none of these headers and speaks HTTP/1.0 to its upstreams, unless it is configured otherwise. */
    @Test
    void shouldGiveNoTokenByTheHttpOfProxies() {
        Answer refused = send(token().without("Host").header("Host: 127.0.0.1").version("HTTP/1.0"));
        assertThat(refused.summary()).isEqualTo("403 forbidden");
        assertThat(refused.json().path("detail").stringValue()).contains("HTTP/1.0");
    }

    /** A client that connects from another address than loopback may be anybody, even if it connects to loopback. */
    @Test
    void shouldGiveNoTokenToAPeerThatIsNotThisMachine() throws Exception {
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .toList();
        assumeFalse(others.isEmpty(), "this machine has loopback addresses alone");
        for (InetAddress other : others) {
            try (RawHttp http = RawHttp.from(other, gateway.at("/"))) {
                http.send(token().without("Host").header("Host: localhost").bytes());
                Answer refused = http.answer();
                assertThat(refused.summary()).isEqualTo("403 forbidden");
                assertThat(refused.json().path("detail").stringValue()).contains("another address");
            }
        }
    }

    @Test
    void shouldGiveATokenForWhatIsAskedAndNothingElse() {
        for (String body : List.of(
                "",
                "{",
                "[]",
                "{}",
                "{\"userId\": 7}",
                "{\"userId\": \" \"}",
                "{\"userId\": \"ada\", \"scope\": 7}",
                "{\"userId\": \"ada\", \"scopes\": \"votes:annul\"}",
                "{\"userId\": \"ada\", \"userId\": \"bob\"}",
                "{\"userId\": \"ada\"} {}")) {
            problem(ask("/dev/token", body), 400, "malformed-request");
        }
        for (String query : List.of("?scope=ballots:write", "?userId=bob")) {
            problem(ask("/dev/token" + query, ASKED), 400, "malformed-request");
        }
        assertThat(send(token().without("Host").header("Host: localhost").target("/dev/token?"))
                        .summary())
                .isEqualTo("400 malformed-request");
        HttpResponse<String> given = ask("/dev/token", ASKED);
        assertThat(given.statusCode()).isEqualTo(200);
        assertThat(json(given).path("expiresIn").intValue()).isEqualTo(12 * 3600);
        assertThat(given.headers().firstValue("Strict-Transport-Security")).isEmpty();
    }

    private static HttpResponse<String> ask(String path, String body) {
        return gateway.send(HttpRequest.newBuilder(gateway.at(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private static RawRequest token() {
        return RawRequest.vote("local", "", UUID.randomUUID())
                .without("Authorization")
                .target("/dev/token")
                .body(ASKED);
    }

    private static Answer send(RawRequest request) {
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(request.bytes());
            Answer answer = http.answer();
            Gateway.CONTRACT.mustHold();
            return answer;
        }
    }
}
