package io.votelog.producer;

import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Topics;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;

/**
 * Appends votes to the log, on any thread, since it does not block: the producer is set up so that a send fails where it would wait
 * (max.block.ms 0), and no more is under way than fits into its buffer with room to spare.
 */
final class VoteLog {
    private static final AppendOutcome NO_ROOM = new AppendOutcome.NoRoom();

    private final Producer<byte[], byte[]> producer;
    private final Budget budget;
    private final AtomicLong votesUnderWay = new AtomicLong();
    private final AtomicLong bytesUnderWay = new AtomicLong();

    /**
     * How much may be sent and not yet acknowledged.
     *
     * @param votes how many
     * @param bytes of their values
     */
    record Budget(long votes, long bytes) {}

    VoteLog(Producer<byte[], byte[]> producer, Budget budget) {
        this.producer = producer;
        this.budget = budget;
    }

    /**
     * Says how many partitions the topic has.
     *
     * @throws KafkaException when that is not known yet; it is being asked for
     */
    int warmUp() {
        return producer.partitionsFor(Topics.VOTES.name()).size();
    }

    Budget budget() {
        return budget;
    }

    /** How many votes are sent and not yet acknowledged. */
    long votesUnderWay() {
        return votesUnderWay.get();
    }

    /** How many bytes of values are sent and not yet acknowledged. */
    long bytesUnderWay() {
        return bytesUnderWay.get();
    }

    /** Whether the next vote would be taken, as far as can be told before it comes. */
    boolean hasRoom() {
        return votesUnderWay.get() < budget.votes() && bytesUnderWay.get() < budget.bytes();
    }

    /**
     * Appends one vote.
     *
     * @param told is called once, on any thread, perhaps before this returns; it must not block
     */
    void append(int partition, Pseudonym voter, byte[] value, Headers headers, Consumer<AppendOutcome> told) {
        if (!reserve(value.length)) {
            told.accept(NO_ROOM);
            return;
        }
        try {
            producer.send(
                    new ProducerRecord<>(Topics.VOTES.name(), partition, null, voter.bytes(), value, headers),
                    (metadata, failure) -> {
                        release(value.length);
                        told.accept(
                                failure == null
                                        ? new AppendOutcome.Appended(
                                                metadata.partition(), metadata.offset(), metadata.timestamp())
                                        : new AppendOutcome.Unknown(failure));
                    });
        } catch (KafkaException | IllegalStateException e) {
            release(value.length);
            told.accept(new AppendOutcome.Unknown(e));
        }
    }

    private boolean reserve(int bytes) {
        long votes = votesUnderWay.incrementAndGet();
        long allBytes = bytesUnderWay.addAndGet(bytes);
        boolean room = votes <= budget.votes() && allBytes <= budget.bytes();
        if (!room) {
            release(bytes);
        }
        return room;
    }

    private void release(int bytes) {
        votesUnderWay.decrementAndGet();
        bytesUnderWay.addAndGet(-bytes);
    }
}
