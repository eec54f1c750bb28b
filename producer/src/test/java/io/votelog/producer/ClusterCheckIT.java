// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildClocks;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.Topics;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What can be wrong with a cluster of three brokers and with none of one. */
@ExtendWith(OutputCaptureExtension.class)
@WholeSystem
class ClusterCheckIT {
    private static final String VOTES = Topics.VOTES.name();

    @Test
    void shouldStartOnAWeakClusterAndSayHowItIsWeakAndRefuseOneThatLosesVotes(@TempDir Path dir, CapturedOutput output)
            throws Exception {
        try (KafkaCluster cluster = KafkaCluster.cluster(dir, 3).heap("256m").start()) {
            String servers = cluster.bootstrapServers();
            try (Gateway gateway = Gateway.start(servers)) {
                metricBecomes(gateway, "error", 0);
                metricBecomes(gateway, "warning", 0);
            }
            Checked.nothingIn(servers);

            KafkaTools.set(servers, VOTES, "min.insync.replicas", "1");
            KafkaTools.set(servers, Topics.BALLOTS.name(), "min.insync.replicas", "3");
            KafkaTools.set(servers, Topics.DECISIONS.name(), "unclean.leader.election.enable", "true");
            Checked checked = Checked.of(servers);
            assertThat(checked.exitCode()).isEqualTo(1);
            assertThat(checked.findings()).hasSize(3);
            assertThat(checked.findings().get(0))
                    .startsWith(
                            "ERROR topic votelog.decisions.v1 has unclean.leader.election.enable=true; expected: false, else");
            assertThat(checked.findings().get(1))
                    .startsWith("WARNING topic votelog.votes.v1 has min.insync.replicas=1; expected: 2, else");
            assertThat(checked.findings().get(2))
                    .startsWith("WARNING topic votelog.ballots.v1 has min.insync.replicas=3 and 3 replicas: while");
            assertThatThrownBy(() -> Gateway.start(servers)).isInstanceOf(Exception.class);
            assertThat(output.getAll()).contains(checked.findings().get(0).substring("ERROR ".length()));

            KafkaTools.mend(checked.findings().get(0));
            Checked weak = Checked.of(servers);
            assertThat(weak.exitCode()).isZero();
            assertThat(weak.findings()).isEqualTo(checked.findings().subList(1, 3));
            try (Gateway gateway = Gateway.start(servers)) {
                metricBecomes(gateway, "warning", 2);
                metricBecomes(gateway, "error", 0);
                assertThat(output.getAll()).contains(weak.findings().get(0).substring("WARNING ".length()));
            }
            weak.findings().forEach(KafkaTools::mend);
            Checked.nothingIn(servers);

            try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                admin.alterPartitionReassignments(Map.of(
                                new TopicPartition(Topics.SEALS.name(), 0),
                                Optional.of(new NewPartitionReassignment(List.of(1)))))
                        .all()
                        .get();
                await().atMost(Duration.ofSeconds(30)).until(() -> admin.listPartitionReassignments()
                        .reassignments()
                        .get()
                        .isEmpty());
            }
            Checked single = Checked.of(servers);
            assertThat(single.findings()).hasSize(2);
            assertThat(single.findings().get(0))
                    .startsWith(
                            "ERROR topic votelog.seals.v1 has min.insync.replicas=2 and 1 replica: no record can be acknowledged");
            assertThat(single.findings().get(1))
                    .startsWith("WARNING topic votelog.seals.v1 has 1 replica; expected: 3, else")
                    .contains(
                            "{\"version\":1,\"partitions\":[{\"topic\":\"votelog.seals.v1\",\"partition\":0,\"replicas\":[1,2,3]}]}");
        }
    }

    @Test
    void shouldSayWhichBrokersClockIsAheadOfTheOthers(@TempDir Path dir) throws Exception {
        ChildClocks clocks = new ChildClocks(dir);
        clocks.set("broker-2", Duration.ofSeconds(60));
        try (KafkaCluster cluster = KafkaCluster.cluster(dir, 3)
                .heap("256m")
                .processes(clocks::giveTo)
                .start()) {
            Checked checked = Checked.of(cluster.bootstrapServers());
            assertThat(checked.exitCode()).isZero();
            assertThat(checked.findings())
                    .singleElement()
                    .asString()
                    .matches(
                            "WARNING the clock of broker 2 is ahead of broker 1's by (59|60) s, of broker 3's by (59|60) s; expected: by 3 s at most, .*");
        }
    }

    private static void metricBecomes(Gateway gateway, String severity, int findings) {
        String line = "votelog_cluster_findings{severity=\"%s\"} %d.0".formatted(severity, findings);
        await(line).atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                        gateway.send(HttpRequest.newBuilder(gateway.management("/actuator/prometheus")))
                                .body())
                .contains(line));
    }
}
