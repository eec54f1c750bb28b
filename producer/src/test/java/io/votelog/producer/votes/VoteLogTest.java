// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.schemas.Pseudonym;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class VoteLogTest {
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final VoteLog log = log(3, 250);

    @Test
    void shouldTakeNoMoreThanThereIsRoomForUntilSomethingIsAcknowledged() {
        CompletableFuture<AppendOutcome> first = append();
        CompletableFuture<AppendOutcome> second = append();
        assertThat(append()).isCompletedWithValue(new AppendOutcome.NoRoom());
        assertThat(log.bytesUnderWay()).isEqualTo(200);
        assertThat(producer.history()).hasSize(2);

        assertThat(producer.completeNext()).isTrue();
        assertThat(first).isCompletedWithValueMatching(AppendOutcome.Appended.class::isInstance);
        assertThat(second).isNotDone();
        assertThat(append()).isNotDone();
    }

    @Test
    void shouldCountVotesAsWellAsBytes() {
        for (int i = 0; i < 3; i++) {
            assertThat(log.hasRoom()).isTrue();
            assertThat(append(1)).isNotDone();
        }
        assertThat(log.hasRoom()).isFalse();
        assertThat(append(1)).isCompletedWithValue(new AppendOutcome.NoRoom());
        assertThat(log.votesUnderWay()).isEqualTo(3);
        assertThat(log.bytesUnderWay()).isEqualTo(3);
        assertThat(producer.completeNext()).isTrue();
        assertThat(log.hasRoom()).isTrue();
    }

    @Test
    void shouldTellWhoCanWaitToLeaveAQuarter() {
        VoteLog log = log(8, 1_000);
        for (int i = 0; i < 6; i++) {
            assertThat(log.hasRoomToSpare()).isTrue();
            append(log, 1);
        }
        assertThat(log.hasRoomToSpare()).isFalse();
        assertThat(log.hasRoom()).isTrue();
        assertThat(producer.completeNext()).isTrue();
        assertThat(log.hasRoomToSpare()).isTrue();
        append(log, 800);
        assertThat(log.hasRoomToSpare()).as("bytes").isFalse();
        assertThat(log.hasRoom()).isTrue();
    }

    @Test
    void shouldNotKnowTheOutcomeOfATimeout() {
        CompletableFuture<AppendOutcome> outcome = append();
        assertThat(producer.errorNext(new TimeoutException("expired"))).isTrue();
        assertThat(outcome).isCompletedWithValueMatching(AppendOutcome.Unknown.class::isInstance);
        assertThat(log.bytesUnderWay()).isZero();
    }

    @Test
    void shouldNotKnowTheOutcomeOnAClosedProducer() {
        producer.close();
        assertThat(append()).isCompletedWithValueMatching(AppendOutcome.Unknown.class::isInstance);
        assertThat(log.bytesUnderWay()).isZero();
    }

    @Test
    void shouldTurnVotesAwayWhileTheLogIsBehind() {
        VoteLog log = log(100, 10_000);
        append(log, 1);
        pass(Duration.ofMillis(600));
        append(log, 1);
        append(log, 1);
        assertThat(log.hasRoom()).isTrue();
        pass(Duration.ofMillis(600));
        assertThat(log.hasRoom()).as("the first one waits for 1.2 s").isFalse();
        assertThat(log.hasRoomToSpare()).isFalse();
        producer.completeNext();
        assertThat(log.hasRoom()).as("it took that long").isFalse();
        producer.completeNext();
        assertThat(log.hasRoom()).as("the next one took 0.6 s").isTrue();
        pass(Duration.ofMillis(600));
        assertThat(log.hasRoom()).isFalse();
        producer.errorNext(new TimeoutException("expired"));
        assertThat(log.hasRoom()).as("nothing is under way").isTrue();
        pass(Duration.ofHours(1));
        append(log, 1);
        assertThat(log.hasRoom()).as("idleness is no delay").isTrue();
    }

    private VoteLog log(int votes, int bytes) {
        return new VoteLog(producer, new VoteLog.Budget(votes, bytes, Duration.ofSeconds(1)), nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private CompletableFuture<AppendOutcome> append() {
        return append(100);
    }

    private CompletableFuture<AppendOutcome> append(int bytes) {
        return append(log, bytes);
    }

    private static CompletableFuture<AppendOutcome> append(VoteLog log, int bytes) {
        CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
        log.append(0, Pseudonym.of(new byte[16]), new byte[bytes], new RecordHeaders(), outcome::complete);
        return outcome;
    }
}
