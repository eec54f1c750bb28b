// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.infra.broker.KafkaCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The brokers of a system.
 *
 * @param count 1 is a broker that is its own controller; 2 to 9 have a controller beside them
 * @param port of the first, the others' follow; 0 for those of the last start on the same data, else free ones
 * @param heap the most that each may take, as {@code -Xmx} takes it; null for what {@link KafkaCluster} gives
 * @param settings of Kafka, in place of the usual ones
 */
public record BrokerPlan(int count, int port, @Nullable String heap, Map<String, String> settings) {
    public BrokerPlan {
        settings = Map.copyOf(settings);
    }

    /** One broker that is its own controller, on a free port. */
    public static BrokerPlan single() {
        return new BrokerPlan(1, 0, null, Map.of());
    }

    /** So many brokers on free ports. */
    public static BrokerPlan of(int count) {
        return new BrokerPlan(count, 0, null, Map.of());
    }

    /**
     * The same on these ports.
     *
     * @param firstPort of the first broker; the others take those after it
     */
    public BrokerPlan at(int firstPort) {
        return new BrokerPlan(count, firstPort, heap, settings);
    }

    /**
     * The same with another heap.
     *
     * @param most of each broker, as {@code -Xmx} takes it
     */
    public BrokerPlan withHeap(String most) {
        return new BrokerPlan(count, port, most, settings);
    }

    /** The same with these settings of Kafka in place of the usual ones. */
    public BrokerPlan withSettings(Map<String, String> values) {
        return new BrokerPlan(count, port, heap, values);
    }

    KafkaCluster.Builder cluster(Path data, Duration patience) {
        KafkaCluster.Builder builder = count == 1 ? KafkaCluster.single(data) : KafkaCluster.cluster(data, count);
        builder.port(port).startupTimeout(patience);
        if (heap != null) {
            builder.heap(heap);
        }
        settings.forEach(builder::config);
        return builder;
    }
}
