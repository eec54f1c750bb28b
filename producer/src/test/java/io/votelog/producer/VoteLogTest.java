package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.schemas.Pseudonym;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class VoteLogTest {
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final VoteLog log = new VoteLog(producer, new VoteLog.Budget(3, 250));

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

    private CompletableFuture<AppendOutcome> append() {
        return append(100);
    }

    private CompletableFuture<AppendOutcome> append(int bytes) {
        CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
        log.append(0, Pseudonym.of(new byte[16]), new byte[bytes], new RecordHeaders(), outcome::complete);
        return outcome;
    }
}
