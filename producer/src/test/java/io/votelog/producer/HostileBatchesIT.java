// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.testing.CraftedBatch;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.LogCluster;
import io.votelog.schemas.cluster.UnfitLogException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Batches of records that are small on the wire and huge once they are unpacked. A reader of such a batch runs out of memory at
 * every start, so no such batch may ever be in the log, whatever becomes of the broker to which it is sent.
 */
@WholeSystem
class HostileBatchesIT {
    private static final int HONEST = 200;
    private static final List<CompressionType> COMPRESSIONS =
            List.of(CompressionType.ZSTD, CompressionType.GZIP, CompressionType.LZ4);

    private final Map<String, Integer> expected = new HashMap<>();

    @Test
    void shouldLetNoBatchIntoTheLogThatIsLargerThanItsBoundWhenItIsUnpacked(@TempDir Path data) throws Exception {
        List<String> topics = List.of(Topics.VOTES.name(), Topics.BALLOTS.name());
        try (KafkaCluster cluster = KafkaCluster.single(data).heap("3g").start()) {
            prepare(cluster);
            for (String topic : topics) {
                sendHonestly(cluster, topic);
                for (CompressionType compression : COMPRESSIONS.subList(0, topic.equals(topics.get(0)) ? 3 : 1)) {
                    // LZ4 shrinks zeros to one 255th: more of them would be too long even when compressed.
                    int zeros = compression == CompressionType.LZ4 ? 200_000_000 : 400_000_000;
                    assertThat(refused(cluster, topic, CraftedBatch.ofZeros(compression, zeros)))
                            .isEqualTo(Errors.MESSAGE_TOO_LARGE);
                    assertThat(refused(cluster, topic, CraftedBatch.ofTinyRecords(compression, 1_000_000)))
                            .isEqualTo(Errors.MESSAGE_TOO_LARGE);
                }
                assertThat(cluster.running(1)).isTrue();
                sendHonestly(cluster, topic);
            }
            topics.forEach(topic -> standsUnpacked(cluster, data, topic));
        }
    }

    /** A batch that does not fit into its heap ends the broker, which is started again and finds its log as it was. */
    @Test
    void shouldFindTheLogWholeAfterABatchThatDoesNotFitIntoTheHeap(@TempDir Path data) throws Exception {
        String topic = Topics.VOTES.name();
        try (KafkaCluster cluster = KafkaCluster.single(data).heap("160m").start()) {
            prepare(cluster);
            sendHonestly(cluster, topic);
            for (CraftedBatch batch : List.of(
                    CraftedBatch.claiming(CompressionType.ZSTD, 2_000_000_000),
                    CraftedBatch.ofZeros(CompressionType.ZSTD, 2_000_000_000))) {
                assertThat(batch.sizeInBytes()).isLessThan(100_000);
                try {
                    assertThat(batch.sendTo(cluster.bootstrapServers(), topic, 0))
                            .isNotEqualTo(Errors.NONE);
                } catch (UncheckedIOException died) {
                    cluster.processes().get(0).awaitEnd(Duration.ofMinutes(2));
                    assertThat(cluster.running(1)).isFalse();
                    cluster.restart(1);
                }
                sendHonestly(cluster, topic);
            }
            standsUnpacked(cluster, data, topic);
        }
    }

    /** A program that is not allowed to alter topics tells the operator what to do. */
    @Test
    void shouldSayTheCommandWhereItMayNotHaveATopicUnpacked(@TempDir Path data) throws Exception {
        ConfigResource votes = new ConfigResource(ConfigResource.Type.TOPIC, Topics.VOTES.name());
        try (KafkaCluster cluster = KafkaCluster.single(data)
                        .config("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                        .config("allow.everyone.if.no.acl.found", "true")
                        .start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            prepare(cluster);
            alter(admin, votes, "compression.type", AlterConfigOp.OpType.DELETE);
            admin.createAcls(List.of(
                            acl(AclOperation.ALL, AclPermissionType.ALLOW),
                            acl(AclOperation.ALTER_CONFIGS, AclPermissionType.DENY)))
                    .all()
                    .get();
            await().untilAsserted(() -> assertThatThrownBy(
                            () -> alter(admin, votes, "segment.ms", AlterConfigOp.OpType.DELETE))
                    .hasCauseInstanceOf(TopicAuthorizationException.class));

            assertThatThrownBy(() -> prepare(cluster))
                    .isInstanceOf(UnfitLogException.class)
                    .hasMessageContaining(
                            "topic votelog.votes.v1 has compression.type=producer; expected: uncompressed")
                    .hasMessageContaining("kafka-configs --bootstrap-server " + cluster.bootstrapServers())
                    .hasMessageContaining("--entity-name votelog.votes.v1 --add-config")
                    .hasMessageContaining("compression.type=uncompressed");
        }
    }

    private static void alter(Admin admin, ConfigResource topic, String setting, AlterConfigOp.OpType what)
            throws Exception {
        admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(new ConfigEntry(setting, ""), what))))
                .all()
                .get();
    }

    private static AclBinding acl(AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, Topics.VOTES.name(), PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
    }

    private static Errors refused(KafkaCluster cluster, String topic, CraftedBatch batch) {
        assertThat(batch.sizeInBytes()).isLessThan(1 << 20);
        return batch.sendTo(cluster.bootstrapServers(), topic, 0);
    }

    private static void prepare(KafkaCluster cluster) {
        String servers = cluster.bootstrapServers();
        try (LogCluster log = new LogCluster(
                Admin.create(Map.of("bootstrap.servers", servers)), servers, Topics.all(), Duration.ofSeconds(20))) {
            log.prepare(1, 1);
        }
    }

    /** Sends compressed records, as an ordinary producer may. */
    private void sendHonestly(KafkaCluster cluster, String topic) throws Exception {
        for (String compression : List.of("zstd", "gzip", "lz4", "snappy", "none")) {
            Map<String, Object> config = Map.of(
                    "bootstrap.servers", cluster.bootstrapServers(), "compression.type", compression, "linger.ms", 50);
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int i = 0; i < HONEST; i++) {
                    sent.add(producer.send(new ProducerRecord<>(topic, 0, null, value(i))));
                }
                for (Future<RecordMetadata> each : sent) {
                    each.get();
                }
            }
            expected.merge(topic, HONEST, Integer::sum);
        }
    }

    private static byte[] value(int i) {
        return "a record that can be compressed %d".formatted(i).repeat(4).getBytes(StandardCharsets.UTF_8);
    }

    /** Asserts that the topic has all honest records, in batches that are not compressed, and nothing else. */
    private void standsUnpacked(KafkaCluster cluster, Path data, String topic) {
        List<byte[]> values = TopicReader.of(cluster.bootstrapServers()).readAll(topic).stream()
                .map(record -> record.value())
                .toList();
        assertThat(values).hasSize(expected.getOrDefault(topic, 0));
        for (int i = 0; i < values.size(); i++) {
            assertThat(values.get(i)).isEqualTo(value(i % HONEST));
        }
        try (Stream<Path> files = Files.walk(data)) {
            List<File> segments = files.filter(file -> file.getParent().endsWith(topic + "-0"))
                    .map(Path::toFile)
                    .filter(file -> file.getName().endsWith(".log"))
                    .toList();
            assertThat(segments).isNotEmpty();
            for (File segment : segments) {
                try (FileRecords records = FileRecords.open(segment, false)) {
                    assertThat(records.batches())
                            .extracting(RecordBatch::compressionType)
                            .containsOnly(CompressionType.NONE);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
