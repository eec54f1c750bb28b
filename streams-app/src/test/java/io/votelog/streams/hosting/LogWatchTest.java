// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.Sha256;
import java.time.Instant;
import java.util.ArrayList;
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

    /** Offsets 10 and 20 are the ends of partitions 1 and 2. */
    @Test
    void shouldNoticeThatTheLogEndsBeforeWhatIsCounted() {
        List<CountedPosition> counted = new ArrayList<>(List.of(new CountedPosition(1, 10L, null)));
        LogWatch watch =
                new LogWatch(this::ask, partition -> 0, partition -> 10L * partition, () -> List.of(results(counted)));
        watch.bindTo(meters);
        watch.check();
        assertThat(meters.get("votelog.log.cut").gauge().value()).isZero();
        assertThat(watch.health().getDetails()).doesNotContainKey("cut");

        counted.add(new CountedPosition(2, 21L, null));
        watch.check();
        assertThat(meters.get("votelog.log.cut").gauge().value()).isEqualTo(1);
        assertThat(watch.health().getDetails())
                .containsEntry(
                        "cut",
                        "partition 2 of votes ends at offset 20, and 21 offsets of it are counted: votes are lost");
        assertThat(watch.health().getStatus()).isEqualTo(Status.UP);
    }

    private static BallotResults results(List<CountedPosition> counted) {
        return new BallotResults(
                "one",
                new Sha256(new byte[32]),
                BallotStatus.OPEN,
                1L,
                0L,
                Instant.EPOCH,
                0L,
                0L,
                0L,
                List.of(),
                0L,
                0L,
                0L,
                0L,
                List.of(),
                counted);
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
