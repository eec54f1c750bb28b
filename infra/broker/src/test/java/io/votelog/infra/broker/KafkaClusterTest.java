// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KafkaClusterTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // injected
    private Path dir;

    @Test
    void shouldNameThePortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> KafkaCluster.single(dir).port(port).start())
                    .isInstanceOf(ChildStartException.class)
                    .hasMessage("port " + port + " is in use: broker-1 cannot listen on 127.0.0.1:" + port
                            + "; stop what listens there, or choose another port");
        }
    }

    @Test
    void shouldNameAPortThatAnotherListensOnForEveryAddress() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThat(Ports.free(taken.getLocalPort())).isFalse();
        }
    }

    @Test
    void shouldSayWhichSettingKafkaRefuses() {
        assertThatThrownBy(() -> KafkaCluster.single(dir)
                        .config("num.io.threads", "none")
                        .start())
                .isInstanceOf(ChildStartException.class)
                .hasMessageStartingWith("the storage of broker-1 in ")
                .hasMessageContaining("num.io.threads");
    }

    @Test
    void shouldRememberItsPortsAndItsId() {
        ClusterFile first = ClusterFile.readOrCreate(dir, 3, true, 0);
        assertThat(new HashSet<>(first.brokerPorts()))
                .hasSize(3)
                .doesNotContain(first.controllerPort())
                .allMatch(port -> port >= 20_000 && port < 30_000);
        assertThat(ClusterFile.readOrCreate(dir, 3, true, 0)).isEqualTo(first);

        ClusterFile moved = ClusterFile.readOrCreate(dir, 3, true, 9092);
        assertThat(moved.brokerPorts()).containsExactly(9092, 9093, 9094);
        assertThat(moved.clusterId()).isEqualTo(first.clusterId());
        assertThat(ClusterFile.readOrCreate(dir, 3, true, 0)).isEqualTo(moved);
    }

    @Test
    void shouldRefuseTheDataOfAnotherShape() {
        ClusterFile.readOrCreate(dir, 1, false, 0);
        assertThatThrownBy(() -> KafkaCluster.cluster(dir, 3).start())
                .isInstanceOf(ChildStartException.class)
                .hasMessage(dir + " holds the data of a single broker, not of a cluster of 3 brokers and a controller:"
                        + " choose another directory, or delete this one");
    }

    @Test
    void shouldSayWhatIsDamaged() throws Exception {
        Files.writeString(dir.resolve("cluster.properties"), "brokers=1\n");
        assertThatThrownBy(() -> KafkaCluster.single(dir).start())
                .isInstanceOf(ChildStartException.class)
                .hasMessageContaining("cluster.properties is damaged: broker.1.port is missing");
    }

    @Test
    void shouldRefuseNumbersOutOfRange() {
        assertThatThrownBy(() -> KafkaCluster.cluster(dir, 0)).hasMessageContaining("1 to 9 brokers");
        assertThatThrownBy(() -> KafkaCluster.cluster(dir, 3).port(65_534)).hasMessageContaining("65533");
    }

    @Test
    void shouldReplicateThreefoldWhereItCan() {
        assertThat(List.of(1, 2, 3, 5))
                .extracting(n -> BrokerSettings.forBrokers(n).get("offsets.topic.replication.factor") + "/"
                        + BrokerSettings.forBrokers(n).get("transaction.state.log.min.isr"))
                .containsExactly("1/1", "2/1", "3/2", "3/2");
    }
}
