// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class LogWatchTest {
    private final AtomicReference<@Nullable Uuid> topic = new AtomicReference<>(Uuid.randomUuid());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LogWatch watch =
            new LogWatch(this::ask, partition -> 0, partition -> 10L * partition, () -> List.of());

    @Test
    void shouldNoticeThatTheTopicWasMadeAnewAndGoOnSayingSo() {
        watch.bindTo(meters);
        Uuid first = watch.id();
        watch.check();
        assertThat(watch.lastSeenId()).isEqualTo(first);
        assertThat(replaced()).isZero();
        assertThat(watch.health().getDetails()).doesNotContainKey("topic").containsEntry("replacedRecords", 0L);

        Uuid second = Uuid.randomUuid();
        topic.set(second);
        watch.check();
        assertThat(watch.lastSeenId()).isEqualTo(second);
        topic.set(first);
        watch.check();
        assertThat(replaced()).isEqualTo(1);
        assertThat(watch.health().getDetails()).containsKey("topic");
        assertThat(watch.health().getStatus()).isEqualTo(Status.UP);
        assertThat(watch.endOffset(3)).isEqualTo(30);
    }

    @Test
    void shouldTakeABrokerThatIsAwayForNothingElse() {
        watch.bindTo(meters);
        Uuid first = watch.id();
        topic.set(null);
        watch.check();
        assertThat(watch.lastSeenId()).isEqualTo(first);
        assertThat(replaced()).isZero();
    }

    private Uuid ask() {
        Uuid id = topic.get();
        if (id == null) {
            throw new IllegalStateException("the brokers do not answer");
        }
        return id;
    }

    private double replaced() {
        return meters.get("votelog.log.topic.replaced").gauge().value();
    }
}
