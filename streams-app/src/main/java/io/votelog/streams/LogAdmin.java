package io.votelog.streams;

import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.streams.topology.LogEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the topics that are missing, refuses those that the count cannot be trusted to, and says where the log ends. */
final class LogAdmin implements LogEnd, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogAdmin.class);
    private static final long TIMEOUT_S = 30;
    private static final int CLUSTER_REPLICAS = 3;

    private final Admin admin;
    private final String bootstrapServers;

    /** @param admin closed with this object */
    LogAdmin(Admin admin, String bootstrapServers) {
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * What stands after {@link #prepare}.
     *
     * @param replicas copies that a new topic gets
     */
    record Prepared(int votePartitions, int replicas) {}

    /**
     * Creates the topics that are missing, as a gateway does that starts first, and checks those that the truth depends on.
     *
     * @throws UnfitLogException when the cluster cannot be reached, or a topic or the cluster is not what it must be
     */
    Prepared prepare(TopicSettings settings) {
        Integer wanted = settings.replicas();
        int replicas = wanted != null
                ? wanted
                : Math.min(
                        CLUSTER_REPLICAS,
                        await(admin.describeCluster().nodes(), "the cluster's brokers")
                                .size());
        if (replicas >= CLUSTER_REPLICAS) {
            checkTransactions();
        }
        Set<String> existing = await(admin.listTopics().names(), "the list of topics");
        int partitions = existing.contains(Topics.VOTES.name())
                ? partitions(describe(List.of(Topics.VOTES.name())), Topics.VOTES)
                : settings.partitions();
        for (Topic topic : Topics.all()) {
            if (!existing.contains(topic.name())) {
                create(topic, partitions, replicas);
            }
        }
        return new Prepared(checkTopics(), replicas);
    }

    private void create(Topic topic, int partitions, int replicas) {
        try {
            admin.createTopics(List.of(topic.newTopic(partitions, replicas)))
                    .all()
                    .get(TIMEOUT_S, TimeUnit.SECONDS);
            LOG.info(
                    "created topic {}: {} partitions, {} replicas",
                    topic.name(),
                    topic.partitions(partitions),
                    replicas);
        } catch (ExecutionException e) {
            // A gateway, or another instance, was quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new UnfitLogException("cannot create topic %s: %s".formatted(topic.name(), e.getCause()), e);
            }
        } catch (TimeoutException e) {
            throw unreachable("the creation of topic " + topic.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable("the creation of topic " + topic.name(), e);
        }
    }

    /** @return how many partitions the votes topic has */
    private int checkTopics() {
        Map<String, TopicDescription> topics =
                describe(Topics.all().stream().map(Topic::name).toList());
        int votePartitions = partitions(topics, Topics.VOTES);
        for (Topic topic : List.of(Topics.BALLOTS, Topics.DECISIONS)) {
            int expected = topic.partitions(votePartitions);
            int found = partitions(topics, topic);
            if (found != expected) {
                throw new UnfitLogException("topic %s has %d partitions; expected: %d%s"
                        .formatted(
                                topic.name(),
                                found,
                                expected,
                                topic == Topics.DECISIONS ? ", as many as " + Topics.VOTES.name() : ""));
            }
        }
        for (Topic topic : List.of(Topics.VOTES, Topics.BALLOTS)) {
            checkSettings(topic);
        }
        return votePartitions;
    }

    private static int partitions(Map<String, TopicDescription> topics, Topic topic) {
        TopicDescription description = topics.get(topic.name());
        if (description == null) {
            throw new UnfitLogException("topic %s is not there".formatted(topic.name()));
        }
        return description.partitions().size();
    }

    private void checkSettings(Topic topic) {
        Config config = config(List.of(topic.name())).get(topic.name());
        topic.settings().forEach((setting, expected) -> {
            ConfigEntry entry = config == null ? null : config.get(setting);
            String found = entry == null ? "not set" : entry.value();
            if (!expected.equals(found)) {
                throw new UnfitLogException(
                        "topic %s has %s=%s; expected: %s. With another value the log is not what every"
                                        .formatted(topic.name(), setting, found, expected)
                                + " verdict depends on; set it with kafka-configs and start again");
            }
        });
    }

    /** Totals after a crash need it: KIP-890, on in every new cluster of Kafka 4. */
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

    /**
     * Checks that what the stores are restored from survives a broker. A changelog that is not there yet is none.
     *
     * @throws UnfitLogException when one has fewer than three replicas or fewer than two that must be in sync
     */
    void checkChangelogs(String applicationId) {
        List<String> changelogs = await(admin.listTopics().names(), "the list of topics").stream()
                .filter(name -> name.startsWith(applicationId + "-") && name.endsWith("-changelog"))
                .sorted()
                .toList();
        describe(changelogs).forEach((name, topic) -> {
            int replicas = topic.partitions().stream()
                    .mapToInt(partition -> partition.replicas().size())
                    .min()
                    .orElse(0);
            if (replicas < CLUSTER_REPLICAS) {
                throw new UnfitLogException("changelog %s has %d replicas; expected: 3".formatted(name, replicas));
            }
        });
        config(changelogs).forEach((name, config) -> {
            ConfigEntry entry = config.get("min.insync.replicas");
            String found = entry == null ? "not set" : entry.value();
            if (!"2".equals(found)) {
                throw new UnfitLogException(
                        "changelog %s has min.insync.replicas=%s; expected: 2".formatted(name, found));
            }
        });
    }

    @Override
    public long of(int partition) {
        TopicPartition votes = new TopicPartition(Topics.VOTES.name(), partition);
        return await(
                        admin.listOffsets(Map.of(votes, OffsetSpec.latest())).partitionResult(votes),
                        "the end of partition %d of votes".formatted(partition))
                .offset();
    }

    @Override
    public void close() {
        // Questions to a broker that is away would hold up the end, for a minute by default.
        admin.close(Duration.ofSeconds(1));
    }

    private Map<String, TopicDescription> describe(Collection<String> names) {
        return awaitKnown(() -> admin.describeTopics(names).allTopicNames(), "the topics");
    }

    private Map<String, Config> config(Collection<String> names) {
        List<ConfigResource> resources = new ArrayList<>();
        names.forEach(name -> resources.add(new ConfigResource(ConfigResource.Type.TOPIC, name)));
        Map<String, Config> configs = new HashMap<>();
        awaitKnown(() -> admin.describeConfigs(resources).all(), "the settings of " + String.join(", ", names))
                .forEach((resource, config) -> configs.put(resource.name(), config));
        return configs;
    }

    /** As {@link #await}, asked again while a broker has not heard of a topic that is new. */
    private <T> T awaitKnown(Supplier<KafkaFuture<T>> question, String what) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        while (true) {
            try {
                return await(question.get(), what);
            } catch (UnfitLogException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private <T> T await(KafkaFuture<T> future, String what) {
        try {
            return future.get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw unreachable(what, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw unreachable(what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(what, e);
        }
    }

    private UnfitLogException unreachable(String what, Throwable cause) {
        return new UnfitLogException(
                "Kafka at %s (spring.kafka.bootstrap-servers) did not tell %s within %d s: %s"
                        .formatted(bootstrapServers, what, TIMEOUT_S, cause),
                cause);
    }
}
