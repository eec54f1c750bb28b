package io.votelog.producer;

import static io.votelog.producer.Gateway.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@WithKafka(freshTopics = true)
class FairUseIT {
    private static final String VOTE = "{\"choices\": [\"a1\", \"b1\"]}";

    /** Nobody waits here for a token to come back: the rates are so low that none does. */
    @Test
    void shouldTurnAUserAwayWhoSendsTooMuchAndNobodyElse(KafkaBroker broker) {
        try (Gateway gateway = Gateway.start(
                broker.bootstrapServers(), "--votelog.limits.user.rate=0.001", "--votelog.limits.user.burst=3")) {
            gateway.publishOpen("users");
            String alice = gateway.token("alice", "");
            for (int left = 2; left >= 0; left--) {
                HttpResponse<String> answer = gateway.vote(alice, "users", VOTE);
                assertThat(answer.statusCode()).isEqualTo(202);
                assertThat(answer.headers().firstValue("RateLimit").orElseThrow())
                        .startsWith("\"user\";r=" + left + ";t=");
                assertThat(answer.headers().firstValue("RateLimit-Policy").orElseThrow())
                        .startsWith("\"user\";q=3;w=3000");
            }
            HttpResponse<String> refused = gateway.vote(alice, "users", VOTE);
            JsonNode document = problem(refused, 429, "too-many-requests");
            assertThat(document.path("detail").stringValue()).contains("this user", "3 at once");
            assertThat(refused.headers().firstValue("Retry-After"))
                    .hasValueSatisfying(
                            seconds -> assertThat(Integer.parseInt(seconds)).isBetween(900, 1000));
            assertThat(refused.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"user\";r=0;t=");
            assertThat(gateway.vote(gateway.token("bob", ""), "users", VOTE).statusCode())
                    .isEqualTo(202);
        }
    }

    @Test
    void shouldCountAddressesAndBelieveNoHeaderOfAStranger(KafkaBroker broker) {
        List<String> limits = List.of("--votelog.limits.address.rate=0.001", "--votelog.limits.address.burst=2");
        try (Gateway gateway = Gateway.start(broker.bootstrapServers(), limits.toArray(String[]::new))) {
            gateway.publishOpen("addresses");
            String alice = gateway.token("alice", "");
            assertThat(from(gateway, "addresses", alice, "203.0.113.1").statusCode())
                    .isEqualTo(202);
            assertThat(from(gateway, "addresses", alice, "203.0.113.2").statusCode())
                    .isEqualTo(202);
            HttpResponse<String> refused = from(gateway, "addresses", alice, "203.0.113.3");
            problem(refused, 429, "too-many-requests");
            assertThat(refused.body()).doesNotContain("127.0.0.1", "203.0.113");
            // An address has no token left for a bad bearer token either.
            problem(from(gateway, "addresses", "no-token", "203.0.113.4"), 429, "too-many-requests");
        }
    }

    @Test
    void shouldCountTheAddressThatATrustedProxyNames(KafkaBroker broker) {
        try (Gateway gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.limits.address.rate=0.001",
                "--votelog.limits.address.burst=1",
                "--votelog.limits.trusted-proxies=127.0.0.0/8")) {
            gateway.publishOpen("proxies");
            String alice = gateway.token("alice", "");
            assertThat(from(gateway, "proxies", alice, "203.0.113.1").statusCode())
                    .isEqualTo(202);
            problem(from(gateway, "proxies", alice, "203.0.113.1"), 429, "too-many-requests");
            // What stands before the proxy's own entry is of the client's making.
            problem(from(gateway, "proxies", alice, "203.0.113.9, 203.0.113.1"), 429, "too-many-requests");
            assertThat(from(gateway, "proxies", alice, "203.0.113.2").statusCode())
                    .isEqualTo(202);
            assertThat(from(gateway, "proxies", alice, "2001:db8::1").statusCode())
                    .isEqualTo(202);
            problem(from(gateway, "proxies", alice, "2001:db8::2"), 429, "too-many-requests");
            assertThat(from(gateway, "proxies", alice, "2001:db8:0:1::1").statusCode())
                    .isEqualTo(202);
        }
    }

    private static HttpResponse<String> from(Gateway gateway, String ballotId, String token, String forwardedFor) {
        return gateway.vote(token, ballotId, VOTE, "X-Forwarded-For", forwardedFor);
    }
}
