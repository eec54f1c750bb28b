// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When what was counted is sent: ten times a second where a commit is quick, and with time for records where it is not. */
class EmitTimerTest {
    /** The beginning of every period that may be. */
    private static final long BEGIN_MS = 1_600_000;

    private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
    private final EmitPace pace = new EmitPace(Duration.ofMillis(100));
    private int emitted;

    private final EmitTimer timer = new EmitTimer(context, pace, Duration.ZERO, Duration.ZERO, now -> emitted++);
    private final EmitTimer seldom = new EmitTimer(context, pace, Duration.ofSeconds(1), Duration.ZERO, now -> {});

    EmitTimerTest() {
        context.setCurrentSystemTimeMs(BEGIN_MS);
    }

    @Test
    void shouldFireOnceAtTheNextBeginningOfAPeriod() {
        context.setCurrentSystemTimeMs(BEGIN_MS + 30);
        timer.start();
        timer.start();
        assertThat(waitingMs()).containsExactly(70L);
        waiting().get(0).getPunctuator().punctuate(BEGIN_MS + 100);
        assertThat(emitted).isEqualTo(1);
        assertThat(context.committed()).isTrue();
        assertThat(waiting()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0,100,1000",
        "100,100,1000",
        "101,400,1200",
        "200,400,1200",
        "201,800,1600",
        "700,1600,1600",
        "9000,1600,1600"
    })
    void shouldLeaveTimeForRecordsWhereACommitTakesLong(long commitMs, long periodMs, long seldomMs) {
        pace.committed(commitMs);
        timer.start();
        seldom.start();
        assertThat(waitingMs()).containsExactly(periodMs, seldomMs - BEGIN_MS % seldomMs);
    }

    /** What is sent more seldom goes with what is sent anyway, so that it takes no commit of its own. */
    @ParameterizedTest
    @CsvSource({"0", "101", "201", "700"})
    void shouldFireTogether(long commitMs) {
        pace.committed(commitMs);
        long period = pace.periodMs(Duration.ZERO);
        assertThat(pace.periodMs(Duration.ofSeconds(1)) % period).isZero();
    }

    @Test
    void shouldBeAsQuickAsBeforeWhenCommitsAre() {
        pace.committed(700);
        pace.committed(20);
        timer.start();
        assertThat(waitingMs()).containsExactly(100L);
    }

    @Test
    void shouldHaveAPaceForEachThread() {
        CompletableFuture.runAsync(() -> pace.committed(700)).join();
        timer.start();
        assertThat(waitingMs()).containsExactly(100L);
    }

    @Test
    void shouldKeepAnIntervalThatIsLongAsItIs() {
        EmitPace slow = new EmitPace(Duration.ofMinutes(1));
        slow.committed(700);
        assertThat(slow.periodMs(Duration.ZERO)).isEqualTo(60_000);
        assertThat(slow.periodMs(Duration.ofSeconds(1))).isEqualTo(60_000);
    }

    private List<Long> waitingMs() {
        return waiting().stream().map(one -> one.getInterval().toMillis()).toList();
    }

    private List<CapturedPunctuator> waiting() {
        return context.scheduledPunctuators().stream()
                .filter(one -> !one.cancelled())
                .toList();
    }
}
