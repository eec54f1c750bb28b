// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class UncountedVotesTest {
    private static final Duration LEAST = Duration.ofSeconds(30);

    /** As {@link System#nanoTime()} may do, it overflows within the test. */
    private static final long START = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(20);

    private Map<Integer, Long> counted = Map.of();
    private Map<Integer, Long> ends = Map.of();
    private final UncountedVotes votes = new UncountedVotes(() -> counted, this::ends, LEAST);
    private boolean away;

    private Map<Integer, Long> ends() {
        if (away) {
            throw new IllegalStateException("no answer");
        }
        return ends;
    }

    @AfterEach
    void close() {
        votes.close();
    }

    @Test
    void shouldNameThePartitionInWhichVotesHaveWaitedLongest() {
        note(0, Map.of(0, 5L, 1, 7L), Map.of(0, 5L, 1, 8L));
        note(10, Map.of(0, 5L, 1, 7L), Map.of(0, 6L, 1, 9L));
        assertThat(at(29)).isEmpty();
        assertThat(at(30)).contains("votes of partition 1 wait, and the count does not go on from offset 7");

        note(31, Map.of(0, 5L, 1, 9L), Map.of(0, 6L, 1, 9L));
        assertThat(at(39)).isEmpty();
        assertThat(at(40)).contains("votes of partition 0 wait, and the count does not go on from offset 5");
    }

    @Test
    void shouldNotMindACountThatIsBehindAndGoesOn() {
        for (int second = 0; second < 300; second += 10) {
            note(second, Map.of(0, 100L + second), Map.of(0, 1_000_000L + second));
            assertThat(at(second)).isEmpty();
        }
        assertThat(at(330)).isPresent();
    }

    @Test
    void shouldTakeAPartitionWithoutAnOffsetForOneOfWhichNothingIsCounted() {
        note(0, Map.of(), Map.of(0, 0L, 1, 1L));
        assertThat(at(30)).contains("votes of partition 1 wait, and the count does not go on from offset 0");
    }

    @Test
    void shouldKnowWhatItKnewWhereTheClusterDoesNotAnswer() {
        note(0, Map.of(0, 5L), Map.of(0, 6L));
        away = true;
        note(10, Map.of(0, 6L), Map.of(0, 6L));
        assertThat(at(30)).isPresent();
    }

    private void note(int second, Map<Integer, Long> upTo, Map<Integer, Long> ended) {
        counted = upTo;
        ends = ended;
        votes.look(START + TimeUnit.SECONDS.toNanos(second));
    }

    private Optional<String> at(int second) {
        return votes.waiting(START + TimeUnit.SECONDS.toNanos(second));
    }

    @Test
    void shouldTellHowManyRecordsOfEachPartitionWait() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        votes.bindTo(meters);
        note(0, Map.of(0, 5L), Map.of(0, 12L, 1, 3L));
        assertThat(told(meters)).containsOnly(Map.entry("0", 7.0), Map.entry("1", 3.0));

        // It was counted on between the two questions.
        note(10, Map.of(0, 14L, 1, 3L), Map.of(0, 12L, 1, 3L));
        assertThat(told(meters)).containsOnly(Map.entry("0", 0.0), Map.entry("1", 0.0));
    }

    private static Map<String, Double> told(SimpleMeterRegistry meters) {
        return meters.get("votelog.log.uncounted.records").gauges().stream()
                .collect(Collectors.toMap(gauge -> String.valueOf(gauge.getId().getTag("partition")), Gauge::value));
    }
}
