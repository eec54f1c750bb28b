// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotEnded;
import io.votelog.events.BallotPublished;
import io.votelog.events.VoteCast;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A partition is added to the topic of votes while a ballot is open. */
@WithKafka(freshTopics = true)
class AddedPartitionIT {
    private static final String VOTE = "{\"choices\": [\"a1\", \"b1\"]}";
    private static final List<Integer> FOUR = List.of(0, 1, 2, 3);
    private static final List<Integer> FIVE = List.of(0, 1, 2, 3, 4);

    /** Lets gateways notice the partition at once instead of within half a minute. */
    private static final String QUICK = "--spring.kafka.producer.properties.metadata.max.age.ms=200";

    @Test
    void shouldGoOnForEveryBallotInThePartitionsThatItWasPublishedWith(KafkaBroker broker) throws Exception {
        String servers = broker.bootstrapServers();
        try (Gateway old = Gateway.start(servers, QUICK)) {
            old.publishOpen("before");
            old.publishEndingSoon("ending");
            votesLandIn(old, "before", 4);
            assertThat(readiness(old).has("partitionsAdded")).isFalse();

            give(servers, Topics.VOTES, 5);
            await().untilAsserted(() ->
                    assertThat(readiness(old).path("partitions").intValue()).isEqualTo(5));
            assertThat(readiness(old).path("partitionsAdded").stringValue())
                    .contains("votelog.votes.v1 has 5 partitions", "over 4 of them");
            assertThat(metric(old, "votelog_log_partitions")).isEqualTo(5);
            assertThat(metric(old, "votelog_log_partitions_new_ballots")).isEqualTo(4);
            assertThat(votesLandIn(old, "before", 4)).hasSizeGreaterThan(1);

            // A ballot that is published now is spread over the partitions that are counted.
            old.publishOpen("between");
            votesLandIn(old, "between", 4);

            // A gateway that starts before the count has taken the partition on does the same.
            try (Gateway early = Gateway.start(servers, QUICK)) {
                early.publishOpen("early");
                votesLandIn(early, "early", 4);
                votesLandIn(early, "before", 4);
            }
            for (Topic topic : List.of(Topics.DECISIONS, Topics.DEAD_LETTERS)) {
                give(servers, topic, 5);
            }
            try (Gateway renewed = Gateway.start(servers, QUICK)) {
                renewed.publishOpen("later");
                assertThat(readiness(renewed).has("partitionsAdded")).isFalse();
                votesLandIn(renewed, "later", 5);
                votesLandIn(renewed, "before", 4);
                // The old gateway serves that ballot too, now that the topic has enough partitions.
                await().untilAsserted(() -> assertThat(
                                json(old.get("/v1/ballots/later")).path("ready").booleanValue())
                        .isTrue());
                votesLandIn(old, "later", 5);
            }
            annulledWhereTheVoteIs(old, "before", 4);
            assertThat(old.close(old.token("operator", "ballots:write"), "before")
                            .statusCode())
                    .isEqualTo(202);
            await().untilAsserted(() -> assertThat(partitionsOf(servers, "before", BallotClosed.class))
                    .containsExactlyInAnyOrderElementsOf(FOUR));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(partitionsOf(servers, "ending", BallotEnded.class))
                            .containsExactlyInAnyOrderElementsOf(FOUR));
        }
        assertThat(partitionsOf(servers, "before", BallotPublished.class)).containsExactlyInAnyOrderElementsOf(FOUR);
        assertThat(partitionsOf(servers, "between", BallotPublished.class)).containsExactlyInAnyOrderElementsOf(FOUR);
        assertThat(partitionsOf(servers, "early", BallotPublished.class)).containsExactlyInAnyOrderElementsOf(FOUR);
        assertThat(partitionsOf(servers, "later", BallotPublished.class)).containsExactlyInAnyOrderElementsOf(FIVE);
        assertThat(new HashSet<>(partitionsOf(servers, "later", VoteCast.class)))
                .contains(4);
    }

    /** Casts votes of two dozen voters; returns the partitions in which they are. */
    private static Set<Integer> votesLandIn(Gateway gateway, String ballotId, int partitionCount) {
        return IntStream.range(0, 24)
                .mapToObj(i -> {
                    HttpResponse<String> answer = gateway.vote(gateway.token("voter-" + i, ""), ballotId, VOTE);
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
                    Pseudonym voter = Receipt.parse(json(answer).path("receipt").stringValue())
                            .orElseThrow()
                            .voter();
                    int partition = json(answer).path("partition").intValue();
                    assertThat(partition).isEqualTo(voter.partition(partitionCount));
                    return partition;
                })
                .collect(Collectors.toSet());
    }

    private static void annulledWhereTheVoteIs(Gateway gateway, String ballotId, int partitionCount) {
        String annuller = gateway.token("auditor", "votes:annul");
        for (int i = 0; i < 10; i++) {
            String receipt = json(gateway.vote(gateway.token("voter-" + i, ""), ballotId, VOTE))
                    .path("receipt")
                    .stringValue();
            HttpResponse<String> answer = gateway.annul(annuller, ballotId, receipt, "a test");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            assertThat(json(answer).path("partition").intValue())
                    .isEqualTo(Receipt.parse(receipt).orElseThrow().voter().partition(partitionCount));
        }
    }

    private static void give(String servers, Topic topic, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createPartitions(Map.of(topic.name(), NewPartitions.increaseTo(partitions)))
                    .all()
                    .get();
        }
    }

    private static JsonNode readiness(Gateway gateway) {
        HttpResponse<String> answer =
                gateway.send(HttpRequest.newBuilder(gateway.management("/actuator/health/readiness")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer).at("/components/catalogue/details");
    }

    private static double metric(Gateway gateway, String name) {
        String said = gateway.send(HttpRequest.newBuilder(gateway.management("/actuator/prometheus")))
                .body();
        return said.lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among the metrics"));
    }

    /** The partitions of votes that have events of this kind for the ballot, one entry for each event. */
    private static List<Integer> partitionsOf(String servers, String ballotId, Class<? extends SpecificRecord> kind) {
        Map<String, Integer> found = new TreeMap<>();
        List<Integer> partitions = new ArrayList<>();
        TopicReader.readAll(servers, Topics.VOTES.name()).forEach(record -> {
            try {
                SpecificRecord event = Events.decode(record.value()).event();
                if (kind.isInstance(event)
                        && event.get(event.getSchema().getField("ballotId").pos())
                                .equals(ballotId)) {
                    if (found.put(kind.getSimpleName() + record.partition(), record.partition()) == null) {
                        partitions.add(record.partition());
                    }
                }
            } catch (MalformedEventException e) {
                throw new AssertionError(e);
            }
        });
        return partitions;
    }
}
