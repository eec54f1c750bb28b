// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ThreeBrokersIT {
    @Test
    void shouldGoOnWithoutOneRefuseWithoutTwoAndLoseNothing(@TempDir Path dir) throws Exception {
        try (KafkaCluster cluster = KafkaCluster.cluster(dir, 3).heap("256m").start()) {
            assertThat(cluster.bootstrapServers().split(",")).hasSize(3);
            Clients.createTopic(cluster, 3, 2);
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(cluster, 60_000)) {
                Clients.send(producer, 0, 1_000);
                cluster.kill(1);
                Clients.send(producer, 1_000, 2_000);
            }
            cluster.kill(2);
            assertThat(cluster.running(3)).isTrue();
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(cluster, 4_000)) {
                assertThatThrownBy(() -> Clients.send(producer, -1, 0))
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfAny(NotEnoughReplicasException.class, TimeoutException.class);
            }
            cluster.restart(1);
            cluster.restart(2);
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(cluster, 60_000)) {
                Clients.send(producer, 2_000, 3_000);
                cluster.pause(3);
                Clients.send(producer, 3_000, 4_000);
                cluster.resume(3);
            }
            // What was refused may stand in the log or not.
            assertThat(Clients.read(cluster, 4_000).stream().filter(i -> i >= 0))
                    .containsExactlyElementsOf(IntStream.range(0, 4_000).boxed().toList());
        }
    }

    /** Without a controller brokers go on as they are; with one again, the partitions of a broker that dies get other leaders. */
    @Test
    void shouldGoOnWithoutTheControllerAndObeyItAgain(@TempDir Path dir) throws Exception {
        try (KafkaCluster cluster = KafkaCluster.cluster(dir, 3).heap("256m").start()) {
            Clients.createTopic(cluster, 3, 2);
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(cluster, 60_000)) {
                // A producer gets its id by way of the controller, with its first record.
                Clients.send(producer, 0, 500);
                cluster.killController();
                Clients.send(producer, 500, 1_000);
                cluster.restartController();
                cluster.kill(2);
                Clients.send(producer, 1_000, 2_000);
            }
            assertThat(Clients.read(cluster, 2_000))
                    .containsExactlyElementsOf(IntStream.range(0, 2_000).boxed().toList());
        }
        try (KafkaCluster single = KafkaCluster.single(dir.resolve("single")).start()) {
            assertThatThrownBy(single::killController).isInstanceOf(IllegalStateException.class);
        }
    }
}
