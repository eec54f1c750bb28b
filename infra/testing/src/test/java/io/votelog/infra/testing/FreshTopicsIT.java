// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

@ExtendWith(FreshTopicsIT.EarlierClass.class)
@WithKafka(freshTopics = true)
final class FreshTopicsIT {
    /** Leaves a topic behind, as a class that ran before would. */
    static final class EarlierClass implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) throws Exception {
            WithKafkaIT.topic(SharedBroker.ofThisJvm(), 4);
        }
    }

    @Test
    void shouldBeginWithoutTopics(KafkaBroker broker) throws Exception {
        try (Admin admin = WithKafkaIT.admin(broker)) {
            assertThat(admin.listTopics().names().get()).isEmpty();
        }
    }

    @Test
    void shouldLetADeletedNameBeUsedAgain(KafkaBroker broker) throws Exception {
        try (Admin admin = WithKafkaIT.admin(broker)) {
            for (int partitions = 1; partitions <= 3; partitions++) {
                admin.createTopics(List.of(new NewTopic("again", partitions, (short) 1)))
                        .all()
                        .get();
                broker.deleteTopics();
                assertThat(admin.listTopics().names().get()).isEmpty();
            }
        }
    }
}
