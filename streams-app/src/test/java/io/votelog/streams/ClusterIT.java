// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.Topics;
import io.votelog.streams.hosting.ExitCodes;
import io.votelog.web.cluster.CheckCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On three brokers, the topics from which the count is restored must outlive one of them. */
@WholeSystem
final class ClusterIT {
    private static final String APPLICATION_ID = "cluster-it";

    @Test
    void shouldReplicateEverythingAndRefuseAChangelogThatIsNot(@TempDir Path dir) throws Exception {
        Path state = Files.createDirectory(dir.resolve("state"));
        try (KafkaCluster cluster = KafkaCluster.cluster(dir.resolve("kafka"), 3)
                        .heap("256m")
                        .start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            try (RunningApp app = RunningApp.start(cluster.bootstrapServers(), APPLICATION_ID, state);
                    LogWriter log = new LogWriter(cluster.bootstrapServers())) {
                log.publishOpen("clustered");
                log.vote("clustered", "a1", "b1");
                ResultsIT.awaitReceived(app, "clustered", 1);
                cluster.kill(1);
                log.vote("clustered", "a1", "b1");
                ResultsIT.awaitReceived(app, "clustered", 2);
                cluster.restart(1);
            }
            List<String> changelogs = admin.listTopics().names().get(30, TimeUnit.SECONDS).stream()
                    .filter(name -> name.startsWith(APPLICATION_ID) && name.endsWith("-changelog"))
                    .toList();
            assertThat(changelogs).hasSize(2);
            List<String> topics = new ArrayList<>(changelogs);
            Topics.all().forEach(topic -> topics.add(topic.name()));
            for (TopicDescription topic : admin.describeTopics(topics)
                    .allTopicNames()
                    .get(30, TimeUnit.SECONDS)
                    .values()) {
                assertThat(topic.partitions()).as(topic.name()).allSatisfy(partition -> assertThat(partition.replicas())
                        .hasSize(3));
            }

            ConfigResource changelog = new ConfigResource(ConfigResource.Type.TOPIC, changelogs.get(0));
            admin.incrementalAlterConfigs(Map.of(
                            changelog,
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("min.insync.replicas", "1"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            String wrong = "changelog %s has min.insync.replicas=1; expected: 2".formatted(changelogs.get(0));
            assertThat(said(cluster, state, ExitCodes.UNFIT)).contains(wrong);
            assertThat(said(cluster, state, CheckCommand.UNFIT, "--check").lines())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR " + wrong);
        }
    }

    /** What the application says until it ends, with this exit code. */
    private static String said(KafkaCluster cluster, Path state, int exitCode, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                RunningApp.arguments(cluster.bootstrapServers(), APPLICATION_ID, state, RunningApp.freePort(), 0));
        arguments.addAll(List.of(more));
        Path log = Files.createTempFile(state.getParent(), "refused", ".log");
        ChildJvm refused = RunningApp.program("streams-app")
                .args(arguments.toArray(String[]::new))
                .logFile(log)
                .start();
        try {
            assertThat(refused.awaitEnd(Duration.ofSeconds(60))).isTrue();
            assertThat(refused.exitCode()).hasValue(exitCode);
            return Files.readString(log);
        } finally {
            refused.kill();
        }
    }
}
