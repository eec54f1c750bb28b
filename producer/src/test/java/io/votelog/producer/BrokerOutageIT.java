// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.json;
import static io.votelog.producer.Gateway.openBallot;
import static io.votelog.producer.Gateway.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.KafkaCluster;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BrokerOutageIT {
    private static final String VOTE = "{\"choices\": [\"a1\", \"b1\"]}";

    @Test
    void shouldNeverClaimAVoteThatTheLogDidNotConfirmAndRecover(@TempDir Path data) throws Exception {
        try (KafkaCluster cluster = KafkaCluster.single(data).start();
                Gateway gateway = Gateway.start(
                        cluster.bootstrapServers(),
                        Gateway.impatient(
                                "--votelog.publish-timeout=2s",
                                "--votelog.limits.user.rate=0",
                                "--votelog.limits.votes.every=0"))) {
            String operator = gateway.token("operator", "ballots:write");
            String alice = gateway.token("alice", "");
            String key = UUID.randomUUID().toString();
            assertThat(gateway.put(operator, "outage", openBallot("outage", "Outage"))
                            .statusCode())
                    .isEqualTo(201);
            JsonNode recorded = json(gateway.vote(alice, "outage", VOTE, "Idempotency-Key", key));

            cluster.kill(1);

            // The first votes find connections that still seem alive, the later ones a broker that is known to be gone.
            for (int i = 0; i < 2; i++) {
                long begun = System.nanoTime();
                HttpResponse<String> unknown = gateway.vote(alice, "outage", VOTE, "Idempotency-Key", key);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
                JsonNode problem = problem(unknown, 503, "outcome-unknown");
                assertThat(problem.path("receipt")).isEqualTo(recorded.path("receipt"));
                assertThat(problem.path("voteId").stringValue()).isEqualTo(key);
                assertThat(unknown.headers().firstValue("Retry-After")).hasValue("1");
            }
            // Many votes at once are answered as fast: none waits for another one's timeout.
            List<CompletableFuture<HttpResponse<String>>> burst = new ArrayList<>();
            long begun = System.nanoTime();
            for (int i = 0; i < 200; i++) {
                burst.add(gateway.sendAsync(gateway.voteRequest(alice, "outage", VOTE)));
            }
            for (CompletableFuture<HttpResponse<String>> sent : burst) {
                assertThat(sent.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(6));
            // What needs no log still works.
            assertThat(gateway.get("/v1/ballots/outage").statusCode()).isEqualTo(200);
            problem(gateway.vote(alice, "outage", "{\"choices\": []}"), 422, "rule-violations");
            // No claim was seen, so nobody may be told that the publication goes on.
            HttpResponse<String> unpublished = gateway.put(operator, "meanwhile", openBallot("meanwhile", "Meanwhile"));
            problem(unpublished, 503, "unavailable");
            assertThat(unpublished.headers().firstValue("Retry-After")).isPresent();

            cluster.restart(1);

            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                HttpResponse<String> again = gateway.vote(alice, "outage", VOTE, "Idempotency-Key", key);
                assertThat(again.statusCode()).isEqualTo(202);
                assertThat(json(again).path("receipt")).isEqualTo(recorded.path("receipt"));
            });
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                            gateway.put(operator, "afterwards", openBallot("afterwards", "Afterwards"))
                                    .statusCode())
                    .isIn(200, 201));
        }
    }
}
