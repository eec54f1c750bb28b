// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.power;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.FileTrees;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.chaos.disk.Disk;
import io.votelog.infra.chaos.disk.SyncAgent;
import io.votelog.infra.chaos.load.Elections;
import io.votelog.infra.chaos.load.Gateways;
import io.votelog.infra.chaos.load.Ledger;
import io.votelog.infra.chaos.load.ReadSide;
import io.votelog.infra.chaos.system.Auditor;
import io.votelog.infra.chaos.system.ChaosException;
import io.votelog.infra.chaos.system.Pauses;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppOptions;
import io.votelog.infra.system.AppProcess;
import io.votelog.infra.system.AtExit;
import io.votelog.infra.system.BrokerPlan;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.RunningSystem;
import io.votelog.infra.system.SystemFolders;
import io.votelog.infra.system.SystemPlan;
import io.votelog.rules.Ballot;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One broker, or three with a controller; a gateway and a streams-app, which are on machines that go on; and a ballot that is open. */
final class Stage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> GROUPS = List.of("votelog-streams", "votelog-streams-results");
    private static final int LONGEST_WRITE_BACK_MS = 3_000;
    private static final int NEVER_WRITES_BACK_ONE_IN = 4;

    private final Path dir;
    private final RunningSystem system;
    private final AtExit atExit;
    private final Auditor auditor;
    private final Gateways gateways;
    private final ReadSide readSide;
    private final Ballot ballot;
    private final Random random;
    private final HttpClient http = HttpClient.newHttpClient();

    private Stage(Path dir, RunningSystem system, Auditor auditor, Random random) throws InterruptedException {
        this.dir = dir;
        this.system = system;
        this.atExit = new AtExit(system::close);
        this.auditor = auditor;
        this.random = random;
        this.gateways = new Gateways(system.gateways(), system.plan().secrets(), new Ledger());
        this.readSide = new ReadSide(system.plan().instances(App.STREAMS).stream()
                .map(instance -> instance.http().url())
                .toList());
        Elections elections = new Elections(gateways, new Random(random.nextLong()));
        this.ballot = elections.publishMain();
        if (!elections.unpublished().isEmpty()) {
            throw new ChaosException(String.join("; ", elections.unpublished()));
        }
    }

    /**
     * Starts it, and returns when all of it is ready and the ballot is open.
     *
     * @param repository the checkout whose build is run
     * @param dir where it keeps its data, its logs, and what it knows of the brokers' disks
     * @param sync what brokers sync before they acknowledge it
     * @param random draws what each broker's operating system writes back by itself, and when
     */
    static Stage start(Path repository, Path dir, int brokers, Sync sync, Random random)
            throws IOException, InterruptedException {
        Auditor auditor = new Auditor(repository, dir);
        List<String> nodes = nodes(brokers);
        drawWriteBack(dir, nodes, random);
        String agent = SyncAgent.option(dir, records(dir));
        FreePorts ports = new FreePorts();
        RunningSystem system = RunningSystem.start(SystemPlan.of(repository, SystemFolders.in(dir))
                .brokers(BrokerPlan.of(brokers)
                        .withHeap("512m")
                        .withSettings(sync == Sync.ALL ? Map.of("log.flush.interval.messages", "1") : Map.of()))
                .processes(process -> nodes.contains(process.name()) ? process.jvmArgs(agent) : process)
                .patience(PATIENCE)
                .instances(App.PRODUCER, 1, ports)
                .instances(App.STREAMS, 1, ports)
                .options(App.PRODUCER, options(App.PRODUCER, Scene.GATEWAYS, sync))
                .options(App.STREAMS, options(App.STREAMS, Scene.READ_SIDE, sync))
                .build());
        try {
            return new Stage(dir, system, auditor, random);
        } catch (RuntimeException | InterruptedException e) {
            system.close();
            throw e;
        }
    }

    private static AppOptions options(App app, Map<String, String> settings, Sync sync) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("votelog.topics.flush", Boolean.toString(sync != Sync.NOTHING));
        return AppOptions.of(app).withSettings(all);
    }

    private static Path records(Path dir) {
        return dir.resolve("records");
    }

    private static List<String> nodes(int brokers) {
        Stream<String> all = IntStream.rangeClosed(1, brokers).mapToObj(KafkaCluster::brokerName);
        return (brokers == 1 ? all : Stream.concat(all, Stream.of(KafkaCluster.CONTROLLER))).toList();
    }

    private static void drawWriteBack(Path dir, List<String> nodes, Random random) throws IOException {
        for (String node : nodes) {
            long everyMs =
                    random.nextInt(NEVER_WRITES_BACK_ONE_IN) == 0 ? 0 : 1 + random.nextInt(LONGEST_WRITE_BACK_MS);
            new SyncAgent.WriteBack(everyMs, random.nextLong()).of(node, records(dir));
        }
    }

    /** Kills all brokers and the controller at once, and leaves of their files what their disks have. */
    Disk.Lost losePower() throws IOException {
        List<ChildJvm> killed = system.kafka().processes();
        killed.parallelStream().forEach(ChildJvm::kill);
        Disk.Lost lost = new Disk.Lost(0, 0);
        for (Map.Entry<String, Path> node : SyncAgent.storages(
                        system.plan().folders().kafka(),
                        killed.stream().map(ChildJvm::name).toList())
                .entrySet()) {
            lost = lost.plus(Disk.putBack(node.getValue(), records(dir).resolve(node.getKey())));
        }
        drawWriteBack(dir, killed.stream().map(ChildJvm::name).toList(), random);
        return lost;
    }

    /** Starts brokers and controller on what is left of their files; returns when they are ready. */
    void powerIsBack() {
        system.startKafka();
    }

    String bootstrapServers() {
        return system.kafka().bootstrapServers();
    }

    AppProcess gateway() {
        return system.apps(App.PRODUCER).get(0);
    }

    AppProcess streams() {
        return system.apps(App.STREAMS).get(0);
    }

    Gateways gateways() {
        return gateways;
    }

    ReadSide readSide() {
        return readSide;
    }

    Ballot ballot() {
        return ballot;
    }

    /** The results that streams-app shows; empty where it shows none. */
    JsonNode readSideResults() {
        try {
            return readSide.results(0, ballot.id()).orElseGet(() -> new JsonMapper().createObjectNode());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }

    /** Whether streams-app shows results that go on. */
    boolean isLive() {
        return readSideResults().path("live").asBoolean(true);
    }

    /** Why results stand still, as streams-app says in its readiness; empty where it says nothing. */
    String standstill() {
        return health("/components/streams/details/standstill").asString("");
    }

    /** Kills streams-app, starts it, and returns when it is ready or dead; after the patience in any case. */
    void restartStreams() {
        streams().kill();
        streams().start();
        Pauses.until(PATIENCE, () -> !streams().alive() || streams().ready());
    }

    /** What streams-app says of the log in its readiness: offsets that are missing, records that were replaced; empty where it says nothing. */
    JsonNode logHealth() {
        return health("/components/log/details");
    }

    private JsonNode health(String part) {
        URI health =
                system.plan().instances(App.STREAMS).get(0).management().url().resolve("/actuator/health/readiness");
        JsonMapper json = new JsonMapper();
        try {
            String body = http.send(
                            HttpRequest.newBuilder(health)
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            return json.readTree(body).at(part);
        } catch (IOException e) {
            return json.createObjectNode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }

    /**
     * Has all that is made from votes made anew, as an operator does who takes the log as it is: streams-app is stopped, its state, its
     * groups and the topics that it writes are deleted, and it is started. Returns when it is ready.
     */
    void countAnew() throws IOException, InterruptedException {
        streams().kill();
        FileTrees.delete(system.plan().folders().stores().resolve(streams().name()));
        Set<String> kept = Set.of(Topics.VOTES.name(), Topics.BALLOTS.name(), Topics.SEALS.name());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            List<String> made = admin.listTopics().names().get().stream()
                    .filter(topic -> !kept.contains(topic))
                    .toList();
            admin.deleteTopics(made).all().get();
            Pauses.until(PATIENCE, () -> noneOf(admin, made));
            // A member that was killed is one until its session is over.
            GROUPS.forEach(group -> Pauses.until(PATIENCE, () -> without(admin, group)));
        } catch (ExecutionException e) {
            throw new ChaosException("the brokers do not delete what streams-app has written: " + e.getCause());
        }
        streams().start();
        streams().awaitReady(PATIENCE);
    }

    private static boolean noneOf(Admin admin, List<String> topics) {
        try {
            return Collections.disjoint(admin.listTopics().names().get(), topics);
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }

    private static boolean without(Admin admin, String group) {
        try {
            admin.deleteConsumerGroups(List.of(group)).all().get();
            return true;
        } catch (ExecutionException e) {
            return e.getCause() instanceof GroupIdNotFoundException;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }

    /** What the auditor says of the log and of all that was made from it. */
    Auditor.Said replay() {
        return auditor.run(
                "replay",
                "--bootstrap-servers",
                bootstrapServers(),
                "--public-key",
                system.plan().secrets().signingKey(),
                "--quiet");
    }

    @Override
    public void close() {
        atExit.now();
    }
}
