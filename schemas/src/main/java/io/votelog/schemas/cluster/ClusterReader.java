// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import io.votelog.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a cluster, and waits for each answer no longer than a given time. */
final class ClusterReader {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterReader.class);

    private final Admin admin;
    private final String bootstrapServers;
    private final Duration timeout;

    /**
     * @param bootstrapServers named when the cluster does not answer, and in commands
     * @param timeout how long one answer may take
     */
    ClusterReader(Admin admin, String bootstrapServers, Duration timeout) {
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
        this.timeout = timeout;
    }

    /** How Kafka's tools are told the cluster. */
    String tools() {
        return " --bootstrap-server " + bootstrapServers;
    }

    /** The cluster as it is now, with those of its topics that are wanted, by name. */
    ClusterSnapshot snapshot(Predicate<String> wanted) {
        KafkaFuture<Set<String>> names =
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names();
        KafkaFuture<Collection<Node>> nodes = admin.describeCluster().nodes();
        KafkaFuture<FeatureMetadata> features = admin.describeFeatures().featureMetadata();
        Set<String> there =
                await(names, "the list of topics").stream().filter(wanted).collect(Collectors.toSet());
        FinalizedVersionRange transactions =
                await(features, "the cluster's features").finalizedFeatures().get("transaction.version");
        return new ClusterSnapshot(
                await(nodes, "the cluster's brokers").stream().map(Node::id).toList(),
                transactions == null ? 0 : transactions.maxVersionLevel(),
                states(there));
    }

    /** How topics are, once all of them are known to the brokers. */
    Map<String, ClusterSnapshot.State> states(Set<String> topics) {
        if (topics.isEmpty()) {
            return Map.of();
        }
        // Who may see Kafka's own topics may not see their settings.
        Map<String, Config> configs = configs(topics.stream()
                .filter(Predicate.not(ClusterRules.KAFKAS_OWN::contains))
                .toList());
        Map<String, ClusterSnapshot.State> states = new HashMap<>();
        describe(topics).forEach((name, topic) -> {
            Map<String, String> settings = new HashMap<>();
            Set<String> chosen = new HashSet<>();
            Config config = configs.get(name);
            for (ConfigEntry entry : config == null ? List.<ConfigEntry>of() : config.entries()) {
                if (entry.value() != null) {
                    settings.put(entry.name(), entry.value());
                }
                if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                    chosen.add(entry.name());
                }
            }
            states.put(name, new ClusterSnapshot.State(topic.partitions().size(), replicas(topic), settings, chosen));
        });
        return states;
    }

    /** Names of the topics that there are. */
    Set<String> topics() {
        return await(admin.listTopics().names(), "the list of topics");
    }

    /** How many brokers there are. */
    int brokers() {
        return await(admin.describeCluster().nodes(), "the cluster's brokers").size();
    }

    /** The brokers that lead the partitions of a topic, by partition; those that have no leader are left out. */
    SortedMap<Integer, Integer> leaders(String topic) {
        SortedMap<Integer, Integer> leaders = new TreeMap<>();
        describe(List.of(topic))
                .values()
                .forEach(description -> description.partitions().forEach(partition -> {
                    if (partition.leader() != null && !partition.leader().isEmpty()) {
                        leaders.put(partition.partition(), partition.leader().id());
                    }
                }));
        return leaders;
    }

    /** Makes a topic, if nobody else does. */
    void create(NewTopic topic) {
        try {
            await(admin.createTopics(List.of(topic)).all(), "that topic " + topic.name() + " is made");
            LOG.info(
                    "created {}: {} partitions, {} replicas",
                    topic.name(),
                    topic.numPartitions(),
                    topic.replicationFactor());
        } catch (UnfitLogException e) {
            // Somebody else may have been quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private static int replicas(TopicDescription topic) {
        return topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
    }

    /** @throws UnfitLogException when there is no such topic, or the cluster does not answer */
    TopicDescription description(Topic topic) {
        TopicDescription description = describe(List.of(topic.name())).get(topic.name());
        if (description == null) {
            throw new UnfitLogException("topic %s is not there".formatted(topic.name()));
        }
        return description;
    }

    Map<String, TopicDescription> describe(Collection<String> names) {
        return awaitKnown(
                () -> admin.describeTopics(names).allTopicNames(), "how the topics are: " + String.join(", ", names));
    }

    private Map<String, Config> configs(Collection<String> names) {
        List<ConfigResource> resources = new ArrayList<>();
        names.forEach(name -> resources.add(new ConfigResource(ConfigResource.Type.TOPIC, name)));
        Map<String, Config> configs = new HashMap<>();
        awaitKnown(() -> admin.describeConfigs(resources).all(), "the settings of " + String.join(", ", names))
                .forEach((resource, config) -> configs.put(resource.name(), config));
        return configs;
    }

    /** As {@link #await}, asked again while a broker has not heard of a topic that is new. */
    private <T> T awaitKnown(Supplier<KafkaFuture<T>> question, String what) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                return await(question.get(), what);
            } catch (UnfitLogException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    /**
     * Waits for an answer.
     *
     * @param what was asked for, as it stands behind "did not tell"
     * @throws UnfitLogException when none comes in time, or the cluster refuses; its cause says which
     */
    <T> T await(KafkaFuture<T> future, String what) {
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw unanswered(what, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw unanswered(what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unanswered(what, e);
        }
    }

    private UnfitLogException unanswered(String what, Throwable cause) {
        return new UnfitLogException(
                "Kafka at %s did not tell %s within %d s: %s"
                        .formatted(bootstrapServers, what, timeout.toSeconds(), cause),
                cause);
    }
}
