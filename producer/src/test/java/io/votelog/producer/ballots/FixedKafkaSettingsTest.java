// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

class FixedKafkaSettingsTest {
    private final KafkaProperties kafka = new KafkaProperties();

    @BeforeEach
    void configureOtherwise() {
        kafka.getProducer().setAcks("1");
        kafka.getProducer()
                .getProperties()
                .putAll(Map.of(
                        "enable.idempotence", "false",
                        "transactional.id", "somebody",
                        "max.block.ms", "60000",
                        "max.in.flight.requests.per.connection", "5",
                        "linger.ms", "20"));
        kafka.getConsumer().setGroupId("somebody");
        kafka.getConsumer().setAutoOffsetReset("latest");
        kafka.getConsumer().getProperties().put("fetch.max.bytes", "1000");
    }

    @Test
    void shouldKeepVotesDurableAndTheirOffsetsDense() {
        assertThat(List.of(FixedKafkaSettings.ofVotes(kafka), FixedKafkaSettings.ofControlRecords(kafka)))
                .allSatisfy(config -> assertThat(config)
                        .containsEntry("acks", "all")
                        .containsEntry("enable.idempotence", true)
                        .containsEntry("max.in.flight.requests.per.connection", 1)
                        .doesNotContainKey("transactional.id"));
    }

    @Test
    void shouldNeverBlockWhoSendsAVote() {
        assertThat(FixedKafkaSettings.ofVotes(kafka)).containsEntry("max.block.ms", 0);
    }

    @Test
    void shouldReadTheCatalogueWithoutAGroup() {
        assertThat(FixedKafkaSettings.ofCatalogue(kafka))
                .containsEntry("auto.offset.reset", "none")
                .containsEntry("enable.auto.commit", false)
                .doesNotContainKey("group.id");
    }

    @Test
    void shouldLeaveOtherSettingsAsTheyAreConfigured() {
        assertThat(FixedKafkaSettings.ofVotes(kafka)).containsEntry("linger.ms", "20");
        assertThat(FixedKafkaSettings.ofCatalogue(kafka)).containsEntry("fetch.max.bytes", "1000");
    }
}
