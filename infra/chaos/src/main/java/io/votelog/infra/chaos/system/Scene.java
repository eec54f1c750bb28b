// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import io.votelog.infra.broker.ChildClocks;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.chaos.disk.SlowDisk;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppOptions;
import io.votelog.infra.system.AppProcess;
import io.votelog.infra.system.AtExit;
import io.votelog.infra.system.BrokerPlan;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.RunningSystem;
import io.votelog.infra.system.SystemFolders;
import io.votelog.infra.system.SystemPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * A whole system of its own on free ports: a controller, three brokers, two gateways, two streams-apps and a sealer. All of it ends with
 * this program, however that ends.
 */
public final class Scene implements AutoCloseable {
    public static final int BROKERS = 3;
    private static final int OF_EACH_APP = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration STOP = Duration.ofSeconds(15);

    /** All clients come from one address, and a few programs stand for all voters. */
    public static final Map<String, String> GATEWAYS = Map.of(
            "votelog.limits.address.rate", "0",
            "votelog.limits.address.connections", "0",
            "votelog.limits.user.rate", "0",
            "votelog.limits.votes.every", "0",
            "votelog.limits.reads.rate", "0");

    /**
     * The same, for the read side. Results come once a second: ten times a second the transactions of two instances take
     * two cores by themselves, and a system at full load shows how long it waits for them, whatever is broken.
     */
    public static final Map<String, String> READ_SIDE = Map.of(
            "votelog.limits.address.connections", "0",
            "votelog.limits.reads.rate", "0",
            "votelog.results.max-readers-per-address", "0",
            "votelog.receipts.max-waiting-per-address", "0",
            "votelog.receipts.log-reads.rate", "0",
            "votelog.receipts.log-reads.at-once", "0",
            "votelog.results.heartbeat", "2s",
            "votelog.streams.commit-interval", "1s",
            "votelog.streams.results-interval", "1s");

    private final RunningSystem system;
    private final Auditor auditor;
    private final Sealer sealer;
    private final Builds builds;
    private final ChildClocks clocks;
    private final @Nullable Hosts hosts;
    private final Path waits;
    private final Admin admin;
    private final AtExit atExit;

    private Scene(
            RunningSystem system,
            Auditor auditor,
            Sealer sealer,
            Builds builds,
            ChildClocks clocks,
            @Nullable Hosts hosts,
            Path waits) {
        this.system = system;
        this.auditor = auditor;
        this.sealer = sealer;
        this.builds = builds;
        this.clocks = clocks;
        this.hosts = hosts;
        this.waits = waits;
        this.admin = Admin.create(Map.of(
                "bootstrap.servers", system.kafka().bootstrapServers(),
                "request.timeout.ms", "5000",
                "default.api.timeout.ms", "20000"));
        this.atExit = new AtExit(this::end);
    }

    /**
     * Starts it, and returns when all of it is ready.
     *
     * @param builds what it is started from
     * @param dir where it keeps its data and its logs
     */
    public static Scene start(Builds builds, Path dir) {
        Auditor auditor = new Auditor(builds.own(), dir);
        ChildClocks clocks = new ChildClocks(dir);
        Hosts hosts = Hosts.arePossible() ? new Hosts() : null;
        Path waits = dir.resolve("slow-disks");
        String slowDisk = slowDisk(dir, waits);
        FreePorts ports = new FreePorts();
        RunningSystem system = RunningSystem.start(SystemPlan.of(builds.own(), SystemFolders.in(dir))
                .builds(instance -> builds.of(instance.name()))
                .brokers(BrokerPlan.of(BROKERS).withHeap("512m"))
                .patience(PATIENCE)
                .instances(App.PRODUCER, OF_EACH_APP, ports)
                .instances(App.STREAMS, OF_EACH_APP, ports)
                .options(App.PRODUCER, AppOptions.of(App.PRODUCER).withSettings(GATEWAYS))
                .options(App.STREAMS, AppOptions.of(App.STREAMS).withSettings(READ_SIDE))
                .processes(process -> touched(process, builds, clocks, hosts, slowDisk))
                .build());
        try {
            return new Scene(
                    system,
                    auditor,
                    new Sealer(auditor, builds, dir, system.kafka().bootstrapServers()),
                    builds,
                    clocks,
                    hosts,
                    waits);
        } catch (RuntimeException e) {
            system.close();
            throw e;
        }
    }

    private static ChildJvm.Builder touched(
            ChildJvm.Builder process, Builds builds, ChildClocks clocks, @Nullable Hosts hosts, String slowDisk) {
        ChildJvm.Builder touched = clocks.giveTo(process);
        boolean broker = KafkaCluster.isBroker(process.name());
        if ((broker || process.name().equals(KafkaCluster.CONTROLLER)) && builds.isOther(process.name())) {
            touched = touched.classPath(KafkaCluster.classPathWithKafkaOf(builds.of(process.name())));
        }
        if (broker) {
            touched = touched.jvmArgs(slowDisk);
        }
        return hosts == null ? touched : hosts.named(touched);
    }

    private static String slowDisk(Path dir, Path waits) {
        try {
            return SlowDisk.option(dir, waits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public SystemPlan plan() {
        return system.plan();
    }

    public KafkaCluster kafka() {
        return system.kafka();
    }

    public List<AppProcess> gateways() {
        return system.apps(App.PRODUCER);
    }

    /** The streams-apps. */
    public List<AppProcess> instances() {
        return system.apps(App.STREAMS);
    }

    public List<AppProcess> apps(App app) {
        return system.apps(app);
    }

    /** Where the gateways are, alive or not. */
    public List<URI> gatewayUrls() {
        return urls(App.PRODUCER);
    }

    /** Where the streams-apps are, alive or not. */
    public List<URI> instanceUrls() {
        return urls(App.STREAMS);
    }

    private List<URI> urls(App app) {
        return plan().instances(app).stream()
                .map(instance -> instance.http().url())
                .toList();
    }

    public Auditor auditor() {
        return auditor;
    }

    public Sealer sealer() {
        return sealer;
    }

    /** What each part is started from. */
    public Builds builds() {
        return builds;
    }

    /** The clocks of brokers and apps, which they have from their next start on. */
    public ChildClocks clocks() {
        return clocks;
    }

    /** @throws IllegalStateException where this machine cannot have them */
    public Hosts hosts() {
        if (hosts == null) {
            throw new IllegalStateException("the parts of this system are not hosts");
        }
        return hosts;
    }

    /** Where the process of that name listens for the others. */
    public Set<Integer> ports(String process) {
        List<ChildJvm> nodes = kafka().processes();
        for (int node = 0; node < nodes.size(); node++) {
            if (nodes.get(node).name().equals(process)) {
                return Set.of(node < BROKERS ? kafka().port(node + 1) : kafka().controllerPort());
            }
        }
        return plan().instances().stream()
                .filter(instance -> instance.name().equals(process))
                .map(instance ->
                        Set.of(instance.http().port(), instance.management().port()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no process " + process));
    }

    /** Has each append to the logs of that broker, and each sync of one, wait so long from now on. */
    public void slowDisk(String broker, Duration wait) {
        try {
            SlowDisk.slow(waits, broker, wait);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Knows the brokers; its calls may take twenty seconds while some are away. */
    public Admin admin() {
        return admin;
    }

    /** Stops an app and starts it again as an operator does, and returns when it is ready. */
    public void restart(AppProcess app) {
        app.stop(STOP);
        startAgain(app);
    }

    /** Starts an app that is dead, and returns when it is ready. */
    public void startAgain(AppProcess app) {
        app.start();
        app.awaitReady(PATIENCE);
    }

    /** The same for the sealer, which is never ready: it returns when it has begun. */
    public void restartSealer() {
        sealer.child().stop(STOP);
        sealer.start();
    }

    /** Whether every part lives, and every app says that it is ready. */
    public boolean isWhole() {
        return dead().isEmpty()
                && system.apps(App.PRODUCER).stream().allMatch(AppProcess::ready)
                && system.apps(App.STREAMS).stream().allMatch(AppProcess::ready);
    }

    /** The parts that are dead, each with how it ended and the end of its log. */
    public List<ChildJvm> dead() {
        return Stream.concat(system.processes().stream(), Stream.of(sealer.child()))
                .filter(child -> !child.isAlive())
                .toList();
    }

    @Override
    public void close() {
        atExit.now();
    }

    private void end() {
        sealer.child().stop(STOP);
        admin.close(Duration.ofSeconds(5));
        system.close();
    }
}
