// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.broker.Ports;
import io.votelog.rules.Ballot;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A broker and a gateway of its own, with the seed's ballot open, in child JVMs on free ports; on request the read side and other
 * servers too. All of it ends with this program.
 */
final class TestSystem implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(120);
    private static final Duration PROBE = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(12);
    private static final JsonMapper JSON = new JsonMapper();

    private final SystemOptions options;
    private final Path dir;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PROBE)
            .build();
    private final Set<Integer> ports = new HashSet<>();
    private final Map<TokenAlgorithm, SigningKey> keys = new LinkedHashMap<>();
    private final Map<TokenAlgorithm, TokenStore> tokens = new LinkedHashMap<>();
    private final byte[] pepper = new byte[32];
    private final KeyPair logKeys = LogSigner.newKeyPair();
    private final Ballot ballot;
    private final Limits limits;
    private final DrawnVotes votes;
    private final List<ChildJvm> children = new ArrayList<>();
    private final JwksServer jwks;
    private final KafkaCluster kafka;
    private final ChildJvm gateway;
    private final int gatewayPort;
    private final int managementPort;
    private final URI streamsUrl;
    private long streamsPid;
    private int nextVoter;

    /** What the apps bound for each user and each address; of the settings each app knows its own. */
    enum Limits {
        /** Nothing, so that a few programs can stand for any number of clients. */
        OFF(
                "--votelog.limits.address.rate=0",
                "--votelog.limits.address.connections=0",
                "--votelog.limits.user.rate=0",
                "--votelog.limits.votes.every=0",
                "--votelog.limits.reads.rate=0",
                "--votelog.results.max-readers-per-address=0"),
        /** What they bound when nobody says anything. */
        AS_DELIVERED;

        private final List<String> args;

        Limits(String... args) {
            this.args = List.of(args);
        }
    }

    private TestSystem(SystemOptions options, Ballot ballot, Limits limits) {
        this.options = options;
        this.ballot = SeedBallot.openFrom(ballot, Instant.now());
        this.limits = limits;
        try {
            Path home = Files.createDirectories(Bench.home());
            dir = options.dir == null ? Files.createTempDirectory(home, "run-") : options.dir.toAbsolutePath();
            Files.createDirectories(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new SecureRandom().nextBytes(pepper);
        votes = new DrawnVotes(this.ballot, options.seed);
        for (TokenAlgorithm algorithm : TokenAlgorithm.values()) {
            SigningKey key = SigningKey.readOrMake(Bench.home().resolve("keys"), algorithm);
            keys.put(algorithm, key);
            tokens.put(algorithm, new TokenStore(Bench.home().resolve("tokens"), key, options.seed, Clock.systemUTC()));
        }
        jwks = new JwksServer(
                List.of(
                        key(TokenAlgorithm.RS256).publicKey(),
                        key(TokenAlgorithm.ES256).publicKey()),
                0);
        kafka = KafkaCluster.single(dir.resolve("kafka"))
                .heap(options.brokerHeap)
                .start();
        gatewayPort = freePort();
        managementPort = freePort();
        streamsUrl = URI.create("http://127.0.0.1:" + freePort());
        gateway = startGateway();
    }

    /** Starts it and publishes the seed's ballot; returns when the gateway takes votes. */
    static TestSystem start(SystemOptions options) {
        return start(options, SeedBallot.read(), Limits.OFF);
    }

    /** The same with another ballot, its window moved to now, and with or without limits. */
    static TestSystem start(SystemOptions options, Ballot ballot, Limits limits) {
        TestSystem system = new TestSystem(options, ballot, limits);
        try {
            system.awaitReady(system.gateway, system.managementPort);
            system.publish();
            return system;
        } catch (RuntimeException e) {
            system.close();
            throw e;
        }
    }

    Ballot ballot() {
        return ballot;
    }

    DrawnVotes votes() {
        return votes;
    }

    Path dir() {
        return dir;
    }

    KafkaCluster kafka() {
        return kafka;
    }

    URI gatewayUrl() {
        return URI.create("http://127.0.0.1:" + gatewayPort);
    }

    /** The results on the read side. */
    URI resultsUrl() {
        return streamsUrl.resolve("/v1/ballots/" + ballot.id() + "/results");
    }

    /** The read side, started or not. */
    URI streamsUrl() {
        return streamsUrl;
    }

    byte[] pepper() {
        return pepper.clone();
    }

    SigningKey key(TokenAlgorithm algorithm) {
        SigningKey key = keys.get(algorithm);
        if (key == null) {
            throw new IllegalStateException();
        }
        return key;
    }

    /** Requests to that server of so many voters. */
    VoteRequests requests(URI server, TokenAlgorithm algorithm, int firstVoter, int count) {
        TokenStore store = tokens.get(algorithm);
        if (store == null) {
            throw new IllegalStateException();
        }
        store.ensure(firstVoter, count, left -> System.err.printf("signing %s: %,d tokens to go%n", algorithm, left));
        return new VoteRequests(server, ballot.id(), votes, store);
    }

    /** The first of so many voters who have not voted yet. */
    int newVoters(int count) {
        int first = nextVoter;
        nextVoter += count;
        return first;
    }

    /** Gives back those of them who did not come to vote. */
    void notUsed(int first) {
        nextVoter = first;
    }

    /** Process ids of gateway, broker and this program. */
    Map<String, Long> pids(String server, long pid) {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put(server, pid);
        pids.put("broker", kafka.pid(1));
        pids.put("generator", ProcessHandle.current().pid());
        return pids;
    }

    /** The process of the read side, once it is started. */
    long streamsPid() {
        return streamsPid;
    }

    long gatewayPid() {
        return gateway.pid();
    }

    private ChildJvm startGateway() {
        List<String> args = settings(gatewayPort, managementPort);
        args.add("--votelog.auth.jwk-set-uri=" + jwks.url());
        args.add("--votelog.auth.issuer=" + Claims.ISSUER);
        args.add("--votelog.auth.audience=" + Claims.AUDIENCE);
        args.addAll(options.gatewayArgs);
        return track(app("gateway", "producer/target/votelog-producer.jar")
                .jvmArgs(options.jvm())
                .args(args.toArray(String[]::new))
                .env("VOTELOG_LOG_PUBLICKEYS", LogKeys.publicKeyText(logKeys.getPublic()))
                .env("VOTELOG_PEPPER", Base64.getEncoder().encodeToString(pepper))
                .env("VOTELOG_LOG_PRIVATEKEY", LogSigner.privateKeyText(logKeys))
                .env("VOTELOG_AUTH_HS256_SECRET", key(TokenAlgorithm.HS256).secretText())
                .start());
    }

    /** What both apps are told. */
    private List<String> settings(int port, int management) {
        List<String> settings = new ArrayList<>(List.of(
                "--server.address=127.0.0.1",
                "--server.port=" + port,
                "--management.server.address=127.0.0.1",
                "--management.server.port=" + management,
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--votelog.public-urls.producer=" + gatewayUrl(),
                "--votelog.public-urls.streams=" + streamsUrl));
        settings.addAll(limits.args);
        return settings;
    }

    /** Starts the read side; returns when it is ready. */
    void startStreams() {
        int management = freePort();
        List<String> args = settings(streamsUrl.getPort(), management);
        args.add("--votelog.streams.state-dir=" + dir.resolve("streams"));
        args.add("--votelog.streams.advertised=127.0.0.1:" + streamsUrl.getPort());
        args.addAll(options.streamsArgs);
        ChildJvm streams = track(app("streams-app", "streams-app/target/votelog-streams-app.jar")
                .jvmArgs("-Xmx512m", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true")
                .args(args.toArray(String[]::new))
                .env("VOTELOG_LOG_PUBLICKEYS", LogKeys.publicKeyText(logKeys.getPublic()))
                .start());
        awaitReady(streams, management);
        streamsPid = streams.pid();
    }

    /** Starts a main class of this module with the options that the gateway's JVM has. */
    ChildJvm startPeer(String name, String mainClass, String... args) {
        return track(ChildJvm.of(name, mainClass)
                .workingDir(dir)
                .logFile(dir.resolve("logs").resolve(name + ".log"))
                .jvmArgs(options.jvm())
                .args(args)
                .start());
    }

    /** Starts kafka-producer-perf-test with the heap that its script gives it. */
    ChildJvm startPerf(String... args) {
        return track(ChildJvm.of("perf-test", "org.apache.kafka.tools.ProducerPerformance")
                .workingDir(dir)
                .logFile(dir.resolve("logs").resolve("perf-test.log"))
                .jvmArgs("-Xmx512m")
                .args(args)
                .start());
    }

    private ChildJvm.Builder app(String name, String jar) {
        Path file = options.apps().resolve(jar);
        if (Files.notExists(file)) {
            throw new BenchException(file + " is missing: build it there with ./mvnw -DskipTests package");
        }
        return ChildJvm.ofBootJar(name, file)
                .workingDir(dir)
                .logFile(dir.resolve("logs").resolve(name + ".log"));
    }

    private ChildJvm track(ChildJvm child) {
        children.add(child);
        return child;
    }

    /** A port that nothing has yet, and that this gives to nobody else. */
    int freePort() {
        int port = Ports.anyFree(ports);
        ports.add(port);
        return port;
    }

    private void awaitReady(ChildJvm child, int management) {
        URI readiness = URI.create("http://127.0.0.1:" + management + "/actuator/health/readiness");
        await(child, () -> status(readiness) == 200);
    }

    /** Returns when something listens at the port. */
    void awaitListening(ChildJvm child, int port) {
        await(child, () -> !Ports.free(port));
    }

    /** Returns when that holds; the child must live until then. */
    void await(ChildJvm child, BooleanSupplier ready) {
        long end = System.nanoTime() + READY.toNanos();
        while (!ready.getAsBoolean()) {
            if (!child.isAlive()) {
                throw new BenchException(child.obituary(child.name() + " died"));
            }
            if (System.nanoTime() - end > 0) {
                throw new BenchException(
                        child.obituary(child.name() + " is not ready after " + READY.toSeconds() + " s"));
            }
            pause(Duration.ofMillis(100));
        }
    }

    static void pause(Duration length) {
        try {
            Thread.sleep(length.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private void publish() {
        URI place = gatewayUrl().resolve("/v1/ballots/" + ballot.id());
        String token = new String(
                key(TokenAlgorithm.HS256).sign(Claims.of("infra/bench", Instant.now(), "ballots:write")),
                StandardCharsets.US_ASCII);
        HttpResponse<String> answer = send(
                request(place)
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(ballot.toPlain())))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new BenchException("the ballot is refused (%d): %s".formatted(answer.statusCode(), answer.body()));
        }
        await(gateway, () -> json(place).path("ready").booleanValue(false));
    }

    /** A document of one of the servers. */
    JsonNode json(URI place) {
        HttpResponse<String> answer = send(request(place).build(), BodyHandlers.ofString());
        return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : JSON.createObjectNode();
    }

    /** Casts a vote, which must be recorded. */
    void cast(URI votes, String token, UUID voteId, String body) {
        HttpResponse<String> answer = send(
                request(votes)
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", voteId.toString())
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 202) {
            throw new BenchException("a vote is refused (%d): %s".formatted(answer.statusCode(), answer.body()));
        }
    }

    /**
     * The body as it came, and the head with it.
     *
     * @param headers names and values in turn
     */
    HttpResponse<byte[]> get(URI place, String... headers) {
        return send(request(place).headers(headers).build(), BodyHandlers.ofByteArray());
    }

    private static HttpRequest.Builder request(URI place) {
        return HttpRequest.newBuilder(place).timeout(Duration.ofSeconds(30));
    }

    private int status(URI place) {
        try {
            return http.send(HttpRequest.newBuilder(place).timeout(PROBE).build(), BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException notYet) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
        try {
            return http.send(request, body);
        } catch (IOException e) {
            throw new BenchException("%s does not answer: %s".formatted(request.uri(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    @Override
    public void close() {
        children.forEach(ChildJvm::terminate);
        long end = System.nanoTime() + GRACE.toNanos();
        for (ChildJvm child : children) {
            if (!child.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                child.kill();
            }
        }
        kafka.close();
        jwks.close();
        if (options.dir == null) {
            delete(dir);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("not deleted: " + folder + ": " + e);
        }
    }
}
