package io.votelog.producer;

import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Topics;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;

/**
 * Appends votes to the log. It does not block: the topic's metadata are known before the first vote, and no more bytes are under
 * way than fit into the producer's buffer with room to spare.
 */
final class VoteLog {
    private final Producer<byte[], byte[]> producer;
    private final long maxBytesUnderWay;
    private final AtomicLong bytesUnderWay = new AtomicLong();

    /** @param maxBytesUnderWay how many bytes of values may be sent and not yet acknowledged */
    VoteLog(Producer<byte[], byte[]> producer, long maxBytesUnderWay) {
        this.producer = producer;
        this.maxBytesUnderWay = maxBytesUnderWay;
    }

    /** Fetches the topic's metadata, and says how many partitions it has. It blocks, up to the producer's max.block.ms. */
    int warmUp() {
        return producer.partitionsFor(Topics.VOTES.name()).size();
    }

    /** How many bytes are sent and not yet acknowledged. */
    long bytesUnderWay() {
        return bytesUnderWay.get();
    }

    /** Appends one vote; the future never fails. */
    CompletableFuture<AppendOutcome> append(int partition, Pseudonym voter, byte[] value, Headers headers) {
        if (bytesUnderWay.addAndGet(value.length) > maxBytesUnderWay) {
            bytesUnderWay.addAndGet(-value.length);
            return CompletableFuture.completedFuture(new AppendOutcome.NoRoom());
        }
        CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
        try {
            producer.send(
                    new ProducerRecord<>(Topics.VOTES.name(), partition, null, voter.bytes(), value, headers),
                    (metadata, failure) -> {
                        bytesUnderWay.addAndGet(-value.length);
                        outcome.complete(
                                failure == null
                                        ? new AppendOutcome.Appended(
                                                metadata.partition(),
                                                metadata.offset(),
                                                Instant.ofEpochMilli(metadata.timestamp()))
                                        : new AppendOutcome.Unknown(failure));
                    });
        } catch (KafkaException | IllegalStateException e) {
            bytesUnderWay.addAndGet(-value.length);
            outcome.complete(new AppendOutcome.Unknown(e));
        }
        return outcome;
    }
}
