// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.VoteCast;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topics;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@WithKafka(freshTopics = true)
class FairUseIT {
    private static final String VOTE = "{\"choices\": [\"a1\", \"b1\"]}";

    /** The rates are so low that no token comes back during the test. */
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

    /** What one signed-in user may add to the public turnout. */
    @Test
    void shouldTakeAHandfulOfNewVotesOfOneVoterAndTheSameVoteAgain(KafkaBroker broker) throws Exception {
        try (Gateway gateway = Gateway.start(broker.bootstrapServers())) {
            gateway.publishOpen("turnout");
            gateway.publishOpen("other");
            String mallory = gateway.token("mallory", "");
            // A vote that is refused for another reason takes no token.
            for (int i = 0; i < 20; i++) {
                problem(
                        gateway.vote(mallory, "turnout", "{\"choices\": [\"a1\"]}", "Idempotency-Key", id(1_000 + i)),
                        422,
                        "rule-violations");
            }
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.vote(mallory, "turnout", VOTE, "Idempotency-Key", id(i))
                                .statusCode())
                        .isEqualTo(202);
            }
            HttpResponse<String> refused = gateway.vote(mallory, "turnout", VOTE, "Idempotency-Key", id(5));
            JsonNode document = problem(refused, 429, "too-many-requests");
            assertThat(document.path("limit").stringValue()).isEqualTo("votes");
            assertThat(document.path("detail").stringValue()).contains("5 new votes on a ballot at once");
            assertThat(refused.headers().firstValue("Retry-After"))
                    .hasValueSatisfying(
                            seconds -> assertThat(Integer.parseInt(seconds)).isBetween(500, 600));
            assertThat(refused.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"votes\";r=0;t=");
            assertThat(refused.headers().firstValue("RateLimit-Policy").orElseThrow())
                    .contains("\"votes\";q=5;w=3000, \"retries\";q=100;w=6000");
            // A vote without an id is new too; an id that was taken before may come again, with any choices.
            problem(gateway.vote(mallory, "turnout", VOTE), 429, "too-many-requests");
            assertThat(gateway.vote(mallory, "turnout", "{\"choices\": [\"a2\", \"b1\"]}", "Idempotency-Key", id(0))
                            .statusCode())
                    .isEqualTo(202);
            for (int i = 0; i < 20; i++) {
                assertThat(gateway.vote(mallory, "turnout", VOTE, "Idempotency-Key", id(i % 5))
                                .statusCode())
                        .isEqualTo(202);
            }
            assertThat(gateway.vote(mallory, "other", VOTE).statusCode()).isEqualTo(202);
            assertThat(gateway.vote(gateway.token("bob", ""), "turnout", VOTE).statusCode())
                    .isEqualTo(202);
            // A station is trusted with its list.
            String line = "{\"voter\": \"mallory\", \"choices\": [\"a1\", \"b1\"], \"voteId\": \"%s\"}\n";
            HttpResponse<String> batch =
                    gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/turnout/votes:batch"))
                            .header("Authorization", "Bearer " + gateway.token("station", "votes:submit"))
                            .header("Content-Type", "application/x-ndjson")
                            .POST(BodyPublishers.ofString(line.formatted(id(50)) + line.formatted(id(51)))));
            assertThat(batch.body().lines()).hasSize(2).allMatch(answer -> answer.contains("\"status\":202"));

            Set<UUID> ids = new HashSet<>();
            int copies = 0;
            for (ConsumerRecord<byte[], byte[]> record :
                    TopicReader.readAll(broker.bootstrapServers(), Topics.VOTES.name())) {
                if (record.key() != null) {
                    VoteCast vote = Events.decode(record.value(), VoteCast.class);
                    if (vote.getBallotId().equals("turnout")) {
                        ids.add(vote.getVoteId());
                        copies++;
                    }
                }
            }
            assertThat(ids).as("votes of mallory, bob and the station").hasSize(5 + 1 + 2);
            assertThat(copies).isEqualTo(5 + 1 + 20 + 1 + 2);
        }
    }

    /** After a vote that counts, a rejected vote whose id is sent again and again adds one to the turnout each time. */
    @Test
    void shouldBoundHowOftenOneVoteComesAgain(KafkaBroker broker) throws Exception {
        try (Gateway gateway = Gateway.start(
                broker.bootstrapServers(), "--votelog.limits.retries.burst=3", "--votelog.limits.retries.every=1h")) {
            gateway.publishOpen("again");
            String mallory = gateway.token("mallory", "");
            assertThat(gateway.vote(mallory, "again", VOTE, "Idempotency-Key", id(0))
                            .statusCode())
                    .isEqualTo(202);
            for (int copy = 0; copy < 1 + 3; copy++) {
                assertThat(gateway.vote(mallory, "again", VOTE, "Idempotency-Key", id(1))
                                .statusCode())
                        .isEqualTo(202);
            }
            for (int copy = 0; copy < 10; copy++) {
                HttpResponse<String> refused = gateway.vote(mallory, "again", VOTE, "Idempotency-Key", id(1));
                JsonNode document = problem(refused, 429, "too-many-requests");
                assertThat(document.path("limit").stringValue()).isEqualTo("retries");
                assertThat(refused.headers().firstValue("RateLimit").orElseThrow())
                        .startsWith("\"retries\";r=0;t=");
            }
            assertThat(gateway.vote(mallory, "again", VOTE, "Idempotency-Key", id(2))
                            .statusCode())
                    .as("a new vote needs nothing of it")
                    .isEqualTo(202);
            int copies = 0;
            for (ConsumerRecord<byte[], byte[]> record :
                    TopicReader.readAll(broker.bootstrapServers(), Topics.VOTES.name())) {
                boolean here = record.key() != null
                        && Events.decode(record.value(), VoteCast.class)
                                .getBallotId()
                                .equals("again");
                copies += here ? 1 : 0;
            }
            assertThat(copies).isEqualTo(1 + 4 + 1);
        }
    }

    /** A request for votes takes one token of its address, whether it is taken or refused, and for whatever reason. */
    @Test
    void shouldTakeATokenOfTheAddressForWhateverIsRefused(KafkaBroker broker) {
        try (Gateway gateway = Gateway.start(
                broker.bootstrapServers(), "--votelog.limits.address.rate=0.001", "--votelog.limits.address.burst=7")) {
            gateway.publishOpen("refusals");
            String alice = gateway.token("alice", "");
            for (String route : List.of("votes", "votes:batch")) {
                String path = "/v1/ballots/refusals/" + route;
                assertThat(gateway.send(HttpRequest.newBuilder(gateway.at(path)).GET())
                                .statusCode())
                        .isEqualTo(405);
                assertThat(gateway.send(HttpRequest.newBuilder(gateway.at(path + "?dryRun"))
                                        .POST(BodyPublishers.ofString(VOTE)))
                                .statusCode())
                        .isEqualTo(400);
                assertThat(gateway.send(HttpRequest.newBuilder(gateway.at(path))
                                        .header("Origin", "https://elsewhere.example")
                                        .POST(BodyPublishers.ofString(VOTE)))
                                .statusCode())
                        .isEqualTo(403);
            }
            assertThat(gateway.vote(alice, "refusals", VOTE).statusCode()).isEqualTo(202);
            problem(gateway.vote(alice, "refusals", VOTE), 429, "too-many-requests");
            problem(
                    gateway.send(HttpRequest.newBuilder(gateway.at("/v1/ballots/refusals/votes"))
                            .GET()),
                    429,
                    "too-many-requests");
        }
    }

    private static String id(int number) {
        return new UUID(4711, number).toString();
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
            // Header values before the proxy's own entry are made by the client.
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
