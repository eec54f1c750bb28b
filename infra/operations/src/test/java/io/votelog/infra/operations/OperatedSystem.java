// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.system.App;
import io.votelog.infra.system.AppOptions;
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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A broker, a gateway and a streams-app, operated by the commands of a page; the seed's ballot is open. */
final class OperatedSystem implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final String BALLOT = "/v1/ballots/gz-customs-2021";
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path dir;
    private final Secrets secrets;
    private final RunningSystem system;

    private OperatedSystem(Path dir, Secrets secrets, Map<String, String> ofStreams) {
        this.dir = dir;
        this.secrets = secrets;
        FreePorts ports = new FreePorts();
        this.system = new RunningSystem(SystemPlan.of(ROOT, SystemFolders.in(dir))
                .brokers(BrokerPlan.single().withHeap("384m"))
                .patience(PATIENCE)
                .secrets(secrets)
                .options(App.STREAMS, AppOptions.of(App.STREAMS).withSettings(ofStreams))
                .instances(App.PRODUCER, 1, ports)
                .instances(App.STREAMS, 1, ports)
                .build());
    }

    /** With its broker alone; the folder has the log's public key in a file, as pages name it. */
    static OperatedSystem withBroker(Path dir, Secrets secrets, Map<String, String> ofStreams) throws IOException {
        Files.writeString(dir.resolve("log-public-key"), secrets.publicKeys() + "\n");
        OperatedSystem operated = new OperatedSystem(dir, secrets, ofStreams);
        operated.system.startKafka();
        return operated;
    }

    /** Starts the apps, the streams-app first, and returns when they are ready. */
    OperatedSystem startApps() {
        for (App app : List.of(App.STREAMS, App.PRODUCER)) {
            system.plan().instances(app).stream()
                    .map(system::start)
                    .toList()
                    .forEach(part -> part.awaitReady(PATIENCE));
        }
        return this;
    }

    /** Opens the ballot, for a week. */
    OperatedSystem publish() throws Exception {
        new BallotPublisher(http, system.gateways(), () -> token("organiser", "ballots:write"), PATIENCE, () -> {})
                .publish(BallotSource.seed(ROOT).openFrom(Instant.now()));
        return this;
    }

    /** A shell for the commands of pages. */
    OperatorShell shell() {
        Instance gateway = system.plan().instances(App.PRODUCER).get(0);
        Instance streams = system.plan().instances(App.STREAMS).get(0);
        return new OperatorShell(
                dir,
                Map.of(
                        "localhost:9092", system.kafka().bootstrapServers(),
                        "localhost:9080", "127.0.0.1:" + gateway.management().port(),
                        "localhost:9081", "127.0.0.1:" + streams.management().port()));
    }

    String bootstrapServers() {
        return system.kafka().bootstrapServers();
    }

    private String token(String user, String scope) {
        return new Tokens(secrets.hs256(), null, null, Clock.systemUTC()).token(user, scope);
    }

    /** Casts a vote and gives back its acknowledgement. */
    JsonNode cast(String user, String... choices) throws Exception {
        return post(BALLOT + "/votes", token(user, ""), Map.of("choices", choices));
    }

    void annul(JsonNode vote) throws Exception {
        post(
                BALLOT + "/annulments",
                token("auditor", "votes:annul"),
                Map.of("receipt", vote.path("receipt").stringValue(), "reason", "cast with a stolen sign-in"));
    }

    private JsonNode post(String path, String token, Map<String, ?> body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(system.gateways().get(0).resolve(path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return JSON.readTree(answer.body());
    }

    /** The verdict on that very attempt. */
    JsonNode receipt(JsonNode vote) throws Exception {
        return get(BALLOT + "/receipts/" + vote.path("receipt").stringValue() + "?offset="
                + vote.path("offset").longValue());
    }

    JsonNode results() throws Exception {
        return get(BALLOT + "/results");
    }

    /** The results as soon as they have so many votes, and so many of them annulled. */
    JsonNode awaitResults(long received, long annulled) throws Exception {
        await().atMost(PATIENCE).ignoreException(IOException.class).untilAsserted(() -> {
            JsonNode turnout = results().path("turnout");
            assertThat(turnout.path("received").longValue()).isEqualTo(received);
            assertThat(turnout.path("annulled").longValue()).isEqualTo(annulled);
        });
        return results();
    }

    private JsonNode get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        system.plan().instances(App.STREAMS).get(0).http().url().resolve(path))
                .header("Prefer", "wait=10")
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    @Override
    public void close() {
        system.close();
    }
}
