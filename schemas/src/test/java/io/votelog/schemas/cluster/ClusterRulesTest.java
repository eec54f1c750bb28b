// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.ClusterSnapshot.State;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each finding, word for word: it is read by somebody who did not write the code, at a bad moment. */
class ClusterRulesTest {
    private static final int PARTITIONS = 4;
    private static final String VOTES = Topics.VOTES.name();
    private static final String CHANGELOG = "votelog-streams-partition-tallies-changelog";
    private static final ClusterRules RULES = new ClusterRules(Topics.all(), " --bootstrap-server kafka:9092");

    /** The topics as Votelog makes them on so many brokers, Kafka's own, and a changelog. */
    private static ClusterSnapshot cluster(int brokers) {
        int replicas = Math.min(3, brokers);
        Map<String, State> topics = new TreeMap<>();
        for (Topic topic : Topics.all()) {
            topics.put(topic.name(), state(topic, replicas));
        }
        ClusterRules.KAFKAS_OWN.forEach(name -> topics.put(name, new State(8, replicas, Map.of(), Set.of())));
        topics.put(
                CHANGELOG,
                new State(
                        PARTITIONS,
                        replicas,
                        Map.of(
                                "min.insync.replicas",
                                replicas == 3 ? "2" : "1",
                                "compression.type",
                                "uncompressed",
                                "unclean.leader.election.enable",
                                "false"),
                        Set.of()));
        return new ClusterSnapshot(List.of(1, 2, 3, 4, 5).subList(0, brokers), 2, topics);
    }

    private static State state(Topic topic, int replicas) {
        Map<String, String> settings =
                new HashMap<>(topic.newTopic(PARTITIONS, replicas).configs());
        settings.put("unclean.leader.election.enable", "false");
        return new State(topic.partitions(PARTITIONS), replicas, settings, Set.of());
    }

    private static ClusterSnapshot with(ClusterSnapshot cluster, String topic, UnaryOperator<State> change) {
        Map<String, State> topics = new HashMap<>(cluster.topics());
        topics.computeIfPresent(topic, (name, state) -> change.apply(state));
        return new ClusterSnapshot(cluster.brokers(), cluster.transactionVersion(), topics);
    }

    private static UnaryOperator<State> setting(String name, String value) {
        return state -> {
            Map<String, String> settings = new HashMap<>(state.settings());
            settings.put(name, value);
            return new State(state.partitions(), state.replicas(), settings, Set.of());
        };
    }

    private static UnaryOperator<State> partitions(int partitions) {
        return state -> new State(partitions, state.replicas(), state.settings(), Set.of());
    }

    private static UnaryOperator<State> replicas(int replicas) {
        return state -> new State(state.partitions(), replicas, state.settings(), Set.of());
    }

    private static List<String> found(ClusterSnapshot cluster) {
        return RULES.ofLog(cluster, cluster.partitions(Topics.VOTES)).stream()
                .map(Finding::toString)
                .toList();
    }

    private static List<String> foundOfChangelogs(ClusterSnapshot cluster) {
        return RULES.ofChangelogs(cluster, "votelog-streams", List.of(CHANGELOG)).stream()
                .map(Finding::toString)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "5"})
    void shouldFindNothingWhereAllIsAsItIsMade(int brokers) {
        assertThat(found(cluster(brokers))).isEmpty();
        assertThat(foundOfChangelogs(cluster(brokers))).isEmpty();
        assertThat(found(new ClusterSnapshot(List.of(1), 2, Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "votelog.votes.v1 | message.timestamp.type | CreateTime | LogAppendTime | whoever sends a record chooses its time",
                "votelog.votes.v1 | cleanup.policy | compact | delete | the brokers delete records that are needed",
                "votelog.ballots.v1 | retention.ms | 604800000 | -1 | the brokers delete records that are needed",
                "votelog.seals.v1 | retention.bytes | 1000 | -1 | the brokers delete records that are needed",
                "votelog.results.v1 | cleanup.policy | delete | compact | the brokers delete records that are needed",
                "votelog.votes.v1 | max.message.bytes | 4194304 | 1048576 | what belongs there is refused, or what comes is longer than readers expect",
                "votelog.dead-letters.v1 | max.message.bytes | 1048576 | 2097152 | what belongs there is refused, or what comes is longer than readers expect",
                "votelog.tallies.v1 | compression.type | producer | uncompressed | the brokers bound a batch as it is compressed, and readers unpack it whole",
            })
    void shouldRefuseASettingThatTheLogDoesNotAllow(
            String topic, String setting, String value, String expected, String otherwise) {
        assertThat(found(with(cluster(3), topic, setting(setting, value))))
                .containsExactly(
                        "ERROR topic %s has %s=%s; expected: %s, else %s. Mend: kafka-configs --bootstrap-server kafka:9092 --alter --entity-type topics --entity-name %s --add-config %s=%s"
                                .formatted(topic, setting, value, expected, otherwise, topic, setting, expected));
    }

    /** Whoever adds a setting to a topic says what goes wrong without it. */
    @Test
    void shouldSayOfEverySettingWhatItIsFor() {
        for (Topic topic : Topics.all()) {
            topic.settings().keySet().forEach(setting -> assertThat(
                            found(with(cluster(1), topic.name(), setting(setting, "another"))))
                    .singleElement()
                    .asString()
                    .doesNotContain("it is not the topic that Votelog makes"));
        }
    }

    @Test
    void shouldRefuseMorePartitionsThanVotesHas() {
        assertThat(found(with(cluster(1), Topics.DECISIONS.name(), partitions(5))))
                .containsExactly(
                        "ERROR topic votelog.decisions.v1 has 5 partitions; expected: 4 at most, as many as votes. Mend: partitions cannot be taken away. Where nothing stands in it that is needed: kafka-topics --bootstrap-server kafka:9092 --delete --topic votelog.decisions.v1, and the next start makes it anew");
        assertThat(found(with(cluster(1), Topics.BALLOTS.name(), partitions(2))))
                .singleElement()
                .asString()
                .startsWith(
                        "ERROR topic votelog.ballots.v1 has 2 partitions; expected: 1, so that its records have one order. Mend: ");
        assertThat(foundOfChangelogs(with(cluster(1), CHANGELOG, partitions(5))))
                .singleElement()
                .asString()
                .startsWith(
                        "ERROR changelog " + CHANGELOG + " has 5 partitions; expected: 4 at most, as many as votes.");
    }

    /** Partitions were added to votes, and streams-app gives the others as many. */
    @Test
    void shouldBearFewerPartitionsThanVotesHas() {
        assertThat(found(with(cluster(1), VOTES, partitions(6)))).isEmpty();
        assertThat(foundOfChangelogs(with(cluster(1), VOTES, partitions(6)))).isEmpty();
    }

    @Test
    void shouldHoldTopicsToThePartitionsThatVotesWillHave() {
        Map<String, State> topics = new HashMap<>(cluster(1).topics());
        topics.remove(VOTES);
        ClusterSnapshot withoutVotes = new ClusterSnapshot(List.of(1), 2, topics);
        assertThat(RULES.ofLog(withoutVotes, OptionalInt.of(4))).isEmpty();
        assertThat(RULES.ofLog(withoutVotes, OptionalInt.empty())).isEmpty();
        assertThat(RULES.ofLog(withoutVotes, OptionalInt.of(3))).hasSize(5).allMatch(finding -> finding.what()
                .endsWith("has 4 partitions; expected: 3 at most, as many as votes"));
    }

    @Test
    void shouldRefuseTransactionsWithoutKip890() {
        assertThat(found(new ClusterSnapshot(List.of(1), 1, Map.of())))
                .containsExactly(
                        "ERROR the cluster's feature transaction.version is 1; expected: 2 or higher (KIP-890), else totals can be wrong after a crash. Mend: kafka-features --bootstrap-server kafka:9092 upgrade --feature transaction.version=2");
    }

    @Test
    void shouldWarnOfTooFewReplicas() {
        assertThat(found(with(with(cluster(3), VOTES, replicas(1)), VOTES, setting("min.insync.replicas", "1"))))
                .containsExactly(
                        "WARNING topic votelog.votes.v1 has 1 replica; expected: 3, else the loss of a broker can take its records along, or hold it up. Mend: kafka-reassign-partitions --bootstrap-server kafka:9092 --reassignment-json-file FILE --execute, where FILE has {\"version\":1,\"partitions\":[{\"topic\":\"votelog.votes.v1\",\"partition\":0,\"replicas\":[1,2,3]}]}, with such an entry for each partition");
        assertThat(found(with(cluster(3), "__transaction_state", replicas(1))))
                .singleElement()
                .asString()
                .startsWith("WARNING Kafka's topic __transaction_state has 1 replica; expected: 3, else");
        // Of three brokers one is away; what was made for three stays what it is.
        ClusterSnapshot three = cluster(3);
        assertThat(found(new ClusterSnapshot(List.of(1, 3), 2, three.topics()))).isEmpty();
    }

    @Test
    void shouldWarnWhereOneBrokerAloneMayHaveAnAcknowledgedVote() {
        assertThat(found(with(cluster(3), VOTES, setting("min.insync.replicas", "1"))))
                .containsExactly(
                        "WARNING topic votelog.votes.v1 has min.insync.replicas=1; expected: 2, else an acknowledged record may stand on one broker alone, and be lost with it. Mend: kafka-configs --bootstrap-server kafka:9092 --alter --entity-type topics --entity-name votelog.votes.v1 --add-config min.insync.replicas=2");
    }

    @Test
    void shouldWarnWhereEveryReplicaMustBeInSync() {
        assertThat(found(with(cluster(3), VOTES, setting("min.insync.replicas", "3"))))
                .containsExactly(
                        "WARNING topic votelog.votes.v1 has min.insync.replicas=3 and 3 replicas: while one broker is away nothing is acknowledged. Mend: kafka-configs --bootstrap-server kafka:9092 --alter --entity-type topics --entity-name votelog.votes.v1 --add-config min.insync.replicas=2");
        assertThat(found(with(cluster(2), VOTES, setting("min.insync.replicas", "2"))))
                .singleElement()
                .asString()
                .startsWith(
                        "WARNING topic votelog.votes.v1 has min.insync.replicas=2 and 2 replicas: while one broker is away nothing is acknowledged. Mend: kafka-reassign-partitions")
                .contains("\"replicas\":[1,2,ID]");
        // More than two may be asked for where more are kept.
        assertThat(found(with(with(cluster(5), VOTES, replicas(5)), VOTES, setting("min.insync.replicas", "3"))))
                .isEmpty();
    }

    @Test
    void shouldRefuseMoreReplicasInSyncThanThereAre() {
        assertThat(found(with(cluster(1), VOTES, setting("min.insync.replicas", "2"))))
                .containsExactly(
                        "ERROR topic votelog.votes.v1 has min.insync.replicas=2 and 1 replica: no record can be acknowledged. Mend: kafka-configs --bootstrap-server kafka:9092 --alter --entity-type topics --entity-name votelog.votes.v1 --add-config min.insync.replicas=1");
        // Where more brokers are there, more of them should have it.
        assertThat(found(with(cluster(3), VOTES, replicas(1))))
                .hasSize(2)
                .anySatisfy(
                        finding -> assertThat(finding)
                                .startsWith(
                                        "ERROR topic votelog.votes.v1 has min.insync.replicas=2 and 1 replica: no record can be acknowledged. Mend: kafka-reassign-partitions"));
    }

    @Test
    void shouldRefuseUncleanElections() {
        assertThat(found(with(cluster(3), VOTES, setting("unclean.leader.election.enable", "true"))))
                .containsExactly(
                        "ERROR topic votelog.votes.v1 has unclean.leader.election.enable=true; expected: false, else a broker that lacks acknowledged records may become leader, and they are lost. Mend: kafka-configs --bootstrap-server kafka:9092 --alter --entity-type topics --entity-name votelog.votes.v1 --add-config unclean.leader.election.enable=false");
        // With one replica there is nobody else to elect.
        assertThat(found(with(cluster(1), VOTES, setting("unclean.leader.election.enable", "true"))))
                .isEmpty();
    }

    /** Stores are restored from changelogs, which must survive what votes does. */
    @Test
    void shouldHoldChangelogsToWhatVotesSurvives() {
        ClusterSnapshot weak = with(cluster(3), CHANGELOG, setting("min.insync.replicas", "1"));
        assertThat(foundOfChangelogs(weak))
                .singleElement()
                .asString()
                .startsWith("ERROR changelog %s has min.insync.replicas=1; expected: 2, else".formatted(CHANGELOG));
        assertThat(foundOfChangelogs(with(weak, CHANGELOG, replicas(2))))
                .singleElement()
                .asString()
                .startsWith("ERROR changelog %s has 2 replicas; expected: 3, else".formatted(CHANGELOG));
        assertThat(foundOfChangelogs(with(with(weak, VOTES, replicas(1)), CHANGELOG, replicas(1))))
                .singleElement()
                .asString()
                .startsWith("WARNING changelog %s has 1 replica; expected: 3, else".formatted(CHANGELOG));
        assertThat(foundOfChangelogs(with(cluster(1), CHANGELOG, setting("compression.type", "producer"))))
                .singleElement()
                .asString()
                .startsWith("WARNING changelog %s has compression.type=producer; expected: uncompressed, else"
                        .formatted(CHANGELOG));
        assertThat(RULES.ofChangelogs(weak, "another-application", List.of())).isEmpty();
    }
}
