// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.infra.broker.KafkaCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The brokers of a system.
 *
 * @param count 1 is a broker that is its own controller; 2 to 9 have a controller beside them
 * @param port of the first, the others' follow; 0 for those of the last start on the same data, else free ones
 * @param heap the most that each may take, as {@code -Xmx} takes it; null for what {@link KafkaCluster} gives
 * @param settings of Kafka, in place of the usual ones
 * @param jvmArgs options of each node's JVM beside the usual ones; its working directory is the node's folder
 */
public record BrokerPlan(
        int count, int port, @Nullable String heap, Map<String, String> settings, List<String> jvmArgs) {
    public BrokerPlan {
        settings = Map.copyOf(settings);
        jvmArgs = List.copyOf(jvmArgs);
    }

    /** One broker that is its own controller, on a free port. */
    public static BrokerPlan single() {
        return new BrokerPlan(1, 0, null, Map.of(), List.of());
    }

    /** So many brokers on free ports. */
    public static BrokerPlan of(int count) {
        return new BrokerPlan(count, 0, null, Map.of(), List.of());
    }

    /**
     * The same on these ports.
     *
     * @param firstPort of the first broker; the others take those after it
     */
    public BrokerPlan at(int firstPort) {
        return new BrokerPlan(count, firstPort, heap, settings, jvmArgs);
    }

    /**
     * The same with another heap.
     *
     * @param most of each broker, as {@code -Xmx} takes it
     */
    public BrokerPlan withHeap(String most) {
        return new BrokerPlan(count, port, most, settings, jvmArgs);
    }

    /** The same with these settings of Kafka in place of the usual ones. */
    public BrokerPlan withSettings(Map<String, String> values) {
        return new BrokerPlan(count, port, heap, values, jvmArgs);
    }

    /** The same with further options of each node's JVM. */
    public BrokerPlan withJvmArgs(String... more) {
        return new BrokerPlan(
                count,
                port,
                heap,
                settings,
                Stream.concat(jvmArgs.stream(), Stream.of(more)).toList());
    }

    KafkaCluster.Builder cluster(Path data, Duration patience) {
        KafkaCluster.Builder builder = count == 1 ? KafkaCluster.single(data) : KafkaCluster.cluster(data, count);
        builder.port(port).startupTimeout(patience);
        if (heap != null) {
            builder.heap(heap);
        }
        settings.forEach(builder::config);
        builder.jvmArgs(jvmArgs);
        return builder;
    }
}
