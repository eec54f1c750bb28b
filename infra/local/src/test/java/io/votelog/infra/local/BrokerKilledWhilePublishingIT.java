// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.system.App;
import io.votelog.infra.system.BallotPublisher;
import io.votelog.infra.system.BallotSource;
import io.votelog.infra.system.BrokerPlan;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.RunningSystem;
import io.votelog.infra.system.SystemFolders;
import io.votelog.infra.system.SystemPlan;
import io.votelog.infra.system.Tokens;
import io.votelog.infra.testing.WholeSystem;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A real broker dies while ballots are published, and comes back: each of them is published, without anyone asking again. */
@WholeSystem
class BrokerKilledWhilePublishingIT {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    /** Nothing takes so long but on a machine that is busy with other things. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final List<String> BALLOTS = List.of("before-1", "before-2", "within", "behind");

    /** A ballot is published by one request, unless that one is answered in vain. */
    private static final int FIRST_OF_WITHIN = 3;

    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger requests = new AtomicInteger();

    @TempDir
    Path dir;

    @Test
    void shouldPublishEveryBallot() throws Exception {
        SystemPlan plan = SystemPlan.of(ROOT, SystemFolders.in(dir))
                .brokers(BrokerPlan.single().withHeap("384m"))
                .patience(PATIENCE)
                .instances(App.PRODUCER, 1, new FreePorts())
                .build();
        try (RunningSystem system = RunningSystem.start(plan)) {
            CompletableFuture<Void> publication = CompletableFuture.runAsync(() -> publish(system));
            await().atMost(PATIENCE).until(() -> publication.isDone() || requests.get() > FIRST_OF_WITHIN);
            assertThat(system.kafka().running(1)).isFalse();
            assertThat(publication).as("publishing goes on without a broker").isNotDone();

            system.kafka().restart(1);
            assertThat(publication).succeedsWithin(PATIENCE);
            assertThat(BALLOTS).allSatisfy(id -> takesVotes(system, id));
        }
    }

    private void publish(RunningSystem system) {
        Tokens tokens = new Tokens(system.plan().secrets().hs256(), null, null, Clock.systemUTC());
        // A token is asked for just before each request to publish.
        Supplier<String> token = () -> {
            if (requests.incrementAndGet() == FIRST_OF_WITHIN) {
                system.kafka().kill(1);
            }
            return tokens.token("organiser", "ballots:write");
        };
        BallotPublisher publisher = new BallotPublisher(http, system.gateways(), token, PATIENCE, () -> assertThat(
                        system.apps(App.PRODUCER).get(0).alive())
                .isTrue());
        for (String id : BALLOTS) {
            try {
                publisher.publish(BallotSource.of(file(id)));
            } catch (Exception e) {
                throw new IllegalStateException(id + " is not published", e);
            }
        }
    }

    private Path file(String id) throws Exception {
        return Files.writeString(
                dir.resolve(id + ".yaml"),
                """
                ballotId: %1$s
                title: %1$s
                window: {opensAt: 2026-01-01T00:00:00Z, closesAt: 2036-01-01T00:00:00Z}
                sections:
                  - {id: A, title: A, options: [{id: a1, title: One}, {id: a2, title: Two}]}
                """
                        .formatted(id));
    }

    private void takesVotes(RunningSystem system, String id) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(system.gateways().get(0).resolve("/v1/ballots/" + id))
                        .build(),
                BodyHandlers.ofString());
        assertThat(new JsonMapper().readTree(answer.body()).path("ready").booleanValue(false))
                .as(answer.body())
                .isTrue();
    }
}
