// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.system;

import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Topics of the broker under test, made and read. */
public final class BrokerTopics {
    private final String bootstrapServers;

    /** @param bootstrapServers the brokers, as {@code host:port} */
    public BrokerTopics(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** A topic like votes: as many partitions, the same settings. */
    public void createLikeVotes(String name, int partitions) {
        NewTopic votes = Topics.VOTES.newTopic(partitions, 1);
        Map<String, String> settings = votes.configs();
        ask("make the topic " + name, admin -> admin.createTopics(
                        List.of(new NewTopic(name, Optional.of(partitions), Optional.of((short) 1))
                                .configs(settings == null ? Map.of() : settings)))
                .all());
    }

    /** Every topic of a log. */
    public void createAll(int partitions) {
        ask("make the topics", admin -> admin.createTopics(Topics.all().stream()
                        .map(topic -> topic.newTopic(partitions, 1))
                        .toList())
                .all());
    }

    /** Has the broker slow a client down to so many bytes a second. */
    public void slowDown(String clientId, long bytesPerSecond) {
        ask("set a quota", admin -> admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                        new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, clientId)),
                        List.of(new ClientQuotaAlteration.Op("producer_byte_rate", (double) bytesPerSecond)))))
                .all());
    }

    /** Has the broker sync votes before it acknowledges them, or leave that to its operating system again. */
    public void flushVotes(boolean flush) {
        ConfigResource votes = new ConfigResource(ConfigResource.Type.TOPIC, Topics.VOTES.name());
        ask("change how votes are flushed", admin -> admin.incrementalAlterConfigs(Map.of(
                        votes,
                        List.of(new AlterConfigOp(
                                new ConfigEntry("flush.messages", "1"),
                                flush ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE))))
                .all());
    }

    private void ask(String what, Function<Admin, KafkaFuture<Void>> question) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            question.apply(admin).get();
        } catch (ExecutionException e) {
            throw new BenchException("the broker does not %s: %s".formatted(what, e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    /** The next offset of each partition of votes. */
    public Map<Integer, Long> ends() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.endOffsets(partitions(consumer, Topics.VOTES)).entrySet().stream()
                    .collect(Collectors.toMap(end -> end.getKey().partition(), Map.Entry::getValue));
        }
    }

    /** Reads votes from the beginning to where it ends now, at most {@code limit} records. */
    public void readVotes(long limit, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, Topics.VOTES);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long read = 0;
            while (read < limit
                    && ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (read < limit) {
                        reader.accept(record);
                        read++;
                    }
                }
            }
        }
    }

    /** Mean bytes of key, value and headers of the first votes. */
    public int meanVoteBytes() {
        long[] sum = new long[2];
        readVotes(20_000, record -> {
            byte @Nullable [] key = record.key();
            if (key == null) {
                return;
            }
            sum[0] += key.length + record.value().length;
            for (Header header : record.headers()) {
                sum[0] += header.key().length() + header.value().length;
            }
            sum[1]++;
        });
        if (sum[1] == 0) {
            throw new BenchException("there are no votes whose size could be taken");
        }
        return (int) Math.round(sum[0] / (double) sum[1]);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "enable.auto.commit", "false",
                        "fetch.max.bytes", "16777216",
                        "max.partition.fetch.bytes", "4194304",
                        "max.poll.records", "5000"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, Topic topic) {
        return consumer.partitionsFor(topic.name()).stream()
                .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                .toList();
    }
}
