// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A topic that is not as the log needs it: what {@code --check} prints, what a start says, and that the command which they tell mends it. */
@WithKafka(freshTopics = true)
@ExtendWith(OutputCaptureExtension.class)
class CheckIT {
    @BeforeAll
    static void makeTheTopics(KafkaBroker broker) {
        Checked.nothingIn(broker.bootstrapServers());
        Gateway.start(broker.bootstrapServers()).close();
        Checked.nothingIn(broker.bootstrapServers());
    }

    @ParameterizedTest
    @CsvSource({
        "votelog.votes.v1, message.timestamp.type, CreateTime, ; expected: LogAppendTime",
        "votelog.votes.v1, retention.ms, 604800000, ; expected: -1",
        "votelog.ballots.v1, retention.bytes, 1073741824, ; expected: -1",
        "votelog.decisions.v1, max.message.bytes, 1048588, ; expected: 2097152",
        "votelog.results.v1, cleanup.policy, delete, ; expected: compact",
        "votelog.seals.v1, compression.type, zstd, ; expected: uncompressed",
        "votelog.votes.v1, min.insync.replicas, 2, ' and 1 replica: no record can be acknowledged'"
    })
    void shouldSayWhatIsWrongAndBeRightOnceItsCommandIsRun(
            String topic, String setting, String wrong, String why, KafkaBroker broker, CapturedOutput output)
            throws Exception {
        String servers = broker.bootstrapServers();
        KafkaTools.set(servers, topic, setting, wrong);

        Checked checked = Checked.of(servers);
        assertThat(checked.findings())
                .singleElement()
                .asString()
                .startsWith("ERROR topic %s has %s=%s%s".formatted(topic, setting, wrong, why));
        assertThat(checked.exitCode()).isEqualTo(1);

        assertThatThrownBy(() -> Gateway.start(servers)).isInstanceOf(Exception.class);
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START")
                .contains(checked.findings().get(0).substring("ERROR ".length()))
                .contains("The same command with --check lists all that is found");

        KafkaTools.mend(checked.findings().get(0));
        Checked.nothingIn(servers);
    }

    @Test
    void shouldSayThatATopicHasMorePartitionsThanVotes(KafkaBroker broker, CapturedOutput output) throws Exception {
        String servers = broker.bootstrapServers();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createPartitions(Map.of(Topics.DECISIONS.name(), NewPartitions.increaseTo(5)))
                    .all()
                    .get();
            String wrong =
                    "topic votelog.decisions.v1 has 5 partitions; expected: 4 at most, as many as votes. Mend: partitions cannot be taken away.";
            Checked checked = Checked.of(servers);
            assertThat(checked.findings()).singleElement().asString().startsWith("ERROR " + wrong);
            assertThat(checked.exitCode()).isEqualTo(1);
            assertThatThrownBy(() -> Gateway.start(servers)).isInstanceOf(Exception.class);
            assertThat(output.getAll()).contains(wrong);

            assertThat(checked.findings().get(0))
                    .contains("kafka-topics --bootstrap-server " + servers
                            + " --delete --topic votelog.decisions.v1, and the next start makes it anew");
            admin.deleteTopics(List.of(Topics.DECISIONS.name())).all().get();
        }
        Gateway.start(servers).close();
        Checked.nothingIn(servers);
    }

    @Test
    void shouldSayWhyNothingCouldBeChecked() {
        Checked away = Checked.of("127.0.0.1:1", "--votelog.topics.start-timeout=1s");
        assertThat(away.exitCode()).isEqualTo(2);
        assertThat(away.findings()).isEmpty();
        assertThat(away.err())
                .startsWith("Not checked: Kafka at 127.0.0.1:1 did not tell the list of topics within 1 s");

        Checked wrong = Checked.of("127.0.0.1:1", "--votelog.topics.replicas=0");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("Not checked: ", "votelog.topics.replicas: 0");
    }

    /** As an operator runs it: standard output has the findings, and nothing else. */
    @Test
    void shouldPrintFindingsAloneAndStartNothing(KafkaBroker broker, @TempDir Path dir) throws Exception {
        KafkaTools.set(broker.bootstrapServers(), Topics.VOTES.name(), "cleanup.policy", "compact");
        List<String> arguments = new ArrayList<>(Gateway.arguments(broker.bootstrapServers()));
        arguments.add("--check");
        ChildJvm child = ChildJvm.ofBootJar("check", Path.of("target/votelog-producer.jar"))
                .args(arguments.toArray(String[]::new))
                .logFile(dir.resolve("check.log"))
                .start();
        try {
            assertThat(child.awaitEnd(Duration.ofSeconds(60))).isTrue();
            assertThat(child.exitCode()).hasValue(1);
            assertThat(Files.readAllLines(dir.resolve("check.log")))
                    .singleElement()
                    .asString()
                    .startsWith("ERROR topic votelog.votes.v1 has cleanup.policy=compact; expected: delete, else ");
        } finally {
            child.kill();
            KafkaTools.set(broker.bootstrapServers(), Topics.VOTES.name(), "cleanup.policy", "delete");
        }
    }
}
