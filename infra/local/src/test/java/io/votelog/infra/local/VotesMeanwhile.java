// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.system.App;
import io.votelog.infra.system.BallotPublisher;
import io.votelog.infra.system.BallotSource;
import io.votelog.infra.system.Instance;
import io.votelog.infra.system.RunningSystem;
import io.votelog.infra.system.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Votes that are cast on the seed's ballot, one after the other, while something is done to a secured system. Each must be taken in the end. */
final class VotesMeanwhile {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String BALLOT = "/v1/ballots/gz-customs-2021";
    private static final JsonMapper JSON = new JsonMapper();

    private final Queue<String> receipts = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger cast = new AtomicInteger();
    private final RunningSystem system;
    private final Tokens tokens;
    private final HttpClient http;
    private CompletableFuture<Void> voting = CompletableFuture.completedFuture(null);

    /** @param trust whose certificates the voters take */
    VotesMeanwhile(RunningSystem system, SSLContext trust) {
        this.system = system;
        this.tokens = new Tokens(system.plan().secrets().hs256(), null, null, Clock.systemUTC());
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust)
                .build();
    }

    /** Opens the ballot, for a week. */
    void publish() throws Exception {
        new BallotPublisher(
                        http, system.gateways(), () -> tokens.token("organiser", "ballots:write"), PATIENCE, () -> {})
                .publish(BallotSource.seed(ROOT).openFrom(Instant.now()));
    }

    void begin() {
        voting = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                castOne(cast.incrementAndGet());
            }
        });
    }

    /** Waits until ten more have been taken. */
    void awaitMore() {
        int then = cast.get();
        await().atMost(PATIENCE).until(() -> voting.isDone() || cast.get() > then + 10);
        assertThat(voting).as("the votes that are cast meanwhile").isNotDone();
    }

    /** Ends the voting, and fails where a vote was not taken. */
    void end() {
        over.set(true);
        voting.join();
    }

    /** Each vote counts once. */
    void areCounted() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode turnout = results().path("turnout");
            assertThat(turnout.path("accepted").longValue()).isEqualTo(cast.get());
            assertThat(turnout.path("rejected").longValue()).isZero();
        });
    }

    /** An instance that does not hold a voter asks the one that does, over HTTPS too. */
    void receiptsAreToldEverywhere() {
        List<String> receipts = new ArrayList<>(this.receipts);
        for (String receipt : receipts.subList(0, Math.min(12, receipts.size()))) {
            for (Instance instance : system.plan().instances(App.STREAMS)) {
                URI url = instance.http().url().resolve(BALLOT + "/receipts/" + receipt);
                await().atMost(PATIENCE).untilAsserted(() -> {
                    HttpResponse<String> answer =
                            http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                    assertThat(JSON.readTree(answer.body()).path("status").stringValue())
                            .isEqualTo("accepted");
                });
            }
        }
    }

    /** As a client does: to another gateway, under the same id, until one has it. */
    private void castOne(int number) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String id = UUID.randomUUID().toString();
        List<URI> gateways = system.gateways();
        for (int attempt = number; ; attempt++) {
            HttpRequest request = HttpRequest.newBuilder(
                            gateways.get(attempt % gateways.size()).resolve(BALLOT + "/votes"))
                    .header("Authorization", "Bearer " + tokens.token("voter-" + number, ""))
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", id)
                    .timeout(Duration.ofSeconds(10))
                    .POST(BodyPublishers.ofString(JSON.writeValueAsString(Map.of("choices", List.of("01", "25")))))
                    .build();
            try {
                HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
                if (answer.statusCode() == 202) {
                    receipts.add(JSON.readTree(answer.body()).path("receipt").stringValue());
                    Thread.sleep(100);
                    return;
                }
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
                Thread.sleep(50);
            } catch (IOException gone) {
                // The other gateway is there.
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            assertThat(System.nanoTime() - end)
                    .as("vote %d is not taken in time", number)
                    .isNegative();
        }
    }

    private JsonNode results() throws Exception {
        URI url = system.plan().instances(App.STREAMS).get(0).http().url().resolve(BALLOT + "/results");
        return JSON.readTree(http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString())
                .body());
    }
}
