// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Partitions are added to the topic of votes while a ballot is open. */
@WithKafka(freshTopics = true)
final class GrownLogIT {
    private static final String APPLICATION_ID = "grown-it";

    @Test
    void shouldCountOnAndFinishTheVote(KafkaBroker broker, @TempDir Path state) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                LogWriter log = new LogWriter(broker.bootstrapServers())) {
            BallotDefinition ballot;
            List<LogWriter.Written> votes = new ArrayList<>();
            try (RunningApp app = start(broker, state)) {
                ballot = log.publishOpen("grown");
                votes.addAll(voteInEachPartition(log));
                ResultsIT.awaitReceived(app, "grown", votes.size());
                assertThat(app.metric("votelog_log_added_partitions")).containsValue(0.0);

                grow(admin, 5);
                await("the sign that votes has grown")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> app.metric("votelog_log_added_partitions").containsValue(1.0));
                votes.addAll(voteInEachPartition(log));
                ResultsIT.awaitReceived(app, "grown", votes.size());
                await("readiness with a word on it")
                        .atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(app.management("/actuator/health/readiness"))
                                .satisfies(
                                        ready -> assertThat(ready.statusCode()).isEqualTo(200))
                                .satisfies(ready -> assertThat(ready.body())
                                        .contains("votes has 5 partitions, and a ballot is published for 4")));
                assertThat(app.management("/actuator/health/liveness").statusCode())
                        .isEqualTo(200);
                awaitAccepted(app, votes);
            }
            assertThat(partitions(admin))
                    .containsEntry(Topics.DECISIONS.name(), 5)
                    .containsEntry(Topics.TALLIES.name(), 4)
                    .containsEntry(Topics.RESULTS.name(), 4)
                    .containsEntry("grown-it-partition-tallies-changelog", 5);

            grow(admin, 6);
            votes.addAll(voteInEachPartition(log));
            try (RunningApp app = start(broker, state)) {
                ResultsIT.awaitReceived(app, "grown", votes.size());
                awaitAccepted(app, votes);
                log.close(ballot);
                JsonNode results = await("final results of a count that gets on")
                        .atMost(Duration.ofSeconds(30))
                        .until(
                                () -> app.json("/v1/ballots/grown/results"),
                                shown -> shown.at("/status").asString().equals("final") && !shown.has("live"));
                assertThat(results.at("/turnout/accepted").asInt()).isEqualTo(votes.size());
                assertThat(results.at("/sections/0/options/0/votes").asInt()).isEqualTo(votes.size());
                assertThat(results.at("/positions").size()).isEqualTo(LogWriter.PARTITIONS);
            }
            assertThat(partitions(admin)).containsEntry(Topics.DECISIONS.name(), 6);
        }
    }

    private static RunningApp start(KafkaBroker broker, Path state) {
        return RunningApp.start(
                broker.bootstrapServers(), APPLICATION_ID, state, "--spring.kafka.properties.metadata.max.age.ms=1000");
    }

    private static List<LogWriter.Written> voteInEachPartition(LogWriter log) {
        List<LogWriter.Written> votes = new ArrayList<>();
        for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
            votes.add(log.vote("grown", log.voterOf(partition), log.voteId(), "a1", "b1"));
        }
        return votes;
    }

    private static void awaitAccepted(RunningApp app, List<LogWriter.Written> votes) {
        for (LogWriter.Written vote : votes) {
            await("the receipt of " + vote).atMost(Duration.ofSeconds(30)).until(() -> app.get(
                            vote.receiptPath("grown"), "Prefer", "wait=5")
                    .body()
                    .contains("\"accepted\""));
        }
    }

    private static void grow(Admin admin, int partitions) throws Exception {
        admin.createPartitions(Map.of(Topics.VOTES.name(), NewPartitions.increaseTo(partitions)))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    private static Map<String, Integer> partitions(Admin admin) throws Exception {
        Map<String, Integer> partitions = new TreeMap<>();
        admin.describeTopics(admin.listTopics().names().get(30, TimeUnit.SECONDS))
                .allTopicNames()
                .get(30, TimeUnit.SECONDS)
                .forEach(
                        (name, topic) -> partitions.put(name, topic.partitions().size()));
        return partitions;
    }
}
