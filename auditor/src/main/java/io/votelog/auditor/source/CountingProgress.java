// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** The ends of the log's topics and the offsets that the counting group has committed, as the brokers report them. */
public final class CountingProgress implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Admin admin;
    private final String group;

    /** @param group the consumer group that counts: the streams apps' application id */
    public CountingProgress(Admin admin, String group) {
        this.admin = admin;
        this.group = group;
    }

    /**
     * The offset behind the last record of each partition that all replicas in sync have: the high watermark, whether or not
     * its transaction is committed.
     *
     * @param partitions of the topic, from 0 on
     */
    public long[] ends(String topic, int partitions) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        var found = await(admin.listOffsets(wanted).all(), "the end of " + topic);
        long[] ends = new long[partitions];
        found.forEach((at, end) -> ends[at.partition()] = end.offset());
        return ends;
    }

    /**
     * By partition: every record of the topic below this offset was counted, and the outcome is committed; 0 where the
     * group has no offset.
     */
    public long[] counted(String topic, int partitions) {
        long[] counted = new long[partitions];
        counted(topic).forEach((partition, offset) -> {
            if (partition < partitions) {
                counted[partition] = offset;
            }
        });
        return counted;
    }

    /** The same as a map, of those partitions alone for which the group has an offset. */
    public Map<Integer, Long> counted(String topic) {
        var offsets = await(
                admin.listConsumerGroupOffsets(group, new ListConsumerGroupOffsetsOptions().requireStable(true))
                        .partitionsToOffsetAndMetadata(),
                "the offsets of the group " + group);
        Map<Integer, Long> counted = new TreeMap<>();
        offsets.forEach((at, offset) -> {
            if (at.topic().equals(topic) && offset != null) {
                counted.put(at.partition(), offset.offset());
            }
        });
        return counted;
    }

    /**
     * The number of partitions of each of these topics.
     *
     * @throws AuditException when a topic does not exist
     */
    public Map<String, Integer> partitions(List<String> topics) {
        Map<String, Integer> partitions = new TreeMap<>();
        await(admin.describeTopics(topics).allTopicNames(), "the topics " + topics)
                .forEach(
                        (name, topic) -> partitions.put(name, topic.partitions().size()));
        return partitions;
    }

    /** The value of a topic's setting; empty where the topic has no such setting. */
    Optional<String> setting(String topic, String name) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = await(admin.describeConfigs(List.of(resource)).all(), "the settings of " + topic)
                .get(resource);
        return Optional.ofNullable(config).map(settings -> settings.get(name)).map(ConfigEntry::value);
    }

    private static <T> T await(KafkaFuture<T> answer, String what) {
        try {
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException("interrupted", e);
        } catch (ExecutionException e) {
            throw new AuditException(
                    "the brokers do not tell %s: %s"
                            .formatted(
                                    what,
                                    e.getCause() instanceof KafkaException cause
                                            ? Texts.reason(cause)
                                            : e.getMessage()),
                    e);
        } catch (TimeoutException e) {
            throw new AuditException("the brokers do not tell %s within %d s".formatted(what, PATIENCE.toSeconds()), e);
        }
    }

    @Override
    public void close() {
        admin.close(PATIENCE);
    }
}
