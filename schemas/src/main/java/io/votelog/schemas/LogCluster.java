// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka cluster as an administrator sees it. It creates the topics that are missing, and refuses a cluster or a topic whose settings
 * could lose or change records. Gateways and streams apps both use it when they start, so either may start first. Each call blocks; each
 * question that it puts to the cluster takes at most the timeout.
 */
public final class LogCluster implements AutoCloseable {
    /** The number of replicas with which one broker may be lost and no record with it. */
    public static final int CLUSTER_REPLICAS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(LogCluster.class);

    private final Admin admin;
    private final String bootstrapServers;
    private final Duration timeout;

    /**
     * A cluster that is asked through this client.
     *
     * @param admin closed with this object
     * @param bootstrapServers named when the cluster does not answer
     * @param timeout how long one question may take
     */
    public LogCluster(Admin admin, String bootstrapServers, Duration timeout) {
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
        this.timeout = timeout;
    }

    /**
     * How the votes topic is laid out.
     *
     * @param votePartitions partitions of the votes topic
     * @param replicas copies of each of its partitions
     */
    public record Layout(int votePartitions, int replicas) {}

    /**
     * Creates the topics that are missing, and checks the partitions and settings of all of them. Where partitions were added to votes,
     * topics that are spread as votes may still have fewer: the streams apps give them as many, by {@link #grow}.
     *
     * @param partitions of the votes topic when it is created; one that is there keeps its own
     * @param replicas of each partition when topics are created; -1 for as many as there are brokers, at most 3
     * @param flush whether the topics of which somebody is told something must be flushed before a record is acknowledged ({@link
     *     Topics#allFlushed()}). Topics are created so; one that is there and is not is refused. Where it is false, a topic may have either
     * @throws UnfitLogException when the cluster does not answer, or a topic or the cluster is not what it must be
     */
    public Layout prepare(int partitions, int replicas, boolean flush) {
        List<Topic> topics = flush ? Topics.allFlushed() : Topics.all();
        Set<String> present = await(admin.listTopics().names(), "the list of topics");
        int copies = replicas > 0
                ? replicas
                : Math.min(
                        CLUSTER_REPLICAS,
                        await(admin.describeCluster().nodes(), "the cluster's brokers")
                                .size());
        if (copies >= CLUSTER_REPLICAS) {
            checkTransactions();
        }
        // What is there must be right before anything is made to fit it.
        List<Topic> found =
                topics.stream().filter(topic -> present.contains(topic.name())).toList();
        int votePartitions = partitions;
        if (present.contains(Topics.VOTES.name())) {
            votePartitions = description(Topics.VOTES).partitions().size();
            if (votePartitions != partitions) {
                LOG.info(
                        "{} has {} partitions and keeps them; {} were asked for",
                        Topics.VOTES.name(),
                        votePartitions,
                        partitions);
            }
        }
        haveBatchesUnpacked(found);
        check(found, votePartitions);
        for (Topic topic : topics) {
            if (!found.contains(topic)) {
                create(topic, votePartitions, copies);
            }
        }
        TopicDescription votes = description(Topics.VOTES);
        check(topics, votes.partitions().size());
        return new Layout(votes.partitions().size(), replicas(votes));
    }

    /**
     * How many partitions a topic has.
     *
     * @throws UnfitLogException when there is no such topic, or the cluster does not answer
     */
    public int partitions(Topic topic) {
        return description(topic).partitions().size();
    }

    /**
     * The id that Kafka gave the votes topic. A topic that was deleted and created again has another.
     *
     * @throws UnfitLogException when there is no such topic, or the cluster does not answer
     */
    public Uuid idOfVotes() {
        return description(Topics.VOTES).topicId();
    }

    /**
     * Names of the clients that are members of a consumer group; none where there is no such group.
     *
     * @throws UnfitLogException when the cluster does not answer
     */
    public List<String> members(String groupId) {
        try {
            Map<String, ConsumerGroupDescription> groups =
                    await(admin.describeConsumerGroups(List.of(groupId)).all(), "the members of group " + groupId);
            return groups.values().stream()
                    .flatMap(group -> group.members().stream())
                    .map(MemberDescription::clientId)
                    .toList();
        } catch (UnfitLogException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of();
            }
            throw e;
        }
    }

    /**
     * Adds partitions to the topics that have fewer than votes. A topic that does not exist is passed over: whoever creates it
     * gives it as many.
     *
     * @param votePartitions how many partitions votes has
     * @throws UnfitLogException when one of the topics has more, since its records then belong to another log, or the cluster does not
     *     answer
     */
    public void grow(List<String> topics, int votePartitions) {
        Set<String> present = await(admin.listTopics().names(), "the list of topics");
        List<String> faults = new ArrayList<>();
        for (TopicDescription topic :
                describe(topics.stream().filter(present::contains).toList()).values()) {
            int found = topic.partitions().size();
            if (found > votePartitions) {
                faults.add("topic %s has %d partitions; expected: %d, as many as votes"
                        .formatted(topic.name(), found, votePartitions));
            } else if (found < votePartitions) {
                grow(topic.name(), found, votePartitions);
            }
        }
        refuse(faults);
    }

    private void grow(String topic, int found, int votePartitions) {
        try {
            await(
                    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(votePartitions)))
                            .all(),
                    "that topic " + topic + " has got more partitions");
            LOG.warn("{} had {} partitions and has got {}, as many as votes", topic, found, votePartitions);
        } catch (UnfitLogException e) {
            // Somebody else may have been quicker.
            boolean grown = describe(List.of(topic)).values().stream()
                    .allMatch(now -> now.partitions().size() == votePartitions);
            if (!grown || !(e.getCause() instanceof InvalidPartitionsException)) {
                throw e;
            }
        }
    }

    /**
     * An offset of a partition of votes: that of its first record, or that behind its last one.
     *
     * @throws UnfitLogException when the cluster does not answer
     */
    public long offsetOfVotes(int partition, OffsetSpec place) {
        TopicPartition votes = new TopicPartition(Topics.VOTES.name(), partition);
        return await(
                        admin.listOffsets(Map.of(votes, place)).partitionResult(votes),
                        "an offset of partition %d of votes".formatted(partition))
                .offset();
    }

    /**
     * Checks that an application's changelogs, from which its stores are restored, survive the loss of one broker. A changelog that does
     * not exist yet is not asked for.
     *
     * @throws UnfitLogException when a changelog has fewer than 3 replicas, or a number of replicas that must be in sync that is not 2
     */
    public void checkChangelogs(String applicationId) {
        List<String> changelogs = await(admin.listTopics().names(), "the list of topics").stream()
                .filter(name -> name.startsWith(applicationId + "-") && name.endsWith("-changelog"))
                .sorted()
                .toList();
        List<String> faults = new ArrayList<>();
        describe(changelogs).forEach((name, topic) -> {
            if (replicas(topic) < CLUSTER_REPLICAS) {
                faults.add("changelog %s has %d replicas; expected: %d"
                        .formatted(name, replicas(topic), CLUSTER_REPLICAS));
            }
        });
        configs(changelogs)
                .forEach((name, config) -> checkSetting(
                        "changelog " + name,
                        config,
                        "min.insync.replicas",
                        Integer.toString(Topic.minInsyncReplicas(CLUSTER_REPLICAS)),
                        faults));
        refuse(faults);
    }

    @Override
    public void close() {
        // Questions to a broker that is away would hold up the end, for a minute by default.
        admin.close(Duration.ofSeconds(1));
    }

    private void create(Topic topic, int partitions, int replicas) {
        try {
            admin.createTopics(List.of(topic.newTopic(partitions, replicas)))
                    .all()
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("created {}: {} partitions, {} replicas", topic.name(), topic.partitions(partitions), replicas);
        } catch (ExecutionException e) {
            // Somebody else may have been quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new UnfitLogException("cannot create topic %s: %s".formatted(topic.name(), e.getCause()), e);
            }
        } catch (TimeoutException e) {
            throw unanswered("the creation of topic " + topic.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unanswered("the creation of topic " + topic.name(), e);
        }
    }

    /**
     * Sets on older topics what new ones are created with: that the broker unpacks batches that come compressed. Batches that stand in
     * them already stay as they are. A topic whose compression somebody has set, or which this client may not alter, is left as it is;
     * the check that follows refuses it.
     */
    private void haveBatchesUnpacked(List<Topic> topics) {
        Map<String, Config> configs = configs(topics.stream().map(Topic::name).toList());
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        for (Topic topic : topics) {
            String wanted = topic.settings().getOrDefault(Topics.COMPRESSION_TYPE, "");
            Config config = configs.get(topic.name());
            ConfigEntry entry = config == null ? null : config.get(Topics.COMPRESSION_TYPE);
            if (entry != null
                    && !wanted.equals(entry.value())
                    && entry.source() != ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                changes.put(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                        List.of(new AlterConfigOp(
                                new ConfigEntry(Topics.COMPRESSION_TYPE, wanted), AlterConfigOp.OpType.SET)));
            }
        }
        if (changes.isEmpty()) {
            return;
        }
        List<String> names =
                changes.keySet().stream().map(ConfigResource::name).sorted().toList();
        try {
            await(admin.incrementalAlterConfigs(changes).all(), "that it altered " + String.join(", ", names));
        } catch (UnfitLogException e) {
            LOG.warn("{} cannot be set here: {}", Topics.COMPRESSION_TYPE, e.getMessage());
            return;
        }
        LOG.info("set {} of {}", Topics.COMPRESSION_TYPE, String.join(", ", names));
        // The broker that is asked next may not have heard of it yet.
        long end = System.nanoTime() + timeout.toNanos();
        while (System.nanoTime() - end < 0
                && configs(names).values().stream()
                        .anyMatch(config -> config.get(Topics.COMPRESSION_TYPE).source()
                                != ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** Checks partitions and settings of the topics; all faults are told in one exception. */
    private void check(List<Topic> topics, int votePartitions) {
        List<String> faults = new ArrayList<>();
        Map<String, Config> configs = configs(topics.stream().map(Topic::name).toList());
        for (Topic topic : topics) {
            int found = description(topic).partitions().size();
            int expected = topic.partitions(votePartitions);
            // What is not spread by voter keeps the partitions that it had when votes gets more.
            boolean fits = topic.spread() == Topic.Spread.AS_VOTES ? found <= expected : found == expected;
            if (!fits) {
                faults.add("topic %s has %d partitions; expected: %d%s"
                        .formatted(
                                topic.name(),
                                found,
                                expected,
                                topic.spread() == Topic.Spread.ONE ? "" : " at most, as many as votes"));
            }
            List<String> settings = new ArrayList<>();
            new TreeMap<>(topic.settings())
                    .forEach((setting, value) ->
                            checkSetting("topic " + topic.name(), configs.get(topic.name()), setting, value, settings));
            if (!settings.isEmpty()) {
                faults.add(String.join(". ", settings) + ". " + command(topic));
            }
        }
        refuse(faults);
    }

    /** The shell command that gives a topic all its settings. */
    private String command(Topic topic) {
        return "kafka-configs --bootstrap-server %s --alter --entity-type topics --entity-name %s --add-config %s sets that"
                .formatted(
                        bootstrapServers,
                        topic.name(),
                        new TreeMap<>(topic.settings())
                                .entrySet().stream()
                                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                                        .collect(Collectors.joining(",")));
    }

    private static void checkSetting(
            String what, @Nullable Config config, String setting, String expected, List<String> faults) {
        ConfigEntry entry = config == null ? null : config.get(setting);
        String found = entry == null ? "nothing" : entry.value();
        if (!expected.equals(found)) {
            faults.add("%s has %s=%s; expected: %s".formatted(what, setting, found, expected));
        }
    }

    private static void refuse(List<String> faults) {
        if (!faults.isEmpty()) {
            throw new UnfitLogException(
                    String.join(". ", faults) + ". Put it right with Kafka's tools and start again");
        }
    }

    /**
     * Checks that the cluster has transactions of version 2 (KIP-890), without which totals can be wrong after a crash. New clusters of
     * Kafka 4 have them.
     */
    private void checkTransactions() {
        FinalizedVersionRange range = await(admin.describeFeatures().featureMetadata(), "the cluster's features")
                .finalizedFeatures()
                .get("transaction.version");
        int version = range == null ? 0 : range.maxVersionLevel();
        if (version < 2) {
            throw new UnfitLogException(
                    "the cluster's feature transaction.version is %d; expected: 2 or higher. Set it with kafka-features upgrade --feature transaction.version=2"
                            .formatted(version));
        }
    }

    private static int replicas(TopicDescription topic) {
        return topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
    }

    private TopicDescription description(Topic topic) {
        TopicDescription description = describe(List.of(topic.name())).get(topic.name());
        if (description == null) {
            throw new UnfitLogException("topic %s is not there".formatted(topic.name()));
        }
        return description;
    }

    private Map<String, TopicDescription> describe(Collection<String> names) {
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

    private <T> T await(KafkaFuture<T> future, String what) {
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
                "Kafka at %s (spring.kafka.bootstrap-servers) did not tell %s within %d s: %s"
                        .formatted(bootstrapServers, what, timeout.toSeconds(), cause),
                cause);
    }
}
