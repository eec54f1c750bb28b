// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;

class TopicsTest {
    @Test
    void shouldNeverTrimOrCompactTheLogAndLetTheBrokerStampIt() {
        assertThat(Topics.VOTES.settings())
                .containsEntry(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE)
                .containsEntry(TopicConfig.RETENTION_MS_CONFIG, "-1")
                .containsEntry(TopicConfig.RETENTION_BYTES_CONFIG, "-1")
                .containsEntry(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    }

    /** A batch that is compressed is bounded as it is compressed, and unpacked without a bound by who reads it. */
    @Test
    void shouldHaveTheBrokerUnpackWhateverComesIntoAnyTopic() {
        assertThat(Topics.all())
                .allSatisfy(topic -> assertThat(topic.newTopic(4, 1).configs())
                        .containsEntry(TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed"));
    }

    @Test
    void shouldTakeTwiceTheBytesOfAVoteAsADeadLetter() {
        long votes = Long.parseLong(Topics.VOTES.settings().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
        assertThat(Topics.DEAD_LETTERS.settings())
                .containsEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Long.toString(2 * votes));
        assertThat(votes).isGreaterThan(BallotFile.MAX_BYTES);
    }

    @Test
    void shouldAskForTwoInSyncReplicasOfThree() {
        NewTopic single = Topics.BALLOTS.newTopic(4, 1);
        NewTopic triple = Topics.VOTES.newTopic(4, 3);

        assertThat(single.numPartitions()).isEqualTo(1);
        assertThat(single.configs()).containsAllEntriesOf(Map.of("min.insync.replicas", "1"));
        assertThat(triple.numPartitions()).isEqualTo(4);
        assertThat(triple.replicationFactor()).isEqualTo((short) 3);
        assertThat(triple.configs()).containsAllEntriesOf(Map.of("min.insync.replicas", "2"));
    }

    @Test
    void shouldFlushWhatSomebodyIsToldOfAndNothingElse() {
        assertThat(Topics.allFlushed().stream()
                        .filter(topic -> "1"
                                .equals(topic.newTopic(4, 3).configs().get(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG)))
                        .map(Topic::name))
                .containsExactly(Topics.VOTES.name(), Topics.BALLOTS.name(), Topics.SEALS.name());
        assertThat(Topics.allFlushed().stream().map(Topic::name))
                .containsExactlyElementsOf(
                        Topics.all().stream().map(Topic::name).toList());
        assertThat(Topics.all()).allSatisfy(topic -> assertThat(topic.settings())
                .doesNotContainKey(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG));
    }

    @Test
    void shouldNameEventsThatThereAre() {
        List<String> events = Events.current().map(Schema::getName).toList();
        assertThat(Topics.all()).allSatisfy(topic -> assertThat(events).containsAll(topic.events()));
        assertThat(Topics.all().stream()
                        .flatMap(topic -> topic.events().stream())
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(events);
    }
}
