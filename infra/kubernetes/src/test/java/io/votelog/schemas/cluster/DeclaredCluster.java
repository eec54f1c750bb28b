// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import io.votelog.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A cluster as files declare it, asked what the apps ask a cluster that runs. It is in their package, since nobody else asks. */
public final class DeclaredCluster {
    private final int brokers;
    private final int transactionVersion;
    private final Map<String, ClusterSnapshot.State> topics = new TreeMap<>();

    /** @param transactionVersion the level of the feature {@code transaction.version} that the cluster begins with */
    public DeclaredCluster(int brokers, int transactionVersion) {
        this.brokers = brokers;
        this.transactionVersion = transactionVersion;
    }

    /** A topic with the settings that hold for it, the brokers' own among them. */
    public void topic(String name, int partitions, int replicas, Map<String, String> settings) {
        topics.put(name, new ClusterSnapshot.State(partitions, replicas, settings, settings.keySet()));
    }

    /** What the apps would say of it, errors and warnings. */
    public List<String> findings() {
        ClusterSnapshot.State votes = topics.get(Topics.VOTES.name());
        ClusterSnapshot cluster =
                new ClusterSnapshot(IntStream.range(0, brokers).boxed().toList(), transactionVersion, topics);
        return new ClusterRules(Topics.all(), "")
                .ofLog(cluster, votes == null ? OptionalInt.empty() : OptionalInt.of(votes.partitions())).stream()
                        .map(Finding::toString)
                        .toList();
    }

    /** Kafka's own topics that are checked. */
    public static List<String> kafkasOwn() {
        return ClusterRules.KAFKAS_OWN.stream().sorted().toList();
    }
}
