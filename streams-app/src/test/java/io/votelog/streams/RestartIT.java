// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Topics;
import io.votelog.streams.hosting.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/** What an application finds when it starts again. The last test of all damages the log. */
@WithKafka(freshTopics = true)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RestartIT {
    private static final String APPLICATION_ID = "restart-it";

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected
    private static Path state;

    @SuppressWarnings("NullAway.Init") // The first test sets it.
    private static JsonNode before;

    @SuppressWarnings("NullAway.Init") // The first test sets it.
    private static JsonNode turnoutBefore;

    @Test
    @Order(1)
    void shouldCountWhatIsThereToCount(KafkaBroker broker) throws Exception {
        try (RunningApp app = start(broker);
                LogWriter log = new LogWriter(broker.bootstrapServers())) {
            BallotDefinition kept = log.publishOpen("kept");
            for (int i = 0; i < 200; i++) {
                LogWriter.Written vote = log.vote("kept", i % 2 == 0 ? "a1" : "a2", "b1");
                if (i % 20 == 0) {
                    log.annul(kept, vote, "found to be fraud");
                    log.annul(kept, vote, "found again");
                }
                if (i % 10 == 0) {
                    log.vote("kept", vote.voter(), vote.voteId(), i % 2 == 0 ? "a1" : "a2", "b1");
                    log.vote("kept", vote.voter(), log.voteId(), "a3", "b1");
                }
            }
            before = ResultsIT.awaitReceived(app, "kept", 240);
            turnoutBefore = ResultsIT.awaitTurnout(app, "kept", 240);
        }
        assertThat(before.at("/turnout/accepted").asLong()).isEqualTo(200);
        assertThat(before.at("/turnout/retried").asLong()).isEqualTo(20);
        assertThat(before.at("/turnout/annulled").asLong()).isEqualTo(10);
        assertThat(before.at("/revision").asLong()).isEqualTo(10);
        // Option b1: every vote has it.
        assertThat(before.at("/sections/1/options/0/votes").asLong()).isEqualTo(190);
    }

    @Test
    @Order(2)
    void shouldCountNothingTwiceWhenTheGroupsOffsetsAreGone(KafkaBroker broker) throws Exception {
        try (Admin admin = admin(broker)) {
            admin.deleteConsumerGroups(List.of(APPLICATION_ID)).all().get(30, TimeUnit.SECONDS);
        }
        shouldShowTheSameAndGoOn(broker, 241);
    }

    @Test
    @Order(3)
    void shouldShowTheSameWhenTheStateDirectoryIsGone(KafkaBroker broker) throws Exception {
        FileSystemUtils.deleteRecursively(state);
        Files.createDirectories(state);
        shouldShowTheSameAndGoOn(broker, 242);
    }

    /** Brokers that lose power may keep the group's offset and lose the end of the changelog that the tally is restored from. */
    @Test
    @Order(4)
    void shouldCountWhatTheGroupHasPassedOver(KafkaBroker broker) throws Exception {
        try (LogWriter log = new LogWriter(broker.bootstrapServers());
                Admin admin = admin(broker)) {
            for (int i = 0; i < 40; i++) {
                log.vote("kept", "a1");
            }
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
                ends.put(new TopicPartition(Topics.VOTES.name(), partition), OffsetSpec.latest());
            }
            Map<TopicPartition, OffsetAndMetadata> passedOver = new HashMap<>();
            admin.listOffsets(ends)
                    .all()
                    .get(30, TimeUnit.SECONDS)
                    .forEach((partition, end) -> passedOver.put(partition, new OffsetAndMetadata(end.offset())));
            admin.alterConsumerGroupOffsets(APPLICATION_ID, passedOver).all().get(30, TimeUnit.SECONDS);
        }
        try (RunningApp app = start(broker)) {
            before = ResultsIT.awaitReceived(app, "kept", 282);
            turnoutBefore = ResultsIT.awaitTurnout(app, "kept", 282);
            assertThat(app.management("/actuator/prometheus").body())
                    .contains("votelog_log_missing_offsets 0.0", "votelog_log_replaced_records 0.0");
        }
        shouldShowTheSameAndGoOn(broker, 283);
    }

    /** Asserts that one more vote is counted, and that every other number is as before. */
    private static void shouldShowTheSameAndGoOn(KafkaBroker broker, long received) throws Exception {
        try (RunningApp app = start(broker);
                LogWriter log = new LogWriter(broker.bootstrapServers())) {
            assertThat(app.json("/v1/ballots/kept/turnout")).isEqualTo(turnoutBefore);
            JsonNode again = app.json("/v1/ballots/kept/results");
            assertThat(again.at("/turnout")).isEqualTo(before.at("/turnout"));
            assertThat(again.at("/sections")).isEqualTo(before.at("/sections"));
            assertThat(again.at("/revision")).isEqualTo(before.at("/revision"));
            assertThat(again.at("/version").asLong())
                    .isGreaterThanOrEqualTo(before.at("/version").asLong());
            LogWriter.Written vote = log.vote("kept", "a1");
            await().atMost(Duration.ofSeconds(30)).until(() -> app.get(vote.receiptPath("kept"), "Prefer", "wait=10")
                    .body()
                    .contains("TOO_FEW_PICKS"));
            JsonNode after = ResultsIT.awaitReceived(app, "kept", received);
            assertThat(after.at("/sections")).isEqualTo(before.at("/sections"));
            assertThat(after.at("/turnout/accepted")).isEqualTo(before.at("/turnout/accepted"));
            assertThat(after.at("/turnout/retried")).isEqualTo(before.at("/turnout/retried"));
            // Reading the log again is not taken for a replaced log.
            assertThat(app.management("/actuator/prometheus").body())
                    .contains("votelog_log_replaced_records 0.0", "votelog_log_topic_replaced 0.0")
                    .contains(
                            "votelog_cluster_findings{severity=\"error\"} 0.0",
                            "votelog_cluster_findings{severity=\"warning\"} 0.0");
            before = after;
            turnoutBefore = ResultsIT.awaitTurnout(app, "kept", received);
        }
    }

    @Test
    @Order(5)
    void shouldNotStartOnALogWithOtherSettings(KafkaBroker broker, @TempDir Path logs) throws Exception {
        String wrong = "topic votelog.votes.v1 has message.timestamp.type=CreateTime; expected: LogAppendTime";
        set(broker, "message.timestamp.type", "CreateTime");
        Finished refused = run(broker, logs);
        Finished checked = run(broker, logs, "--check");
        set(broker, "message.timestamp.type", "LogAppendTime");
        assertThat(refused.exitCode()).isEqualTo(ExitCodes.UNFIT);
        assertThat(refused.output()).contains(wrong);
        assertThat(checked.exitCode()).isEqualTo(1);
        assertThat(checked.output().lines()).singleElement().asString().startsWith("ERROR " + wrong);

        Finished mended = run(broker, logs, "--check");
        assertThat(mended.exitCode()).isZero();
        assertThat(mended.output().lines()).containsExactly("Nothing to mend");
    }

    @Test
    @Order(6)
    void shouldNotStartOnABadSetting(KafkaBroker broker, @TempDir Path logs) throws Exception {
        Finished refused = run(broker, logs, "--votelog.streams.threads=0");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.output()).contains("votelog.streams.threads", "\"0\"", "greater than or equal to 1");
        Finished badKey = run(broker, logs, "--votelog.log.public-keys=abc");
        assertThat(badKey.exitCode()).isNotZero();
        assertThat(badKey.output()).contains("votelog.log", "'abc' is no public key");
    }

    @Test
    @Order(7)
    void shouldStopOnALogThatEndsBeforeWhatIsCounted(KafkaBroker broker, @TempDir Path logs) throws Exception {
        try (Admin admin = admin(broker)) {
            admin.deleteTopics(List.of(Topics.VOTES.name())).all().get(30, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !admin.listTopics().names().get().contains(Topics.VOTES.name()));
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsMatching(e -> !(e.getCause() instanceof UnknownTopicOrPartitionException))
                    .until(() -> {
                        admin.createTopics(List.of(Topics.VOTES.newTopic(LogWriter.PARTITIONS, 1)))
                                .all()
                                .get(30, TimeUnit.SECONDS);
                        return true;
                    });
        }
        Finished stopped = run(broker, logs);
        assertThat(stopped.exitCode()).isEqualTo(ExitCodes.LOG_CUT);
        assertThat(stopped.output())
                .contains("the application stops: partition")
                .contains("ends at offset 0, but");
    }

    private static RunningApp start(KafkaBroker broker) {
        return RunningApp.start(broker.bootstrapServers(), APPLICATION_ID, state);
    }

    /** The end of a process. */
    private record Finished(int exitCode, String output) {}

    /** Runs the application in a JVM of its own until it ends. */
    private static Finished run(KafkaBroker broker, Path logs, String... more) throws IOException {
        Path log = Files.createTempFile(logs, "app", ".log");
        List<String> arguments = new ArrayList<>(
                RunningApp.arguments(broker.bootstrapServers(), APPLICATION_ID, state, RunningApp.freePort(), 0));
        arguments.addAll(List.of(more));
        ChildJvm child = RunningApp.program("streams-app")
                .args(arguments.toArray(String[]::new))
                .logFile(log)
                .start();
        try {
            assertThat(child.awaitEnd(Duration.ofSeconds(60)))
                    .as(() -> child.obituary("it should have ended"))
                    .isTrue();
            return new Finished(child.exitCode().orElseThrow(), Files.readString(log));
        } finally {
            child.kill();
        }
    }

    private static void set(KafkaBroker broker, String setting, String value) throws Exception {
        try (Admin admin = admin(broker)) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, Topics.VOTES.name()),
                            List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static Admin admin(KafkaBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }
}
