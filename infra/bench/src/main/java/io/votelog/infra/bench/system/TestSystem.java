// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.system;

import io.votelog.infra.bench.load.VoteRequests;
import io.votelog.infra.bench.voters.Claims;
import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.infra.bench.voters.SigningKey;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.voters.VoterTokens;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Workspace;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.broker.Ports;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppOptions;
import io.votelog.infra.system.AppProcess;
import io.votelog.infra.system.AtExit;
import io.votelog.infra.system.BallotPublisher;
import io.votelog.infra.system.BallotSource;
import io.votelog.infra.system.BrokerPlan;
import io.votelog.infra.system.ChildWait;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.Instance;
import io.votelog.infra.system.JwksServer;
import io.votelog.infra.system.RunningSystem;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.SystemFolders;
import io.votelog.infra.system.SystemPlan;
import io.votelog.rules.Ballot;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A broker and a gateway of its own, with a ballot open and voters who have tokens, on free ports; on request the read side and other
 * servers too. All of it ends with this program.
 */
public final class TestSystem implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(120);
    private static final Duration GRACE = Duration.ofSeconds(12);

    private final SystemOptions options;
    private final Path dir;
    private final Calls calls = new Calls();
    private final FreePorts ports = new FreePorts();
    private final VoterTokens tokens;
    private final BallotSource ballot;
    private final DrawnVotes votes;
    private final List<ChildJvm> peers = new ArrayList<>();
    private final JwksServer jwks;
    private final Instance gateway;
    private final Instance streams;
    private final RunningSystem system;
    private final AtExit atExit;
    private int nextVoter;

    /** What the apps bound for each user and each address; of the settings each app knows its own. */
    public enum Limits {
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
        this.ballot = BallotSource.open(ballot, Instant.now());
        dir = options.folder.folder("run-");
        votes = new DrawnVotes(this.ballot.ballot(), options.seed);
        tokens = new VoterTokens(Workspace.home(), options.seed);
        gateway = Instance.onFreePorts(App.PRODUCER, "gateway", ports);
        streams = Instance.onFreePorts(App.STREAMS, "streams-app", ports);
        jwks = tokens.serve();
        system = new RunningSystem(SystemPlan.of(options.apps(), SystemFolders.in(dir))
                .brokers(BrokerPlan.single().withHeap(options.brokerHeap))
                .secrets(Secrets.drawn().withHs256(key(TokenAlgorithm.HS256).secretText()))
                .patience(READY)
                .instances(List.of(gateway, streams))
                .options(App.PRODUCER, gatewayOptions(limits))
                .options(App.STREAMS, streamsOptions(limits))
                .build());
        atExit = new AtExit(this::end);
    }

    private AppOptions gatewayOptions(Limits limits) {
        List<String> args = new ArrayList<>(limits.args);
        args.add("--votelog.auth.jwk-set-uri=" + jwks.url());
        args.add("--votelog.auth.issuer=" + Claims.ISSUER);
        args.add("--votelog.auth.audience=" + Claims.AUDIENCE);
        args.addAll(options.gatewayArgs);
        return new AppOptions(List.of(options.jvm()), Map.of(), args);
    }

    private AppOptions streamsOptions(Limits limits) {
        List<String> args = new ArrayList<>(limits.args);
        args.addAll(options.streamsArgs);
        return new AppOptions(
                List.of("-Xmx512m", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true"), Map.of(), args);
    }

    /** Starts it and publishes the seed's ballot; returns when the gateway takes votes. */
    public static TestSystem start(SystemOptions options) {
        return start(options, seed(), Limits.OFF);
    }

    /** The same with another ballot, its window moved to now, and with or without limits. */
    public static TestSystem start(SystemOptions options, Ballot ballot, Limits limits) {
        TestSystem system = new TestSystem(options, ballot, limits);
        try {
            system.system.startKafka();
            system.system.start(system.gateway).awaitReady(READY);
            system.publish();
            return system;
        } catch (RuntimeException e) {
            system.close();
            throw e;
        }
    }

    /** The ballot that is measured with, as its file has it. */
    public static Ballot seed() {
        return BallotSource.seed(Workspace.root()).ballot();
    }

    /** The ballot that is voted on, as it was published. */
    public Ballot ballot() {
        return ballot.ballot();
    }

    /** What voters choose, drawn from the seed. */
    public DrawnVotes votes() {
        return votes;
    }

    /** The folder of this run: data, logs, and what a program puts there. */
    public Path dir() {
        return dir;
    }

    /** The broker. */
    public KafkaCluster kafka() {
        return system.kafka();
    }

    /** Where the gateway takes votes. */
    public URI gatewayUrl() {
        return gateway.http().url();
    }

    /** The results on the read side. */
    public URI resultsUrl() {
        return streamsUrl().resolve("/v1/ballots/" + ballot().id() + "/results");
    }

    /** The read side, started or not. */
    public URI streamsUrl() {
        return streams.http().url();
    }

    /** The secret that pseudonyms are made under, for an account that has to know them. */
    public byte[] pepper() {
        return Base64.getDecoder().decode(system.plan().secrets().pepper());
    }

    /** The key that the gateway trusts for tokens of this kind. */
    public SigningKey key(TokenAlgorithm algorithm) {
        return tokens.key(algorithm);
    }

    /** Single requests beside the load. */
    public Calls calls() {
        return calls;
    }

    /** Requests to that server of so many voters. */
    public VoteRequests requests(URI server, TokenAlgorithm algorithm, int firstVoter, int count) {
        return new VoteRequests(server, ballot().id(), votes, tokens.of(algorithm, firstVoter, count));
    }

    /** The first of so many voters who have not voted yet. */
    public int newVoters(int count) {
        int first = nextVoter;
        nextVoter += count;
        return first;
    }

    /** Gives back those of them who did not come to vote. */
    public void notUsed(int first) {
        nextVoter = first;
    }

    /** Process ids of gateway, broker and this program. */
    public Map<String, Long> pids(String server, long pid) {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put(server, pid);
        pids.put("broker", kafka().pid(1));
        pids.put("generator", ProcessHandle.current().pid());
        return pids;
    }

    /** The process of the read side, once it is started. */
    public long streamsPid() {
        return process(App.STREAMS).pid();
    }

    /** The gateway's process id, for what it takes of the machine. */
    public long gatewayPid() {
        return process(App.PRODUCER).pid();
    }

    private AppProcess process(App app) {
        return system.apps(app).get(0);
    }

    /**
     * Starts another gateway, with these variables in its environment; returns when it is ready.
     *
     * @param started makes what is returned of its address and its process id
     */
    public <T> T startGateway(String name, Map<String, String> environment, BiFunction<URI, Long, T> started) {
        Instance another = Instance.onFreePorts(App.PRODUCER, name, ports);
        AppProcess process = system.start(another, environment);
        process.awaitReady(READY);
        return started.apply(another.http().url(), process.pid());
    }

    /** Starts the read side; returns when it is ready. */
    public void startStreams() {
        system.start(streams).awaitReady(READY);
    }

    /** Starts another instance of the read side; returns its port when it is ready. */
    public int startStreamsBeside() {
        Instance another = Instance.onFreePorts(App.STREAMS, "streams-app-2", ports);
        system.start(another).awaitReady(READY);
        return another.http().port();
    }

    /** The processes of the read side, by what they are called. */
    public Map<String, Long> allStreams() {
        Map<String, Long> pids = new LinkedHashMap<>();
        system.apps(App.STREAMS).forEach(app -> pids.put(app.instance().name(), app.pid()));
        return pids;
    }

    /** Kills the read side (SIGKILL); returns when it is gone. */
    public void killStreams() {
        process(App.STREAMS).kill();
    }

    /** Starts the read side again on what it left; does not wait until it is ready. */
    public void startStreamsAgain() {
        process(App.STREAMS).start();
    }

    /** Starts a main class of this module with the options that the gateway's JVM has. */
    public ChildJvm startPeer(String name, String mainClass, String... args) {
        return startPeer(ChildJvm.of(name, mainClass).jvmArgs(options.jvm()).args(args), name);
    }

    /** Starts kafka-producer-perf-test with the heap that its script gives it. */
    public ChildJvm startPerf(String... args) {
        String name = "perf-test";
        return startPeer(
                ChildJvm.of(name, "org.apache.kafka.tools.ProducerPerformance")
                        .jvmArgs("-Xmx512m")
                        .args(args),
                name);
    }

    /** Starts a main class of this module that does no work of its own, in as small a JVM as it can do with. */
    public ChildJvm startSmall(String name, String mainClass, String... args) {
        return startPeer(
                ChildJvm.of(name, mainClass)
                        .jvmArgs("-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                        .args(args),
                name);
    }

    private ChildJvm startPeer(ChildJvm.Builder peer, String name) {
        ChildJvm child =
                peer.workingDir(dir).logFile(system.plan().folders().log(name)).start();
        peers.add(child);
        return child;
    }

    /** A port that nothing has yet, and that this gives to nobody else. */
    public int freePort() {
        return ports.next();
    }

    /** Returns when something listens at the port. */
    public void awaitListening(ChildJvm child, int port) {
        ChildWait.until(child, READY, () -> !Ports.free(port));
    }

    /**
     * Waits so long.
     *
     * @throws BenchException where this thread is interrupted
     */
    public static void pause(Duration length) {
        try {
            Thread.sleep(length.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private void publish() {
        BallotPublisher publisher = new BallotPublisher(
                calls.http(),
                List.of(gatewayUrl()),
                () -> new String(
                        key(TokenAlgorithm.HS256).sign(Claims.of("infra/bench", Instant.now(), "ballots:write")),
                        StandardCharsets.US_ASCII),
                READY,
                this::requireGateway);
        try {
            publisher.publish(ballot);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private void requireGateway() {
        ChildJvm child = process(App.PRODUCER).child();
        if (!child.isAlive()) {
            throw new BenchException(child.obituary(child.name() + " died"));
        }
    }

    /** Ends all of it, and deletes the folder that was made for it; also when this program is ended by a signal. */
    @Override
    public void close() {
        atExit.now();
    }

    private void end() {
        List<ChildJvm> children = new ArrayList<>(peers);
        for (App app : App.values()) {
            system.apps(app).forEach(process -> children.add(process.child()));
        }
        ChildWait.stop(children, GRACE);
        system.close();
        jwks.close();
        options.folder.delete(dir);
    }
}
