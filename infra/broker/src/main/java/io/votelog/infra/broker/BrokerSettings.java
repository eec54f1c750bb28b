// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Kafka's settings for brokers on a small machine, the same for tests and for a local system. */
public final class BrokerSettings {
    private BrokerSettings() {}

    /**
     * The settings that do not depend on where a broker runs.
     *
     * @param brokers the number of brokers; with at least three, topics have three replicas, of which two must be in
     *     sync
     */
    public static Map<String, String> forBrokers(int brokers) {
        String replication = Integer.toString(Math.min(3, brokers));
        String inSync = brokers >= 3 ? "2" : "1";
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("auto.create.topics.enable", "false");
        settings.put("default.replication.factor", replication);
        settings.put("min.insync.replicas", inSync);
        settings.put("offsets.topic.replication.factor", replication);
        settings.put("offsets.topic.num.partitions", "8");
        settings.put("transaction.state.log.replication.factor", replication);
        settings.put("transaction.state.log.min.isr", inSync);
        settings.put("transaction.state.log.num.partitions", "8");
        settings.put("share.coordinator.state.topic.replication.factor", replication);
        settings.put("share.coordinator.state.topic.min.isr", inSync);
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        // A dead writer's transaction blocks read-committed readers until it is aborted, so such transactions are
        // looked for each second.
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // A dead broker loses its leaderships after three seconds instead of nine. A killed broker that starts again is
        // not admitted before that either.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "4");
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 * 1024 * 1024));
        return settings;
    }

    /**
     * The settings of a single node: its roles, its addresses, its storage.
     *
     * @param security null where everybody on this machine may do everything
     */
    static Map<String, String> identity(
            int id,
            int controllerId,
            ClusterFile file,
            boolean broker,
            boolean controller,
            Path storage,
            @Nullable BrokerSecurity security) {
        String controllerAddress = "127.0.0.1:" + file.controllerPort();
        String listener = security == null ? "PLAINTEXT" : "CLIENTS";
        String brokerListener =
                broker ? listener + "://127.0.0.1:" + file.brokerPorts().get(id - 1) : "";
        String controllerListener = controller ? "CONTROLLER://" + controllerAddress : "";
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("process.roles", broker && controller ? "broker,controller" : broker ? "broker" : "controller");
        settings.put("node.id", Integer.toString(id));
        settings.put("controller.quorum.voters", controllerId + "@" + controllerAddress);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put(
                "listeners",
                broker && controller ? brokerListener + "," + controllerListener : brokerListener + controllerListener);
        if (security == null) {
            settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        } else {
            settings.putAll(security.settings(listener));
        }
        if (broker) {
            settings.put("advertised.listeners", brokerListener);
            settings.put("inter.broker.listener.name", listener);
        }
        settings.put("log.dirs", storage.toString());
        return settings;
    }
}
