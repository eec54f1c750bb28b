// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The times are so long that the machine cannot be slow enough to confuse them. */
final class TimeLimitsTest {
    private static final Duration PAUSE = Duration.ofHours(10);
    private static final Duration BODY = Duration.ofHours(30);
    private static final Duration IDLE = Duration.ofHours(100);

    private final TimeLimits limits = new TimeLimits(new Patience(PAUSE, BODY, IDLE));

    @BeforeEach
    void connect() {
        limits.connected();
    }

    @Test
    void shouldGiveTheFirstRequestLessTimeThanLaterOnes() {
        assertLeft(PAUSE, false, false, Duration.ZERO);
        limits.requestBegun();
        limits.answered();
        assertLeft(IDLE, false, false, Duration.ZERO);
    }

    @Test
    void shouldLimitThePausesOfABodyAndAllOfIt() {
        limits.requestBegun();
        assertLeft(PAUSE, true, false, Duration.ZERO);
        assertLeft(PAUSE.minusHours(9), true, false, Duration.ofHours(9));
        assertLeft(PAUSE.minusHours(11), true, false, Duration.ofHours(11));
        TimeLimits patient = new TimeLimits(new Patience(IDLE, BODY, IDLE));
        patient.requestBegun();
        patient.bodyWentOn();
        long now = System.nanoTime() + Duration.ofHours(29).toNanos();
        assertClose(patient.leftNanos(true, false, now - Duration.ofHours(900).toNanos(), now), Duration.ofHours(1));
    }

    @Test
    void shouldNotCountTheTimeInWhichNothingIsRead() {
        limits.requestBegun();
        long now = System.nanoTime() + Duration.ofHours(9).toNanos();
        assertClose(limits.leftNanos(true, false, now, now), PAUSE);
    }

    @Test
    void shouldLimitNothingWhileThisSideHasToAnswer() {
        limits.requestBegun();
        assertLeft(PAUSE, false, true, Duration.ofHours(500));
    }

    @Test
    void shouldLeaveTheTimeToTheRouteUntilItHasAnswered() {
        limits.requestBegun();
        limits.leaveToRoute();
        assertThat(limits.isLeftToRoute()).isTrue();
        assertLeft(PAUSE, true, false, Duration.ofHours(500));
        limits.answered();
        assertThat(limits.isLeftToRoute()).isFalse();
        assertLeft(IDLE.minusHours(500), false, false, Duration.ofHours(500));
    }

    private void assertLeft(Duration expected, boolean inBody, boolean answering, Duration later) {
        long now = System.nanoTime();
        assertClose(
                limits.leftNanos(inBody, answering, now - Duration.ofHours(900).toNanos(), now + later.toNanos()),
                expected);
    }

    private static void assertClose(long nanos, Duration expected) {
        assertThat(Duration.ofNanos(nanos).toMinutes()).isCloseTo(expected.toMinutes(), within(29L));
    }
}
