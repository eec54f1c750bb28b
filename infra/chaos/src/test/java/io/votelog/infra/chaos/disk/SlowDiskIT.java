// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.KafkaCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker whose disk becomes slow and fast again while it runs. */
final class SlowDiskIT {
    private static final String TOPIC = "slow";
    private static final Duration WAIT = Duration.ofMillis(700);

    @Test
    void shouldHaveEachAppendWaitForAsLongAsIsSaid(@TempDir Path dir) throws Exception {
        Path waits = dir.resolve("waits");
        String agent = SlowDisk.option(dir, waits);
        try (KafkaCluster cluster = KafkaCluster.single(dir.resolve("kafka"))
                        .heap("512m")
                        .processes(node -> node.jvmArgs(agent))
                        .start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", cluster.bootstrapServers(), "acks", "all"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(30)).until(() -> took(producer).compareTo(WAIT) < 0);

            SlowDisk.slow(waits, "broker-1", WAIT);
            await().atMost(Duration.ofSeconds(30)).until(() -> took(producer).compareTo(WAIT) >= 0);
            assertThat(took(producer)).isGreaterThanOrEqualTo(WAIT);

            SlowDisk.slow(waits, "broker-1", Duration.ZERO);
            await().atMost(Duration.ofSeconds(30)).until(() -> took(producer).compareTo(WAIT) < 0);
        }
    }

    /** How long it takes until a record is acknowledged. */
    private static Duration took(KafkaProducer<byte[], byte[]> producer) throws Exception {
        long start = System.nanoTime();
        producer.send(new ProducerRecord<>(TOPIC, new byte[1])).get(30, TimeUnit.SECONDS);
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
