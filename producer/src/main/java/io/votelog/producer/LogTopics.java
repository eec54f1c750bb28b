package io.votelog.producer;

import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the topics that are missing, and refuses a log that is set up in another way than its promises need. */
final class LogTopics {
    private static final Logger LOG = LoggerFactory.getLogger(LogTopics.class);
    private static final int MOST_REPLICAS = 3;
    private static final Set<Topic> CHECKED = Set.of(Topics.VOTES, Topics.BALLOTS);

    private final Admin admin;
    private final Duration timeout;

    LogTopics(Admin admin, Duration timeout) {
        this.admin = admin;
        this.timeout = timeout;
    }

    /**
     * Makes the topics be there; blocks.
     *
     * @param partitions of the votes topic when it is created
     * @param replicas of each partition when it is created; -1 for as many as there are brokers, at most 3
     * @return how many partitions the votes topic has
     * @throws BadSettingException when a topic that is there has another setting than it must have
     */
    int prepare(int partitions, int replicas) {
        Set<String> present = await(admin.listTopics().names(), "listing the topics");
        int copies = replicas > 0 ? replicas : Math.min(MOST_REPLICAS, brokers());
        int votePartitions = partitions;
        if (present.contains(Topics.VOTES.name())) {
            votePartitions = description(Topics.VOTES).partitions().size();
            if (votePartitions != partitions) {
                LOG.warn(
                        "The topic {} has {} partitions and keeps them, whatever votelog.topics.partitions says ({})",
                        Topics.VOTES.name(),
                        votePartitions,
                        partitions);
            }
        }
        for (Topic topic : Topics.all()) {
            if (!present.contains(topic.name())) {
                create(topic.newTopic(votePartitions, copies));
            }
        }
        check();
        return description(Topics.VOTES).partitions().size();
    }

    private int brokers() {
        return await(admin.describeCluster().nodes(), "describing the cluster").size();
    }

    private void create(NewTopic topic) {
        try {
            admin.createTopics(List.of(topic)).all().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("Created the topic {} with {} partitions", topic.name(), topic.numPartitions());
        } catch (ExecutionException e) {
            // Another gateway may have been quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(
                        "the topic %s cannot be created: %s".formatted(topic.name(), e.getCause()), e);
            }
        } catch (TimeoutException e) {
            throw unreachable("creating the topic " + topic.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void check() {
        Map<ConfigResource, Topic> resources = new HashMap<>();
        CHECKED.forEach(topic -> resources.put(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()), topic));
        // A topic is known to every broker only some time after its creation.
        CHECKED.forEach(this::description);
        Map<ConfigResource, Config> standing =
                await(admin.describeConfigs(resources.keySet()).all(), "reading the topics' settings");
        List<String> wrong = new ArrayList<>();
        List<String> needed = new ArrayList<>();
        standing.forEach((resource, config) -> {
            Topic topic = resources.get(resource);
            if (topic == null) {
                return;
            }
            new TreeMap<>(topic.settings()).forEach((setting, value) -> {
                ConfigEntry entry = config.get(setting);
                String found = entry == null ? "not known to the broker" : entry.value();
                if (!value.equals(found)) {
                    wrong.add("%s has %s=%s".formatted(topic.name(), setting, found));
                    needed.add("%s needs %s=%s".formatted(topic.name(), setting, value));
                }
            });
        });
        if (!wrong.isEmpty()) {
            throw new BadSettingException("a topic that is there", String.join("; ", wrong), String.join("; ", needed));
        }
        int ballotsPartitions = description(Topics.BALLOTS).partitions().size();
        if (ballotsPartitions != 1) {
            throw new BadSettingException(
                    "a topic that is there",
                    "%s has %d partitions".formatted(Topics.BALLOTS.name(), ballotsPartitions),
                    "1 partition, so that its records have one order");
        }
    }

    private TopicDescription description(Topic topic) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                Map<String, TopicDescription> found = admin.describeTopics(List.of(topic.name()))
                        .allTopicNames()
                        .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                return Objects.requireNonNull(found.get(topic.name()));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() - end > 0) {
                    throw new IllegalStateException(
                            "the topic %s cannot be described: %s".formatted(topic.name(), e.getCause()), e);
                }
                pause();
            } catch (TimeoutException e) {
                throw unreachable("describing the topic " + topic.name(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private <T> T await(KafkaFuture<T> future, String what) {
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("%s failed: %s".formatted(what, e.getCause()), e);
        } catch (TimeoutException e) {
            throw unreachable(what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private IllegalStateException unreachable(String what, Exception cause) {
        return new IllegalStateException(
                "%s: the brokers did not answer within %d s; is spring.kafka.bootstrap-servers right?"
                        .formatted(what, timeout.toSeconds()),
                cause);
    }
}
