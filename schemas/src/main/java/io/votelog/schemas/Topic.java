// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A topic: its name, what its records hold, its partitions and its settings.
 *
 * @param name as Kafka knows it
 * @param key what a record's key is, in words
 * @param events simple names of the events that its values may be, in single-object encoding; none where bytes stand as they
 *     came
 * @param spread how many partitions it has
 * @param settings topic-level settings that differ from a broker's defaults
 */
public record Topic(String name, String key, List<String> events, Spread spread, Map<String, String> settings) {
    /** How many partitions a topic has. */
    public enum Spread {
        /** One, so that its records have one order. */
        ONE,
        /** As many as the votes topic has when it is made. */
        AS_VOTES
    }

    /**
     * The topic as an administrator creates it. With three replicas or more, two must have a record before it is acknowledged.
     *
     * @param votePartitions partitions of the votes topic, at least 1
     * @param replicas copies of each partition, at least 1
     */
    public NewTopic newTopic(int votePartitions, int replicas) {
        Map<String, String> configs = new HashMap<>(settings);
        configs.put("min.insync.replicas", Integer.toString(minInsyncReplicas(replicas)));
        return new NewTopic(name, Optional.of(partitions(votePartitions)), Optional.of((short) replicas))
                .configs(configs);
    }

    /** How many partitions this topic has when the votes topic has that many. */
    public int partitions(int votePartitions) {
        return switch (spread) {
            case ONE -> 1;
            case AS_VOTES -> votePartitions;
        };
    }

    /** The same topic with these settings besides. */
    Topic with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(more);
        return new Topic(name, key, events, spread, Map.copyOf(all));
    }

    /** How many replicas must have a record before it is acknowledged: 2 of 3, else 1. */
    public static int minInsyncReplicas(int replicas) {
        return replicas >= 3 ? 2 : 1;
    }
}
