// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.broker.Ports;
import io.votelog.schemas.Topics;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vote stands in the log at most as often as it was sent, whatever its sender was told. */
class OncePerAttemptIT {
    private static final String BALLOT = "once";
    private static final int ROUNDS = 4;

    private static final Duration BETWEEN_VOTES = Duration.ofMillis(200);
    private static final Duration UNTIL_THE_GATEWAY_STOPS = Duration.ofMillis(450);
    private static final Duration STOPPED = Duration.ofMillis(850);

    /**
     * The leader has the votes, and does not confirm them, since another replica stands still. The gateway stands still as well, so that
     * it finds several refusals at once when it goes on: of the oldest vote, whose time is up, and of younger ones, which it sends again. They
     * must have the sequence numbers by which the leader knows them.
     */
    @Test
    void shouldWriteNoVoteTwiceWhereTheOneBeforeItIsGivenUp(@TempDir Path data) throws Exception {
        int port = Ports.anyFree(Set.of());
        try (KafkaCluster cluster =
                KafkaCluster.cluster(data.resolve("kafka"), 3).heap("512m").start()) {
            ChildJvm child = ChildJvm.ofBootJar("gateway", Path.of("target/votelog-producer.jar"))
                    .jvmArgs("-Xmx256m")
                    .args(Gateway.arguments(
                                    cluster.bootstrapServers(),
                                    Gateway.impatient(
                                            "--server.port=" + port,
                                            "--votelog.limits.user.rate=0",
                                            "--votelog.limits.votes.every=0"))
                            .toArray(String[]::new))
                    .logFile(data.resolve("gateway.log"))
                    .start();
            try {
                Gateway gateway = Gateway.at(port);
                await().atMost(Duration.ofSeconds(60)).until(() -> !Ports.free(port));
                gateway.publishOpen(BALLOT);
                Acknowledged acknowledged = new Acknowledged();
                int follower = follower(cluster, partition(gateway, acknowledged));
                for (int round = 0; round < ROUNDS; round++) {
                    List<CompletableFuture<Integer>> sent = new ArrayList<>();
                    cluster.pause(follower);
                    for (int vote = 0; vote < 5; vote++) {
                        sent.add(send(gateway, acknowledged));
                        TimeUnit.MILLISECONDS.sleep(BETWEEN_VOTES.toMillis());
                    }
                    TimeUnit.MILLISECONDS.sleep(UNTIL_THE_GATEWAY_STOPS.toMillis() - BETWEEN_VOTES.toMillis());
                    child.pause();
                    TimeUnit.MILLISECONDS.sleep(STOPPED.toMillis());
                    child.resume();
                    TimeUnit.MILLISECONDS.sleep(BETWEEN_VOTES.toMillis());
                    cluster.resume(follower);
                    for (CompletableFuture<Integer> each : sent) {
                        assertThat(each.get(20, TimeUnit.SECONDS)).isIn(202, 503);
                    }
                    await("the log is as before")
                            .atMost(Duration.ofSeconds(30))
                            .until(() -> send(gateway, acknowledged).get(20, TimeUnit.SECONDS) == 202);
                }
                acknowledged.assertEqualToTheLog(cluster.bootstrapServers(), BALLOT);
            } finally {
                child.kill();
            }
        }
    }

    /** Casts a vote of the one voter, all of whose votes go to one partition. */
    private static CompletableFuture<Integer> send(Gateway gateway, Acknowledged acknowledged) {
        UUID voteId = UUID.randomUUID();
        return cast(gateway, voteId).thenApply(answer -> {
            if (answer.statusCode() == 202) {
                acknowledged.note(voteId);
            } else if (answer.body().contains("outcome-unknown")) {
                acknowledged.noteUnknown(voteId);
            }
            return answer.statusCode();
        });
    }

    private static CompletableFuture<HttpResponse<String>> cast(Gateway gateway, UUID voteId) {
        return gateway.sendAsync(gateway.voteRequest(
                gateway.token("alice", ""),
                BALLOT,
                "{\"choices\": [\"a1\", \"b1\"]}",
                "Idempotency-Key",
                voteId.toString()));
    }

    private static int partition(Gateway gateway, Acknowledged acknowledged) throws Exception {
        UUID voteId = UUID.randomUUID();
        HttpResponse<String> answer = cast(gateway, voteId).get(30, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        acknowledged.note(voteId);
        return json(answer).path("partition").intValue();
    }

    /** A broker that does not lead that partition. */
    private static int follower(KafkaCluster cluster, int partition) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            TopicPartitionInfo votes = admin.describeTopics(List.of(Topics.VOTES.name()))
                    .allTopicNames()
                    .get()
                    .get(Topics.VOTES.name())
                    .partitions()
                    .get(partition);
            return IntStream.rangeClosed(1, cluster.size())
                    .filter(broker -> broker != votes.leader().id())
                    .findFirst()
                    .orElseThrow();
        }
    }
}
