// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When what was counted is sent: ten times a second where a commit is quick, and with time for records where it is not. */
class EmitTimerTest {
    private static final long BEGIN_MS = 1_000_000;
    private static final Duration PERIOD = Duration.ofMillis(100);

    private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
    private long nowNs;
    private int emitted;

    private final EmitTimer timer = new EmitTimer(context, PERIOD, Duration.ZERO, now -> emitted++, () -> nowNs);

    EmitTimerTest() {
        context.setCurrentSystemTimeMs(BEGIN_MS);
    }

    @Test
    void shouldFireOnceAtTheNextBeginningOfAPeriod() {
        context.setCurrentSystemTimeMs(BEGIN_MS + 30);
        timer.start();
        timer.start();
        assertThat(waiting()).singleElement().satisfies(one -> assertThat(one.getInterval())
                .isEqualTo(Duration.ofMillis(70)));
        fire();
        assertThat(emitted).isEqualTo(1);
        assertThat(context.committed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0,100", "60,100", "100,100", "101,400", "200,400", "201,800", "700,1600", "5000,1600"})
    void shouldLeaveTimeForRecordsWhereACommitTakesLong(long commitMs, long periodMs) {
        commitOnce(commitMs);
        // At the beginning of every period that may be.
        context.setCurrentSystemTimeMs(1_600_000);
        timer.start();
        assertThat(waiting()).singleElement().satisfies(one -> assertThat(one.getInterval())
                .isEqualTo(Duration.ofMillis(periodMs)));
    }

    /** Timers of tasks that began at different times fire at the same moment. */
    @Test
    void shouldFireTogetherWithOthersOfTheSameThread() {
        commitOnce(700);
        context.setCurrentSystemTimeMs(1_600_000 + 1_234);
        timer.start();
        assertThat(waiting()).singleElement().satisfies(one -> assertThat(one.getInterval())
                .isEqualTo(Duration.ofMillis(1_600 - 1_234)));
    }

    @Test
    void shouldBeAsQuickAsBeforeWhenCommitsAre() {
        commitOnce(700);
        commitOnce(20);
        context.setCurrentSystemTimeMs(1_600_000);
        timer.start();
        assertThat(waiting()).singleElement().satisfies(one -> assertThat(one.getInterval())
                .isEqualTo(PERIOD));
    }

    private void commitOnce(long tookMs) {
        timer.start();
        fire();
        nowNs += TimeUnit.MILLISECONDS.toNanos(tookMs);
        fire();
        assertThat(waiting()).isEmpty();
    }

    /** Runs the one action that is waited for. */
    private void fire() {
        assertThat(waiting()).hasSize(1);
        waiting().get(0).getPunctuator().punctuate(context.currentSystemTimeMs());
    }

    private List<CapturedPunctuator> waiting() {
        return context.scheduledPunctuators().stream()
                .filter(one -> !one.cancelled())
                .toList();
    }
}
