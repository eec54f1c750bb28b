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
 * Appends votes to the log, on any thread, since it does not block: the producer is set up so that a send fails where it would wait
 * (max.block.ms 0), and no more bytes are under way than fit into its buffer with room to spare.
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

    /**
     * Says how many partitions the topic has.
     *
     * @throws KafkaException when that is not known yet; it is being asked for
     */
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
