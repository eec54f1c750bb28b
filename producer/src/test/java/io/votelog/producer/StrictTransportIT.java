// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.RawHttp.Answer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every answer tells browsers to stay with https when the public address is https, whichever part made the answer. */
@WithKafka(freshTopics = true)
class StrictTransportIT {
    @Test
    void shouldSayItOnEveryAnswerBehindAProxyThatEndsTls(KafkaBroker broker) {
        try (Gateway gateway = Gateway.start(broker.bootstrapServers())) {
            assertEveryAnswerSays(gateway, "max-age=31536000");
        }
    }

    @Test
    void shouldSayWhatIsSet(KafkaBroker broker) {
        try (Gateway gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.hsts.max-age=30d",
                "--votelog.hsts.include-subdomains=true",
                "--votelog.public-urls.producer=http://vote.example")) {
            assertEveryAnswerSays(gateway, "max-age=2592000; includeSubDomains");
        }
    }

    @Test
    void shouldTakeItBackWithZero(KafkaBroker broker) {
        try (Gateway gateway = Gateway.start(
                broker.bootstrapServers(), "--votelog.hsts.max-age=0s", "--votelog.hsts.include-subdomains=true")) {
            assertEveryAnswerSays(gateway, "max-age=0");
        }
    }

    @Test
    void shouldSayNothingWhereNobodyComesByHttps(KafkaBroker broker) {
        try (Gateway gateway =
                Gateway.start(broker.bootstrapServers(), "--votelog.public-urls.producer=http://vote.example")) {
            assertEveryAnswerSays(gateway, null);
        }
    }

    private static void assertEveryAnswerSays(Gateway gateway, @Nullable String value) {
        gateway.put(gateway.token("operator", "ballots:write"), "safe", Gateway.openBallot("safe", "Safe"));
        String token = gateway.token("ada-" + UUID.randomUUID(), "votes:submit");
        List<RawRequest> all = List.of(
                RawRequest.get("/v1/ballots"),
                RawRequest.get("/v1/ballots/safe"),
                RawRequest.get("/v1/ballots/none"),
                RawRequest.get("/ballots/safe"),
                RawRequest.get("/nothing"),
                RawRequest.get("/openapi.yaml"),
                RawRequest.get("/v1/ballots/safe/my-vote"),
                RawRequest.get("/v1/ballots/%2e%2e%2f"),
                RawRequest.get("/").without("Host"), // which is refused before any route
                RawRequest.get("/").header("X: " + "y".repeat(9_000)), // and the server's decoder
                RawRequest.vote("safe", token, UUID.randomUUID()),
                RawRequest.vote("safe", token, UUID.randomUUID()).method("GET"),
                RawRequest.vote("safe", "none", UUID.randomUUID()),
                RawRequest.batch("safe", token, RawRequest.line("bob", UUID.randomUUID()) + "\n"));
        for (RawRequest request : all) {
            try (RawHttp http = RawHttp.to(gateway.at("/"))) {
                http.send(request.bytes());
                Answer answer = http.answer();
                assertThat(answer.header("Strict-Transport-Security").orElse(null))
                        .as("%s, answered %s", request.path(), answer.summary())
                        .isEqualTo(value);
            }
        }
    }
}
