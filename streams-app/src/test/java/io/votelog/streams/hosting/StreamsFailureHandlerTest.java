// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

final class StreamsFailureHandlerTest {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger broken = new AtomicInteger();
    private final AtomicInteger stopped = new AtomicInteger();
    private final AtomicInteger begunAnew = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();
    private final StreamsFailureHandler faults = new StreamsFailureHandler(
            "counting", 2, nanos::get, thread -> "votes-1 up to offset 7", new StreamsFailureHandler.Reaction() {
                @Override
                public void failed() {
                    looks.incrementAndGet();
                }

                @Override
                public void broken(boolean gaveUp) {
                    broken.set(gaveUp ? 1 : 0);
                }

                @Override
                public void startAnew() {
                    begunAnew.incrementAndGet();
                }

                @Override
                public void cut() {
                    stopped.incrementAndGet();
                }
            });

    @Test
    void shouldReplaceAFewThreadsAndThenGiveUp() {
        assertThat(fail()).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        assertThat(fail()).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        assertThat(fail()).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(broken).hasValue(1);
        assertThat(stopped).hasValue(0);
        assertThat(looks).hasValue(3);
    }

    @Test
    void shouldBeginAnewWhenTheCauseIsOutOfTheWay() {
        fail();
        fail();
        fail();
        faults.reset();
        assertThat(broken).hasValue(0);
        assertThat(fail()).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    }

    @Test
    void shouldNotHaveAnotherThreadReadWhatDoesNotFitIntoMemory() {
        assertThat(faults.handle(new StreamsException(new OutOfMemoryError("Java heap space"))))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(broken).hasValue(1);
    }

    /** The thread of the global stores fails so, and cannot be replaced. */
    @Test
    void shouldStartAnewWhenATopicHasLostItsEnd() {
        TopicPartition results = new TopicPartition("votelog.results.v1", 2);
        StreamsException lost = new StreamsException(new LogTruncationException(
                "truncated", Map.of(results, 50L), Map.of(results, new OffsetAndMetadata(31))));
        for (int times = 1; times <= 2; times++) {
            assertThat(faults.handle(lost)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
            assertThat(begunAnew).hasValue(times);
            assertThat(broken).hasValue(0);
        }
        assertThat(faults.handle(lost)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(begunAnew).hasValue(2);
        assertThat(broken).as("it has failed too often").hasValue(1);
    }

    @Test
    void shouldForgetFailuresOfLongAgo() {
        fail();
        fail();
        nanos.addAndGet(TimeUnit.MINUTES.toNanos(6));
        assertThat(fail()).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        assertThat(broken).hasValue(0);
    }

    private StreamThreadExceptionResponse fail() {
        return faults.handle(new StreamsException("the broker is away", new IllegalStateException("cause")));
    }
}
