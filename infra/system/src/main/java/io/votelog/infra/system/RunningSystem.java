// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.system.secure.ClusterSetup;
import io.votelog.infra.system.secure.SystemSecurity;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.UnfitLogException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a plan. They end with this JVM, however it ends. Starting and closing are one thread's; what was started may be asked,
 * stopped and killed from any.
 */
public final class RunningSystem implements AutoCloseable {
    /** How long an app may take to stop. */
    private static final Duration GRACE = Duration.ofSeconds(12);

    /** The apps' own defaults. */
    private static final int PARTITIONS = 4;

    private static final String APPLICATION_ID = "votelog-streams";

    private final SystemPlan plan;
    private final Health health = new Health();
    private final List<AppProcess> apps = new CopyOnWriteArrayList<>();
    private volatile @Nullable KafkaCluster kafka;

    /** Nothing of it is started. */
    public RunningSystem(SystemPlan plan) {
        this.plan = plan;
    }

    /**
     * Starts all of it, and returns when all of it is ready.
     *
     * @throws SystemException where an app is not built; everything is stopped then
     * @throws io.votelog.infra.broker.ChildStartException where a part of it dies or is not ready in time; the same
     */
    public static RunningSystem start(SystemPlan plan) {
        RunningSystem system = new RunningSystem(plan);
        try {
            system.startKafka();
            plan.instances().forEach(system::start);
            system.apps.forEach(app -> app.awaitReady(plan.patience()));
            return system;
        } catch (RuntimeException e) {
            system.close();
            throw e;
        }
    }

    /** What it was started from. */
    public SystemPlan plan() {
        return plan;
    }

    /**
     * Starts the brokers, and returns when they are ready; where the system is secured, when topics, users and rights are made too.
     *
     * @throws io.votelog.infra.broker.ChildStartException where a broker dies or is not ready in time
     * @throws SystemException where the brokers refuse what is made
     */
    public KafkaCluster startKafka() {
        KafkaCluster started = startBareKafka();
        SystemSecurity security = plan.security();
        if (security != null) {
            setUp(new ClusterSetup(security, started.bootstrapServers()));
        }
        return started;
    }

    /**
     * Starts the brokers alone, for whoever makes topics, users and rights by other means.
     *
     * @throws io.votelog.infra.broker.ChildStartException where a broker dies or is not ready in time
     */
    public KafkaCluster startBareKafka() {
        KafkaCluster.Builder cluster =
                plan.brokers().cluster(plan.folders().kafka(), plan.patience()).processes(plan.touch());
        SystemSecurity security = plan.security();
        if (security != null) {
            cluster.secured(security.ofBrokers());
        }
        KafkaCluster started = cluster.start();
        kafka = started;
        return started;
    }

    private void setUp(ClusterSetup setup) {
        boolean flush = plan.setting(App.PRODUCER, "votelog.topics.flush")
                .map(Boolean::parseBoolean)
                .orElse(false);
        String applicationId =
                plan.setting(App.STREAMS, "votelog.streams.application-id").orElse(APPLICATION_ID);
        try {
            setup.apply(flush ? Topics.allFlushed() : Topics.all(), partitions(), applicationId);
        } catch (UnfitLogException | KafkaException e) {
            throw new SystemException(String.valueOf(e.getMessage()));
        }
    }

    /** As many as a gateway would make. */
    private int partitions() {
        String setting = "votelog.topics.partitions";
        return plan.setting(App.PRODUCER, setting)
                .map(text -> {
                    try {
                        return Integer.parseInt(text.strip());
                    } catch (NumberFormatException e) {
                        throw new SystemException("%s is '%s'; a number is needed".formatted(setting, text));
                    }
                })
                .orElse(PARTITIONS);
    }

    /**
     * Starts an instance of the plan, and does not wait until it is ready.
     *
     * @throws SystemException where its app is not built
     */
    public AppProcess start(Instance instance) {
        return start(instance, Map.of());
    }

    /** The same, with more variables in its environment. */
    public AppProcess start(Instance instance, Map<String, String> environment) {
        String bootstrapServers = kafka().bootstrapServers();
        AppProcess process = new AppProcess(
                instance,
                () -> {
                    ChildJvm.Builder child = new AppCommand(plan, instance, bootstrapServers).child();
                    environment.forEach(child::env);
                    return child;
                },
                health);
        apps.add(process);
        return process;
    }

    /** @throws IllegalStateException where Kafka was not started */
    public KafkaCluster kafka() {
        return startedKafka().orElseThrow(() -> new IllegalStateException("Kafka was not started"));
    }

    /** The brokers; empty until they are ready. */
    public Optional<KafkaCluster> startedKafka() {
        return Optional.ofNullable(kafka);
    }

    /** What was started of an app, alive or not, in order. */
    public List<AppProcess> apps(App app) {
        return apps.stream().filter(process -> process.instance().app() == app).toList();
    }

    /** Where the gateways of the plan are, started or not. */
    public List<URI> gateways() {
        return plan.instances(App.PRODUCER).stream()
                .map(instance -> instance.http().url())
                .toList();
    }

    /** Every process that was started, alive or not. */
    public List<ChildJvm> processes() {
        return Stream.concat(
                        startedKafka().stream().flatMap(started -> started.processes().stream()),
                        apps.stream().map(AppProcess::child))
                .toList();
    }

    /** Stops the instances of an app, all at once. Returns when they are gone. */
    public void stop(App app) {
        ChildWait.stop(apps(app).stream().map(AppProcess::child).toList(), GRACE);
    }

    /** Stops the brokers, if they were started. Returns when they are gone. Their data stay. */
    public void stopKafka() {
        startedKafka().ifPresent(KafkaCluster::close);
    }

    /** Stops the gateways, then the streams-apps, then the brokers. Their data stay. */
    @Override
    public void close() {
        for (App app : App.values()) {
            stop(app);
        }
        stopKafka();
    }
}
