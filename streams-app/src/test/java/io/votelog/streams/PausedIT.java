// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.events.VoteDecided;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is paused under load until its group has given it up: which instance counts which partition when it goes on, and that what
 * it had not committed is fenced.
 */
@WithKafka(freshTopics = true)
@WholeSystem
final class PausedIT {
    @Test
    void shouldSpreadTheCountOverBothThreadsAgain(KafkaBroker broker, @TempDir Path state) throws Exception {
        AtomicReference<ChildJvm> process = new AtomicReference<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                LogWriter log = new LogWriter(broker.bootstrapServers());
                RunningApp app =
                        RunningApp.startChild(broker.bootstrapServers(), "paused-one-it", state, process::set)) {
            log.publishOpen("paused-one");
            awaitTasks(app, 2, 2);
            try (SteadyVotes votes = new SteadyVotes(log, "paused-one")) {
                await("votes").until(() -> votes.accepted() > 100);
                ChildJvm child = Objects.requireNonNull(process.get());
                child.pause();
                awaitMembers(admin, "paused-one-it", 0);
                child.resume();
                votes.stop();
                ResultsIT.awaitReceived(app, "paused-one", votes.accepted() + votes.retried() + votes.refused());
            }
            // Right after the pause the threads still name the partitions that they had, and have none while the group
            // is rebalanced.
            awaitMembers(admin, "paused-one-it", 2);
            awaitTasks(app, 2, 2);
        }
    }

    @Test
    void shouldSpreadTheCountOverTwoInstancesAgain(KafkaBroker broker, @TempDir Path oneState, @TempDir Path otherState)
            throws Exception {
        AtomicReference<ChildJvm> process = new AtomicReference<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                LogWriter log = new LogWriter(broker.bootstrapServers());
                RunningApp one =
                        RunningApp.startChild(broker.bootstrapServers(), "paused-two-it", oneState, process::set);
                RunningApp other =
                        RunningApp.startChild(broker.bootstrapServers(), "paused-two-it", otherState, child -> {})) {
            log.publishOpen("paused-two");
            awaitTasks(one, 1, 1);
            awaitTasks(other, 1, 1);
            try (SteadyVotes votes = new SteadyVotes(log, "paused-two")) {
                await("votes").until(() -> votes.accepted() > 100);
                ChildJvm child = Objects.requireNonNull(process.get());
                child.pause();
                awaitMembers(admin, "paused-two-it", 2);
                awaitTasks(other, 2, 2);
                child.resume();
                awaitTasks(one, 1, 1);
                awaitTasks(other, 1, 1);
                votes.stop();
                long written = votes.accepted() + votes.retried() + votes.refused();
                ResultsIT.awaitReceived(one, "paused-two", written);
                ResultsIT.awaitReceived(other, "paused-two", written);
                // What the paused instance had decided and not committed, its heir decides once more.
                assertThat(decided(broker, "paused-two"))
                        .as("votes that a verdict stands for")
                        .hasSize((int) written)
                        .doesNotHaveDuplicates();
            }
        }
    }

    /** The partition and offset of the vote that each verdict of the ballot is on. */
    private static List<String> decided(KafkaBroker broker, String ballotId) throws MalformedEventException {
        List<String> decided = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                TopicReader.of(broker.bootstrapServers()).readCommitted().readAll(Topics.DECISIONS.name())) {
            VoteDecided verdict = Events.decode(record.value(), VoteDecided.class);
            if (verdict.getBallotId().equals(ballotId)) {
                decided.add("partition %d, offset %d".formatted(record.partition(), verdict.getVoteOffset()));
            }
        }
        return decided;
    }

    /** Returns when the group has this many threads that count. */
    private static void awaitMembers(Admin admin, String group, int count) {
        await("the group without the paused process")
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> admin
                                        .describeConsumerGroups(List.of(group))
                                        .all()
                                        .get(30, TimeUnit.SECONDS)
                                        .get(group)
                                        .members()
                                        .stream()
                                        .map(MemberDescription::consumerId)
                                        .count()
                                == count);
    }

    private static void awaitTasks(RunningApp app, Integer... ofEachThread) {
        await("tasks of each thread").atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(tasks(app))
                .containsExactly(ofEachThread));
    }

    private static List<Integer> tasks(RunningApp app) {
        return app.metric("votelog_count_tasks").values().stream()
                .map(Double::intValue)
                .toList();
    }
}
