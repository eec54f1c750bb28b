// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.system.App;
import io.votelog.infra.system.AppOptions;
import io.votelog.infra.system.AppProcess;
import io.votelog.infra.system.BallotPublisher;
import io.votelog.infra.system.BallotSource;
import io.votelog.infra.system.BrokerPlan;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.Instance;
import io.votelog.infra.system.RunningSystem;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.SystemFolders;
import io.votelog.infra.system.SystemPlan;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A broker, a gateway and a streams-app, on ports that are known before any of them starts, with the seed's ballot. */
final class SmallSystem implements AutoCloseable {
    static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    static final String BALLOT = "gz-customs-2021";
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final String VOTES = "/v1/ballots/%s/votes".formatted(BALLOT);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final Secrets secrets = Secrets.drawn();
    private final Path dir;
    private final Instance gateway;
    private final Instance streams;
    private Map<String, String> ofGateway = Map.of();
    private RunningSystem system;

    /** Nothing of it is started. */
    SmallSystem(Path dir, FreePorts ports) {
        this.dir = dir;
        this.gateway = Instance.onFreePorts(App.PRODUCER, "producer", ports);
        this.streams = Instance.onFreePorts(App.STREAMS, "streams-app", ports);
    }

    /**
     * Starts it, and returns when votes on the ballot are taken.
     *
     * @param settings of the gateway
     */
    SmallSystem start(Map<String, String> settings) throws InterruptedException {
        ofGateway = settings;
        system = RunningSystem.start(SystemPlan.of(ROOT, SystemFolders.in(dir))
                .brokers(BrokerPlan.single().withHeap("384m"))
                .patience(PATIENCE)
                .secrets(secrets)
                .options(App.PRODUCER, AppOptions.of(App.PRODUCER).withSettings(withPagesOf(streams, settings)))
                .options(App.STREAMS, AppOptions.of(App.STREAMS).withSettings(withPagesOf(gateway, Map.of())))
                .instances(List.of(gateway, streams))
                .build());
        new BallotPublisher(http, system.gateways(), () -> token("organiser", "ballots:write"), PATIENCE, () -> {})
                .publish(BallotSource.seed(ROOT).openFrom(Instant.now()));
        return this;
    }

    /** Each side is an origin of its own, and lets the other one's pages call it. */
    private static Map<String, String> withPagesOf(Instance other, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("votelog.cors.allowed-origins", other.http().url().toString());
        return all;
    }

    /** The origin of the gateway, and so of the ballot's page. */
    URI gateway() {
        return gateway.http().url();
    }

    /** The origin of the read side. */
    URI readSide() {
        return streams.http().url();
    }

    String bootstrapServers() {
        return system.kafka().bootstrapServers();
    }

    /** Has the gateway end and start again. */
    void restartGateway() {
        AppProcess process = system.apps(App.PRODUCER).get(0);
        process.stop(PATIENCE);
        process.start();
        process.awaitReady(PATIENCE);
    }

    /** A token of the shared secret, with which tests publish, and vote where nobody signs in. */
    String token(String user, String scope) {
        return new Tokens(
                        secrets.hs256(),
                        ofGateway.get("votelog.auth.issuer"),
                        ofGateway.get("votelog.auth.audience"),
                        Clock.systemUTC())
                .token(user, scope);
    }

    /** Sends a vote. */
    HttpResponse<String> vote(String token, String... choices) throws Exception {
        return send(HttpRequest.newBuilder(gateway().resolve(VOTES))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(Map.of("choices", choices))))
                .build());
    }

    /** The acknowledgement of a vote that must be taken. */
    JsonNode cast(String token, String... choices) throws Exception {
        HttpResponse<String> answer = vote(token, choices);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return JSON.readTree(answer.body());
    }

    /** What the gateway answers to who asks for their vote: a redirection, where it knows them. */
    HttpResponse<String> myVote(String token) throws Exception {
        return send(HttpRequest.newBuilder(gateway().resolve("/v1/ballots/%s/my-vote".formatted(BALLOT)))
                .header("Authorization", "Bearer " + token)
                .build());
    }

    /** The verdict on that very vote, once there is one. */
    JsonNode verdict(JsonNode vote) throws Exception {
        return get("/v1/ballots/%s/receipts/%s?offset=%d"
                .formatted(
                        BALLOT,
                        vote.path("receipt").stringValue(),
                        vote.path("offset").longValue()));
    }

    JsonNode results() throws Exception {
        return get("/v1/ballots/%s/results".formatted(BALLOT));
    }

    /** The results as soon as they have so many votes. */
    JsonNode awaitReceived(long received) throws Exception {
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> assertThat(
                        results().path("turnout").path("received").longValue())
                .isEqualTo(received));
        return results();
    }

    /** What the read side answers at a path, or at an address. */
    JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(readSide().resolve(path))
                .header("Prefer", "wait=10")
                .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return http.send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        if (system != null) {
            system.close();
        }
    }
}
