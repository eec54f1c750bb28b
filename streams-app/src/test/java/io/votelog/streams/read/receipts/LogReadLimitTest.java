// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.problem.ProblemException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Neither one address nor clients with invented receipts can take all of the few places at which the log is read. */
final class LogReadLimitTest {
    private static final IpAddress A = address("203.0.113.1");
    private static final IpAddress B = address("203.0.113.2");
    private static final IpAddress C = address("203.0.113.3");

    private final LogReadLimit reads = new LogReadLimit(
            new ReceiptSettings(
                    Duration.ofSeconds(30),
                    2,
                    new ReceiptSettings.LogReads(BigDecimal.ONE, 4, 2),
                    10,
                    10,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(3)),
            () -> 0,
            new SimpleMeterRegistry());

    @Test
    void shouldReadTwoAtOnceForAnAddress() {
        Supplier<String> third = () -> {
            refused(429, A, false);
            return reads.read(B, false, () -> "read");
        };
        assertThat(reads.read(A, false, () -> reads.read(A, false, third))).isEqualTo("read");
        // A place is given back when the read is over, however it ends.
        assertThatThrownBy(() -> reads.read(A, false, () -> {
                    throw new IllegalStateException("the log is gone");
                }))
                .hasMessage("the log is gone");
        assertThat(reads.read(A, false, () -> "again")).isEqualTo("again");
    }

    @Test
    void shouldLeavePlacesToReceiptsThatMayBeGenuine() {
        Supplier<String> further = () -> {
            refused(503, C, true);
            return reads.read(C, false, () -> "genuine");
        };
        assertThat(reads.read(A, true, () -> reads.read(B, true, further))).isEqualTo("genuine");
        assertThat(reads.read(C, true, () -> "invented")).isEqualTo("invented");
    }

    @Test
    void shouldTakeNothingOfAShareForWhatIsRefused() {
        for (int n = 0; n < 2; n++) {
            reads.read(
                    A,
                    false,
                    () -> reads.read(A, false, () -> {
                        refused(429, A, false);
                        return "read";
                    }));
        }
        // Four were read, which is the burst.
        refused(429, A, false);
        assertThat(reads.read(B, false, () -> "read")).isEqualTo("read");
        assertThat(reads.read(null, false, () -> "nobody's")).isEqualTo("nobody's");
    }

    private void refused(int status, @Nullable IpAddress client, boolean beforeBallot) {
        assertThatThrownBy(() -> reads.read(client, beforeBallot, () -> "read"))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused -> assertThat(refused.problem().status()).isEqualTo(status));
    }

    private static IpAddress address(String text) {
        return Objects.requireNonNull(IpAddress.parse(text));
    }
}
