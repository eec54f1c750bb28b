// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka cluster as an administrator sees it. It creates the topics that are missing, and refuses a cluster or a topic whose settings
 * could lose or change records, as {@link ClusterRules} says. Gateways and streams apps both use it when they start, so either may start
 * first. Each call blocks; each question that it puts to the cluster takes at most the timeout.
 */
public final class LogCluster implements AutoCloseable {
    /** The number of replicas with which one broker may be lost and no record with it. */
    public static final int CLUSTER_REPLICAS = ClusterRules.CLUSTER_REPLICAS;

    private static final Logger LOG = LoggerFactory.getLogger(LogCluster.class);

    private final Admin admin;
    private final List<Topic> topics;
    private final Duration timeout;
    private final ClusterReader reader;
    private final ClusterRules rules;

    /**
     * A cluster that is asked through this client.
     *
     * @param admin closed with this object
     * @param bootstrapServers named when the cluster does not answer, and in commands
     * @param topics of the log, with the settings that they must have: {@link Topics#all()}, or {@link Topics#allFlushed()} where a record
     *     must be on disk before it is acknowledged
     * @param timeout how long one question may take
     */
    public LogCluster(Admin admin, String bootstrapServers, List<Topic> topics, Duration timeout) {
        this.admin = admin;
        this.topics = List.copyOf(topics);
        this.timeout = timeout;
        this.reader = new ClusterReader(admin, bootstrapServers, timeout);
        this.rules = new ClusterRules(topics, reader.tools());
    }

    /** What asks this cluster. */
    ClusterReader reader() {
        return reader;
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
     * @throws UnfitLogException when the cluster does not answer, or a topic or the cluster is not what it must be
     */
    public Layout prepare(int partitions, int replicas) {
        Set<String> ofLog = topics.stream().map(Topic::name).collect(Collectors.toUnmodifiableSet());
        // What is there must be right before anything is made to fit it.
        ClusterSnapshot cluster = haveBatchesUnpacked(reader.snapshot(ofLog::contains));
        int votePartitions = cluster.partitions(Topics.VOTES).orElse(partitions);
        if (votePartitions != partitions) {
            LOG.info(
                    "{} has {} partitions and keeps them; {} were asked for",
                    Topics.VOTES.name(),
                    votePartitions,
                    partitions);
        }
        refuse(rules.ofLog(cluster, OptionalInt.of(votePartitions)));
        List<Topic> missing =
                topics.stream().filter(Predicate.not(cluster::has)).toList();
        if (!missing.isEmpty()) {
            int copies = replicas > 0
                    ? replicas
                    : Math.min(CLUSTER_REPLICAS, cluster.brokers().size());
            missing.forEach(topic -> reader.create(topic.newTopic(votePartitions, copies)));
            // Somebody else may have been quicker, with other settings.
            cluster = new ClusterSnapshot(cluster.brokers(), cluster.transactionVersion(), reader.states(ofLog));
            refuse(rules.ofLog(cluster, cluster.partitions(Topics.VOTES)));
        }
        return new Layout(cluster.partitions(Topics.VOTES).orElseThrow(), cluster.replicas(Topics.VOTES));
    }

    /**
     * What of the cluster and of the log's topics is not as it must be; a topic that is not there is no finding.
     *
     * @throws UnfitLogException when the cluster does not answer
     */
    public List<Finding> findings() {
        ClusterSnapshot cluster = reader.snapshot(LogCluster::isOfLog);
        return rules.ofLog(cluster, cluster.partitions(Topics.VOTES));
    }

    /**
     * The same, and what of an application's changelogs is not.
     *
     * @param partitionedAsVotes topics that must not have more partitions than votes
     * @throws UnfitLogException when the cluster does not answer
     */
    public List<Finding> findings(String applicationId, Collection<String> partitionedAsVotes) {
        ClusterSnapshot cluster =
                reader.snapshot(name -> isOfLog(name) || ClusterRules.isChangelog(name, applicationId));
        List<Finding> findings = new ArrayList<>(rules.ofLog(cluster, cluster.partitions(Topics.VOTES)));
        findings.addAll(rules.ofChangelogs(cluster, applicationId, partitionedAsVotes));
        return findings;
    }

    private static boolean isOfLog(String name) {
        return ClusterRules.KAFKAS_OWN.contains(name)
                || Topics.all().stream().anyMatch(topic -> topic.name().equals(name));
    }

    /**
     * How many partitions a topic has.
     *
     * @throws UnfitLogException when there is no such topic, or the cluster does not answer
     */
    public int partitions(Topic topic) {
        return reader.description(topic).partitions().size();
    }

    /**
     * The id that Kafka gave the votes topic. A topic that was deleted and created again has another.
     *
     * @throws UnfitLogException when there is no such topic, or the cluster does not answer
     */
    public Uuid idOfVotes() {
        return reader.description(Topics.VOTES).topicId();
    }

    /**
     * Names of the clients that are members of a consumer group; none where there is no such group.
     *
     * @throws UnfitLogException when the cluster does not answer
     */
    public List<String> members(String groupId) {
        try {
            Map<String, ConsumerGroupDescription> groups = reader.await(
                    admin.describeConsumerGroups(List.of(groupId)).all(), "the members of group " + groupId);
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
        Set<String> present = reader.topics();
        List<Finding> findings = new ArrayList<>();
        for (TopicDescription topic : reader.describe(
                        topics.stream().filter(present::contains).toList())
                .values()) {
            int found = topic.partitions().size();
            if (found > votePartitions) {
                findings.add(rules.tooManyPartitions("topic", topic.name(), found, votePartitions));
            } else if (found < votePartitions) {
                grow(topic.name(), found, votePartitions);
            }
        }
        refuse(findings);
    }

    private void grow(String topic, int found, int votePartitions) {
        try {
            reader.await(
                    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(votePartitions)))
                            .all(),
                    "that topic " + topic + " has got more partitions");
            LOG.warn("{} had {} partitions and has got {}, as many as votes", topic, found, votePartitions);
        } catch (UnfitLogException e) {
            // Somebody else may have been quicker.
            boolean grown = reader.describe(List.of(topic)).values().stream()
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
        return reader.await(
                        admin.listOffsets(Map.of(votes, place)).partitionResult(votes),
                        "an offset of partition %d of votes".formatted(partition))
                .offset();
    }

    /**
     * The offsets behind the last records of all partitions of votes, those of transactions that have not ended among them.
     *
     * @throws UnfitLogException when the cluster does not answer
     */
    public Map<Integer, Long> endsOfVotes() {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < partitions(Topics.VOTES); partition++) {
            asked.put(new TopicPartition(Topics.VOTES.name(), partition), OffsetSpec.latest());
        }
        Map<Integer, Long> ends = new HashMap<>();
        reader.await(admin.listOffsets(asked).all(), "the ends of votes")
                .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
        return ends;
    }

    /**
     * The offsets that a group has committed for partitions of votes; none for those where it has committed nothing.
     *
     * @throws UnfitLogException when the cluster does not answer
     */
    public Map<Integer, Long> committedOfVotes(String groupId) {
        Map<Integer, Long> committed = new HashMap<>();
        reader.await(
                        admin.listConsumerGroupOffsets(groupId).partitionsToOffsetAndMetadata(),
                        "the offsets of group " + groupId)
                .forEach((partition, offset) -> {
                    if (partition.topic().equals(Topics.VOTES.name()) && offset != null) {
                        committed.put(partition.partition(), offset.offset());
                    }
                });
        return committed;
    }

    /**
     * Checks an application's changelogs, from which its stores are restored. Where votes survives the loss of one broker, they must too.
     * A changelog that does not exist yet is not asked for.
     *
     * @throws UnfitLogException when a changelog could lose records that votes keeps, or the cluster does not answer
     */
    public void checkChangelogs(String applicationId) {
        ClusterSnapshot cluster = reader.snapshot(
                name -> name.equals(Topics.VOTES.name()) || ClusterRules.isChangelog(name, applicationId));
        refuse(rules.ofChangelogs(cluster, applicationId, List.of()));
    }

    @Override
    public void close() {
        // Questions to a broker that is away would hold up the end, for a minute by default.
        admin.close(Duration.ofSeconds(1));
    }

    /**
     * Sets on older topics what new ones are created with: that the broker unpacks batches that come compressed. Batches that stand in
     * them already stay as they are. A topic whose compression somebody has set, or which this client may not alter, is left as it is;
     * the check that follows refuses it.
     */
    private ClusterSnapshot haveBatchesUnpacked(ClusterSnapshot cluster) {
        String setting = TopicConfig.COMPRESSION_TYPE_CONFIG;
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        for (Topic topic : topics) {
            String wanted = topic.settings().getOrDefault(setting, "");
            ClusterSnapshot.State state = cluster.topics().get(topic.name());
            if (state != null
                    && !wanted.equals(state.settings().get(setting))
                    && !state.chosen().contains(setting)) {
                changes.put(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                        List.of(new AlterConfigOp(new ConfigEntry(setting, wanted), AlterConfigOp.OpType.SET)));
            }
        }
        if (changes.isEmpty()) {
            return cluster;
        }
        List<String> names =
                changes.keySet().stream().map(ConfigResource::name).sorted().toList();
        try {
            reader.await(admin.incrementalAlterConfigs(changes).all(), "that it altered " + String.join(", ", names));
        } catch (UnfitLogException e) {
            LOG.warn("{} cannot be set here: {}", setting, e.getMessage());
            return cluster;
        }
        LOG.info("set {} of {}", setting, String.join(", ", names));
        // The broker that is asked next may not have heard of it yet.
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            Map<String, ClusterSnapshot.State> states =
                    reader.states(cluster.topics().keySet());
            boolean heard = states.entrySet().stream()
                    .allMatch(topic -> !names.contains(topic.getKey())
                            || topic.getValue().chosen().contains(setting));
            if (heard || System.nanoTime() - end > 0) {
                return new ClusterSnapshot(cluster.brokers(), cluster.transactionVersion(), states);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static void refuse(List<Finding> findings) {
        String errors = Finding.errors(findings);
        if (!errors.isEmpty()) {
            throw new UnfitLogException(errors);
        }
    }
}
