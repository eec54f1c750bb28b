// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import io.votelog.schemas.Topic;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a cluster says of itself at one time, as far as it is checked.
 *
 * @param brokers ids of the brokers that are there, ascending
 * @param transactionVersion the level of the feature {@code transaction.version} (KIP-890); 0 where the cluster has none
 * @param topics the topics that were asked for and are there, by name
 */
record ClusterSnapshot(List<Integer> brokers, int transactionVersion, Map<String, State> topics) {
    ClusterSnapshot {
        brokers = brokers.stream().sorted().toList();
        topics = new TreeMap<>(topics);
    }

    /**
     * A topic as it is.
     *
     * @param replicas of the partition that has fewest
     * @param settings that hold for it, whoever set them; empty for Kafka's own topics, which are not asked for theirs
     * @param chosen names of those that were set for this topic
     */
    record State(int partitions, int replicas, Map<String, String> settings, Set<String> chosen) {}

    /** Whether the cluster has that topic. */
    boolean has(Topic topic) {
        return topics.containsKey(topic.name());
    }

    /** How many partitions a topic has; nothing where there is no such topic. */
    OptionalInt partitions(Topic topic) {
        State state = topics.get(topic.name());
        return state == null ? OptionalInt.empty() : OptionalInt.of(state.partitions());
    }

    /** How many replicas each partition of a topic has; 0 where there is no such topic. */
    int replicas(Topic topic) {
        State state = topics.get(topic.name());
        return state == null ? 0 : state.replicas();
    }
}
