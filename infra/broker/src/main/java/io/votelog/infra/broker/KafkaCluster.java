// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka cluster (KRaft) of real brokers, each in a JVM of its own, listening on 127.0.0.1 only. Brokers are numbered
 * from 1, which is their node id too. Methods may be called from any thread; those that name a broker work on that
 * process alone.
 *
 * <p>Its data stay in the data directory: the same directory started again is the same cluster, on the same ports.
 */
public final class KafkaCluster implements AutoCloseable {
    /** The name of the process that a controller of its own is. */
    public static final String CONTROLLER = "controller";

    private static final String BROKER = "broker-";

    private static final int CONTROLLER_ID = 1000;
    private static final Duration STOP_GRACE = Duration.ofSeconds(30);
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(10);

    private final ClusterFile file;
    private final List<Node> brokers;
    private final @Nullable Node controller;
    private final Duration startupTimeout;
    private final @Nullable BrokerSecurity security;

    private KafkaCluster(
            ClusterFile file,
            List<Node> brokers,
            @Nullable Node controller,
            Duration startupTimeout,
            @Nullable BrokerSecurity security) {
        this.file = file;
        this.brokers = List.copyOf(brokers);
        this.controller = controller;
        this.startupTimeout = startupTimeout;
        this.security = security;
    }

    /** One process that is broker and controller. */
    public static Builder single(Path dataDir) {
        return new Builder(dataDir, 1, false);
    }

    /**
     * Brokers, and one controller in a process of its own, so that losing brokers never loses the quorum.
     *
     * @param brokers how many, 1 to 9
     */
    public static Builder cluster(Path dataDir, int brokers) {
        if (brokers < 1 || brokers > 9) {
            throw new IllegalArgumentException("a cluster has 1 to 9 brokers, not " + brokers);
        }
        return new Builder(dataDir, brokers, true);
    }

    /** {@code 127.0.0.1:port} of every broker, running or not, with commas between. */
    public String bootstrapServers() {
        return file.brokerPorts().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** How many brokers it has, running or not; a separate controller is not counted. */
    public int size() {
        return brokers.size();
    }

    /** The port of a broker, 1 to {@link #size()}. */
    public int port(int broker) {
        broker(broker);
        return file.brokerPorts().get(broker - 1);
    }

    /** The port of the controller, whether it is a process of its own or the broker itself. */
    public int controllerPort() {
        return file.controllerPort();
    }

    /** The process id of a broker, of its last start where it is down. */
    public long pid(int broker) {
        return broker(broker).child().pid();
    }

    /** Its processes as they were last started: the brokers in order, then the controller where it is one of its own. */
    public List<ChildJvm> processes() {
        List<ChildJvm> children = new ArrayList<>();
        brokers.forEach(broker -> children.add(broker.child()));
        if (controller != null) {
            children.add(controller.child());
        }
        return List.copyOf(children);
    }

    /** Whether the broker's process lives; a paused one does. */
    public boolean running(int broker) {
        return broker(broker).running();
    }

    /** SIGTERM and a clean shutdown; killed where that takes over 30 seconds. Returns when the process is gone. */
    public void stop(int broker) {
        broker(broker).child().stop(STOP_GRACE);
    }

    /** SIGKILL. Returns when the process is gone. */
    public void kill(int broker) {
        broker(broker).child().kill();
    }

    /**
     * Starts a broker that is down, on its data and its port, and waits until it is part of the cluster; stops it first
     * where it runs.
     *
     * @throws ChildStartException where it dies or does not become ready in time
     */
    public void restart(int broker) {
        Node node = broker(broker);
        node.child().stop(STOP_GRACE);
        node.start(file.clusterId());
        ready(List.of(broker)).await(startupTimeout);
    }

    /**
     * Kills the controller that is a process of its own (SIGKILL). Returns when the process is gone.
     *
     * @throws IllegalStateException where there is none
     */
    public void killController() {
        separateController().child().kill();
    }

    /**
     * Starts the controller that is a process of its own, on its data and its port, and returns when it listens there; stops it first
     * where it runs.
     *
     * @throws ChildStartException where it dies or does not become ready in time
     * @throws IllegalStateException where there is none
     */
    public void restartController() {
        Node node = separateController();
        node.child().stop(STOP_GRACE);
        node.start(file.clusterId());
        new Readiness(Map.of(CONTROLLER_ID, node), Map.of(CONTROLLER_ID, file.controllerPort()), null, Map.of())
                .awaitListening(startupTimeout);
    }

    private Node separateController() {
        if (controller == null) {
            throw new IllegalStateException("this cluster has no controller of its own");
        }
        return controller;
    }

    /**
     * The class path of a broker or a controller that is of the Kafka which another checkout's build has.
     *
     * @throws ChildStartException where it is not built there
     */
    public static String classPathWithKafkaOf(Path checkout) {
        return BrokerProgram.classPathWithKafkaOf(checkout);
    }

    /** The name of the process that a broker is. */
    public static String brokerName(int broker) {
        return BROKER + broker;
    }

    /** Whether a process of that name is a broker. */
    public static boolean isBroker(String process) {
        return process.startsWith(BROKER);
    }

    /** SIGSTOP: the broker keeps its connections and answers nothing. */
    public void pause(int broker) {
        broker(broker).child().pause();
    }

    /** SIGCONT. */
    public void resume(int broker) {
        broker(broker).child().resume();
    }

    /** Stops every process, brokers before the controller; what takes over ten seconds is killed. The data stay. */
    @Override
    public void close() {
        stopAll(brokers);
        if (controller != null) {
            stopAll(List.of(controller));
        }
    }

    private static void stopAll(List<Node> nodes) {
        List<ChildJvm> children =
                nodes.stream().filter(Node::running).map(Node::child).toList();
        children.forEach(ChildJvm::terminate);
        long end = System.nanoTime() + CLOSE_GRACE.toNanos();
        for (ChildJvm child : children) {
            if (!child.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                child.kill();
            }
        }
    }

    private void startAll() {
        try {
            if (controller != null) {
                controller.start(file.clusterId());
            }
            for (Node broker : brokers) {
                broker.start(file.clusterId());
            }
            ready(IntStream.rangeClosed(1, size()).boxed().toList()).await(startupTimeout);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Readiness ready(List<Integer> ids) {
        Map<Integer, Node> starting = new LinkedHashMap<>();
        Map<Integer, Integer> ports = new LinkedHashMap<>();
        for (int id : ids) {
            starting.put(id, broker(id));
            ports.put(id, port(id));
        }
        return new Readiness(
                starting, ports, controller, security == null ? Map.of() : security.administratorSettings());
    }

    private Node broker(int broker) {
        if (broker < 1 || broker > brokers.size()) {
            throw new IllegalArgumentException(
                    "brokers are numbered 1 to " + brokers.size() + ": there is no " + broker);
        }
        return brokers.get(broker - 1);
    }

    /** What a cluster is started with. */
    public static final class Builder {
        private final Path dataDir;
        private final int brokers;
        private final boolean separateController;
        private final Map<String, String> overrides = new LinkedHashMap<>();
        private String heap = "3g";
        private int firstPort;
        private Duration startupTimeout = Duration.ofSeconds(90);
        private Function<String, ChildJvm.Builder> program = BrokerProgram::child;
        private UnaryOperator<ChildJvm.Builder> touch = child -> child;
        private @Nullable BrokerSecurity security;

        private Builder(Path dataDir, int brokers, boolean separateController) {
            this.dataDir = dataDir.toAbsolutePath();
            this.brokers = brokers;
            this.separateController = separateController;
        }

        /**
         * The port of broker 1; the other brokers take those after it. 0, the default: the ports of the last start on
         * this directory, else free ones. The controller's port is always such a one.
         */
        public Builder port(int first) {
            if (first < 0 || first + brokers - 1 > 65_535) {
                throw new IllegalArgumentException(
                        "the first port must be 0 or 1 to " + (65_536 - brokers) + ", not " + first);
            }
            this.firstPort = first;
            return this;
        }

        /**
         * The most that each broker's heap may grow to, as {@code -Xmx} takes it; {@code 3g} by default, of which an ordinary load
         * takes a small part: it is there for batches that are huge when they are unpacked. A separate controller takes 256m.
         */
        public Builder heap(String size) {
            this.heap = size;
            return this;
        }

        /** A broker setting of Kafka, on every node, in place of the one set here or Kafka's default. */
        public Builder config(String key, String value) {
            overrides.put(key, value);
            return this;
        }

        /**
         * Has strangers kept out; by default everybody on this machine may do everything. The users are those of the first start on this
         * directory: passwords that are other ones later are not taken for theirs.
         */
        public Builder secured(BrokerSecurity how) {
            this.security = how;
            return this;
        }

        /** What is done to each process before it is started: it has its name, its heap and its log file by then, and no arguments. */
        public Builder processes(UnaryOperator<ChildJvm.Builder> beforeStart) {
            this.touch = beforeStart;
            return this;
        }

        /** How long the start, and each restart, may take; 90 seconds by default. */
        public Builder startupTimeout(Duration timeout) {
            this.startupTimeout = timeout;
            return this;
        }

        /** What its processes are started from, by their name. */
        Builder startedFrom(Function<String, ChildJvm.Builder> processes) {
            this.program = processes;
            return this;
        }

        /**
         * Starts the cluster and returns when every broker is part of it.
         *
         * @throws ChildStartException where a port is in use, the directory holds a cluster of another shape, or a
         *     process dies or is not ready in time; nothing is left running then
         */
        public KafkaCluster start() {
            try {
                Files.createDirectories(dataDir);
            } catch (IOException e) {
                throw new UncheckedIOException("the data directory " + dataDir + " cannot be made", e);
            }
            ClusterFile file = ClusterFile.readOrCreate(dataDir, brokers, separateController, firstPort);
            List<Node> nodes = new ArrayList<>();
            for (int id = 1; id <= brokers; id++) {
                nodes.add(node(brokerName(id), id, file, true, !separateController));
            }
            Node controller = separateController ? node(CONTROLLER, CONTROLLER_ID, file, false, true) : null;
            KafkaCluster cluster = new KafkaCluster(file, nodes, controller, startupTimeout, security);
            cluster.startAll();
            return cluster;
        }

        private Node node(String name, int id, ClusterFile file, boolean broker, boolean controller) {
            Path dir = dataDir.resolve(name);
            List<Integer> ports = new ArrayList<>();
            if (broker) {
                ports.add(file.brokerPorts().get(id - 1));
            }
            if (controller) {
                ports.add(file.controllerPort());
            }
            Map<String, String> settings = new LinkedHashMap<>(BrokerSettings.forBrokers(brokers));
            settings.putAll(BrokerSettings.identity(
                    id,
                    separateController ? CONTROLLER_ID : id,
                    file,
                    broker,
                    controller,
                    Node.storage(dir),
                    security));
            settings.putAll(overrides);
            Path log = dataDir.resolve("logs").resolve(name + ".log");
            return new Node(
                    name,
                    dir,
                    settings,
                    ports,
                    () -> touch.apply(program.apply(name)
                            .jvmArgs(jvmArgs(broker ? heap : "256m").toArray(String[]::new))
                            .logFile(log)
                            .workingDir(dir)),
                    security);
        }

        private List<String> jvmArgs(String maxHeap) {
            List<String> args = new ArrayList<>();
            args.add("-Xmx" + maxHeap);
            args.add("-XX:+UseSerialGC");
            args.add("-XX:+ExitOnOutOfMemoryError");
            args.add("-Djava.awt.headless=true");
            args.add("-Dlogback.configurationFile=io/votelog/infra/broker/logback-broker.xml");
            args.add("-Dlog4j2.configurationFile=classpath:io/votelog/infra/broker/log4j2-broker.xml");
            return args;
        }
    }
}
