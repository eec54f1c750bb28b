// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

class FixedKafkaSettingsTest {
    private static final StreamsSettings SETTINGS = new StreamsSettings(
            "app",
            Path.of("state"),
            null,
            2,
            null,
            Duration.ofMillis(100),
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            10);

    @Test
    void shouldCountExactlyOnceWhateverIsConfigured() {
        KafkaProperties kafka = new KafkaProperties();
        kafka.getStreams()
                .getProperties()
                .putAll(Map.of(
                        "processing.guarantee", "at_least_once",
                        "consumer.auto.offset.reset", "latest",
                        "producer.acks", "1",
                        "replication.factor", "1",
                        "consumer.fetch.max.wait.ms", "50"));

        assertThat(config(kafka, 3))
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("consumer.auto.offset.reset", "earliest")
                .containsEntry("producer.acks", "all")
                .containsEntry("replication.factor", 3)
                .as("what may be configured")
                .containsEntry("consumer.fetch.max.wait.ms", "50");
    }

    @Test
    void shouldKeepAWarmCopyWhereTopicsHaveThreeReplicas() {
        assertThat(config(new KafkaProperties(), 1))
                .containsEntry("num.standby.replicas", 0)
                .containsEntry("topic.min.insync.replicas", "1");
        assertThat(config(new KafkaProperties(), 3))
                .containsEntry("num.standby.replicas", 1)
                .containsEntry("topic.min.insync.replicas", "2");
    }

    /** KAFKA-20721: the member of a thread that hangs as it ends holds its group for as long as this. */
    @Test
    void shouldGiveAThreadUpThatHasHungForAMinute() {
        KafkaProperties kafka = new KafkaProperties();
        kafka.getStreams().getProperties().put("main.consumer.max.poll.interval.ms", "300000");
        assertThat(config(kafka, 3)).containsEntry("main.consumer.max.poll.interval.ms", 60_000);
    }

    private static Map<String, Object> config(KafkaProperties kafka, int replicas) {
        return FixedKafkaSettings.of(kafka, () -> List.of("localhost:9092"), SETTINGS, replicas);
    }
}
