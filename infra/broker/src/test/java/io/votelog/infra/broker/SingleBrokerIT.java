// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SingleBrokerIT {
    @TempDir
    @SuppressWarnings("NullAway.Init") // injected
    private Path dir;

    @Test
    void shouldKeepWhatItAcknowledgedAndItsPortThroughKillAndStop() throws Exception {
        Path cleanShutdown = Node.storage(dir.resolve("broker-1")).resolve(".kafka_cleanshutdown");
        String address;
        try (KafkaCluster cluster = KafkaCluster.single(dir).start()) {
            address = cluster.bootstrapServers();
            assertThat(cluster.size()).isEqualTo(1);
            Clients.createTopic(cluster, 1, 1);
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(cluster, 30_000)) {
                Clients.send(producer, 0, 5_000);
                long killed = cluster.pid(1);
                cluster.kill(1);
                assertThat(Processes.gone(killed)).isTrue();
                assertThat(cluster.running(1)).isFalse();
                assertThat(cleanShutdown).doesNotExist();

                cluster.restart(1);
                assertThat(cluster.running(1)).isTrue();
                assertThat(cluster.bootstrapServers()).isEqualTo(address);
                assertThat(Clients.read(cluster, 5_000)).isEqualTo(numbers(5_000));
                Clients.send(producer, 5_000, 6_000);
            }
            cluster.stop(1);
            assertThat(cleanShutdown).exists();
        }
        try (KafkaCluster cluster = KafkaCluster.single(dir).start()) {
            assertThat(cluster.bootstrapServers()).isEqualTo(address);
            assertThat(Clients.read(cluster, 6_000)).isEqualTo(numbers(6_000));
            shouldWriteTransactionsInTheirSecondVersion(cluster);
            shouldListenOnTheLoopbackAddressAlone(cluster);
            shouldStartWithTheArchiveOfItsClasses(cluster);
        }
        assertThat(cleanShutdown).exists();
    }

    private static void shouldWriteTransactionsInTheirSecondVersion(KafkaCluster cluster) throws Exception {
        try (Admin admin = Clients.admin(cluster)) {
            assertThat(admin.describeFeatures()
                            .featureMetadata()
                            .get()
                            .finalizedFeatures()
                            .get("transaction.version"))
                    .satisfies(version -> assertThat(version.maxVersionLevel()).isEqualTo((short) 2));
        }
    }

    /** The archive that the build asks for was made, and HotSpot takes it: it would otherwise start without one, and not say so. */
    private static void shouldStartWithTheArchiveOfItsClasses(KafkaCluster cluster) throws Exception {
        assertThat(Boolean.getBoolean(ChildJvm.ARCHIVE_CLASSES)).isTrue();
        Path maps = Path.of("/proc/%d/maps".formatted(cluster.pid(1)));
        if (Files.exists(maps)) {
            assertThat(Files.readString(maps)).containsPattern("classes-archived/Kafka-[0-9a-f]+\\.jsa");
        }
    }

    private static void shouldListenOnTheLoopbackAddressAlone(KafkaCluster cluster) throws Exception {
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .toList();
        for (InetAddress other : others) {
            try (Socket socket = new Socket()) {
                assertThatThrownBy(() -> socket.connect(new InetSocketAddress(other, cluster.port(1)), 1_000))
                        .as(other.toString())
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void shouldShowTheEndOfTheLogOfABrokerThatDies() {
        KafkaCluster.Builder builder = KafkaCluster.single(dir).heap("1k");
        assertThatThrownBy(builder::start)
                .isInstanceOf(ChildStartException.class)
                .hasMessageStartingWith("broker-1 died while it started (exit code 1); the end of its log "
                        + dir.resolve("logs").resolve("broker-1.log"))
                .hasMessageContaining("maximum heap");
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
