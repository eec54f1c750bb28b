// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.system.Address;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppOptions;
import io.votelog.infra.system.AppProcess;
import io.votelog.infra.system.AuditorJar;
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
import io.votelog.infra.system.sealer.SealerProcess;
import io.votelog.infra.system.secure.SystemSecurity;
import io.votelog.schemas.cluster.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A broker, a gateway and a streams-app, operated by the commands of a page; there is room for another one of each app. */
final class OperatedSystem implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final String SEED = "gz-customs-2021";
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http;
    private final Path dir;
    private final Secrets secrets;
    private final @Nullable SystemSecurity security;
    private final RunningSystem system;

    private OperatedSystem(
            Path dir, Secrets secrets, Map<String, String> ofStreams, @Nullable SystemSecurity security) {
        this.dir = dir;
        this.secrets = secrets;
        this.security = security;
        FreePorts ports = new FreePorts();
        SystemPlan.Builder plan = SystemPlan.of(ROOT, SystemFolders.in(dir))
                .brokers(BrokerPlan.single().withHeap("384m"))
                .patience(PATIENCE)
                .secrets(secrets)
                .options(App.STREAMS, AppOptions.of(App.STREAMS).withSettings(ofStreams))
                .instances(App.PRODUCER, 2, ports)
                .instances(App.STREAMS, 2, ports);
        HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        if (security != null) {
            plan.secured(security);
            client.sslContext(security.trust());
        }
        this.system = new RunningSystem(plan.build());
        this.http = client.build();
    }

    /** With its broker alone; the folder has the log's public key in a file, as pages name it. */
    static OperatedSystem withBroker(Path dir, Secrets secrets, Map<String, String> ofStreams) throws IOException {
        OperatedSystem operated = made(dir, secrets, ofStreams, null);
        operated.system.startKafka();
        return operated;
    }

    /** The same with TLS, users and rights; the folder has the users' files of client settings, as pages name them. */
    static OperatedSystem withSecuredBroker(Path dir, Secrets secrets, Map<String, String> ofStreams)
            throws IOException {
        OperatedSystem operated = made(dir, secrets, ofStreams, SystemSecurity.in(dir.resolve("security")));
        operated.system.startKafka();
        return operated;
    }

    /** A secured broker that knows its administrator alone: topics, users and rights are made by commands. */
    static OperatedSystem withBareSecuredBroker(Path dir, Secrets secrets) throws IOException {
        OperatedSystem operated = made(dir, secrets, Map.of(), SystemSecurity.in(dir.resolve("security")));
        operated.system.startBareKafka();
        return operated;
    }

    private static OperatedSystem made(
            Path dir, Secrets secrets, Map<String, String> ofStreams, @Nullable SystemSecurity security)
            throws IOException {
        Files.writeString(dir.resolve("log-public-key"), secrets.publicKeys() + "\n");
        if (security != null) {
            try (DirectoryStream<Path> users =
                    Files.newDirectoryStream(dir.resolve("security/kafka"), "*.properties")) {
                for (Path user : users) {
                    Files.copy(user, dir.resolve(user.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            for (Role role : Role.values()) {
                Files.writeString(
                        dir.resolve(role.userName() + ".password"),
                        "SCRAM-SHA-512=iterations=8192,password=%s\n"
                                .formatted(security.user(role).password()));
            }
        }
        return new OperatedSystem(dir, secrets, ofStreams, security);
    }

    /** Starts one of each app, the streams-app first, and returns when they are ready. */
    OperatedSystem startApps() {
        start(App.STREAMS);
        start(App.PRODUCER);
        return this;
    }

    /** Starts another instance of an app, and returns when it is ready. */
    void start(App app) {
        start(app, Map.of());
    }

    /** The same with settings of its own, as variables of its environment. */
    void start(App app, Map<String, String> environment) {
        system.start(system.plan().instances(app).get(system.apps(app).size()), environment)
                .awaitReady(PATIENCE);
    }

    /**
     * Starts a sealer with keys of its own, and returns when it seals.
     *
     * @param timeout how long it waits for an answer of the brokers
     */
    ChildJvm startSealer(Duration timeout, Address http, Address management) throws Exception {
        AuditorJar auditor = new AuditorJar(ROOT, dir, AppOptions.jvm("192m", "-XX:+UseSerialGC"));
        Path key = dir.resolve("signing-key");
        ChildJvm keygen =
                auditor.start("keygen", "keygen", "--origin", "example.org/operated", "--out", key.toString());
        assertThat(keygen.awaitEnd(PATIENCE)).isTrue();
        Path impatient = Files.writeString(
                dir.resolve("impatient.properties"),
                "default.api.timeout.ms=%d\nrequest.timeout.ms=%d\n"
                        .formatted(timeout.toMillis(), timeout.toMillis() / 2));
        SealerProcess sealer = SealerProcess.start(
                auditor,
                new SealerProcess.Place("sealer", dir.resolve("sealed"), http, management),
                new SealerProcess.Log(bootstrapServers(), key, secrets.publicKeys(), impatient));
        sealer.awaitReady(PATIENCE);
        return sealer.child();
    }

    /** The brokers, to do something to. */
    KafkaCluster kafka() {
        return system.kafka();
    }

    /** The instances of an app that run, to do something to. */
    List<AppProcess> processes(App app) {
        return system.apps(app);
    }

    /** Stops what runs of an app, as an operator does. */
    void stop(App app) {
        system.apps(app).forEach(process -> process.stop(PATIENCE));
    }

    /** Starts again what was stopped of an app, and returns when it is ready. */
    void startAgain(App app) {
        for (AppProcess process : system.apps(app)) {
            process.start();
            process.awaitReady(PATIENCE);
        }
    }

    /** Opens the seed's ballot, for a week. */
    OperatedSystem publish() throws Exception {
        new BallotPublisher(
                        http,
                        system.gateways().subList(0, 1),
                        () -> token("organiser", "ballots:write"),
                        PATIENCE,
                        () -> {})
                .publish(BallotSource.seed(ROOT).openFrom(Instant.now()));
        return this;
    }

    /** A shell for the commands of pages. */
    OperatorShell shell() {
        Instance gateway = system.plan().instances(App.PRODUCER).get(0);
        Instance streams = system.plan().instances(App.STREAMS).get(0);
        OperatorShell shell = new OperatorShell(
                dir,
                Map.of(
                        "localhost:9092", system.kafka().bootstrapServers(),
                        "localhost:8080", address(gateway),
                        "localhost:8081", address(streams),
                        "localhost:9080", "127.0.0.1:" + gateway.management().port(),
                        "localhost:9081", "127.0.0.1:" + streams.management().port()));
        return security == null ? shell : shell.secured(security.authority(), ofStreams(security));
    }

    /** As pages have it: with https:// where the app speaks TLS, else without anything. */
    private static String address(Instance instance) {
        Address http = instance.http();
        return http.tls() ? http.url().toString() : "127.0.0.1:" + http.port();
    }

    private static Map<String, String> ofStreams(SystemSecurity security) {
        Map<String, String> told = new HashMap<>();
        security.clientSettings(Role.STREAMS)
                .forEach((key, value) -> told.put(
                        "SPRING_KAFKA_PROPERTIES_"
                                + key.toUpperCase(Locale.ROOT).replace('.', '_'),
                        value));
        return told;
    }

    /** What a client of Kafka's is told of whoever may do everything; empty where everybody may. */
    Map<String, String> administratorSettings() {
        return security == null ? Map.of() : security.administratorSettings();
    }

    String bootstrapServers() {
        return system.kafka().bootstrapServers();
    }

    /** A token of a user with these scopes. */
    String token(String user, String scope) {
        return new Tokens(secrets.hs256(), null, null, Clock.systemUTC()).token(user, scope);
    }

    /** Casts a vote on the seed's ballot and gives back its acknowledgement. */
    JsonNode cast(String user, String... choices) throws Exception {
        return castOn(SEED, user, choices);
    }

    JsonNode castOn(String ballot, String user, String... choices) throws Exception {
        return accepted(tryToCast(ballot, user, choices));
    }

    /** Sends a vote, which may be refused. */
    HttpResponse<String> tryToCast(String ballot, String user, String... choices) throws Exception {
        return post(path(ballot) + "/votes", token(user, ""), Map.of("choices", choices));
    }

    void annul(JsonNode vote) throws Exception {
        accepted(post(
                path(SEED) + "/annulments",
                token("auditor", "votes:annul"),
                Map.of("receipt", vote.path("receipt").stringValue(), "reason", "cast with a stolen sign-in")));
    }

    private static JsonNode accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> post(String path, String token, Map<String, ?> body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(system.gateways().get(0).resolve(path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** The ballots that the gateway knows, by id. */
    Map<String, JsonNode> ballots() throws Exception {
        return get(system.gateways().get(0), "/v1/ballots")
                .path("ballots")
                .valueStream()
                .collect(Collectors.toMap(ballot -> ballot.path("ballotId").stringValue(), ballot -> ballot));
    }

    /** The verdict on that very attempt, on the seed's ballot. */
    JsonNode receipt(JsonNode vote) throws Exception {
        return receipt(SEED, vote);
    }

    JsonNode receipt(String ballot, JsonNode vote) throws Exception {
        return read(path(ballot) + "/receipts/" + vote.path("receipt").stringValue() + "?offset="
                + vote.path("offset").longValue());
    }

    /** The results of the seed's ballot. */
    JsonNode results() throws Exception {
        return results(SEED);
    }

    JsonNode results(String ballot) throws Exception {
        return read(path(ballot) + "/results");
    }

    /** The results as soon as they have so many votes, and so many of them annulled. */
    JsonNode awaitResults(long received, long annulled) throws Exception {
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            JsonNode turnout = results().path("turnout");
            assertThat(turnout.path("received").longValue()).isEqualTo(received);
            assertThat(turnout.path("annulled").longValue()).isEqualTo(annulled);
        });
        return results();
    }

    private JsonNode read(String path) throws Exception {
        return get(system.plan().instances(App.STREAMS).get(0).http().url(), path);
    }

    private JsonNode get(URI side, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(side.resolve(path))
                .header("Prefer", "wait=10")
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static String path(String ballot) {
        return "/v1/ballots/" + ballot;
    }

    @Override
    public void close() {
        system.close();
    }
}
