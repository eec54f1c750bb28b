// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
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
    private final long delayNanos;
    private final LongSupplier nanoClock;
    private final AtomicLong votesUnderWay = new AtomicLong();
    private final AtomicLong bytesUnderWay = new AtomicLong();

    /**
     * When the vote was sent that was acknowledged last, or the first of those under way, if that was later: since when the log is
     * known to be behind. It need not be exact.
     */
    private volatile long keptUpNanos;

    /**
     * How much may be sent and not yet acknowledged.
     *
     * @param votes how many
     * @param bytes of their values
     * @param delay how far the log may be behind
     */
    record Budget(long votes, long bytes, Duration delay) {}

    /** @param nanoClock as {@link System#nanoTime()} */
    VoteLog(Producer<byte[], byte[]> producer, Budget budget, LongSupplier nanoClock) {
        this.producer = producer;
        this.budget = budget;
        this.delayNanos = budget.delay().toNanos();
        this.nanoClock = nanoClock;
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
        return votesUnderWay.get() < budget.votes() && bytesUnderWay.get() < budget.bytes() && keepsUp();
    }

    /**
     * Whether the log answers in time what it is given. When it does not, more votes would only wait for longer, until all that it
     * gets to are given up already. Whatever is under way is over after the delivery timeout, and then the next vote is a probe.
     */
    private boolean keepsUp() {
        return votesUnderWay.get() == 0 || nanoClock.getAsLong() - keptUpNanos <= delayNanos;
    }

    /**
     * Whether a quarter of the budget is free: who can wait takes no more than that, and leaves the rest to single votes, which
     * would be refused.
     */
    boolean hasRoomToSpare() {
        return votesUnderWay.get() < budget.votes() - budget.votes() / 4
                && bytesUnderWay.get() < budget.bytes() - budget.bytes() / 4
                && keepsUp();
    }

    /**
     * Appends one vote.
     *
     * @param onOutcome is called once, on any thread, perhaps before this returns; it must not block
     */
    void append(int partition, Pseudonym voter, byte[] value, Headers headers, Consumer<AppendOutcome> onOutcome) {
        long sentNanos = nanoClock.getAsLong();
        if (!reserve(value.length, sentNanos)) {
            onOutcome.accept(NO_ROOM);
            return;
        }
        // Not the value itself, which the producer has copied by then: a thousand votes wait for their acknowledgement.
        int length = value.length;
        try {
            producer.send(
                    new ProducerRecord<>(Topics.VOTES.name(), partition, null, voter.bytes(), value, headers),
                    (metadata, failure) -> {
                        AppendOutcome outcome =
                                failure == null ? appended(metadata, sentNanos) : new AppendOutcome.Unknown(failure);
                        release(length);
                        onOutcome.accept(outcome);
                    });
        } catch (KafkaException | IllegalStateException e) {
            release(value.length);
            onOutcome.accept(new AppendOutcome.Unknown(e));
        }
    }

    private AppendOutcome appended(RecordMetadata metadata, long sentNanos) {
        keptUpNanos = sentNanos;
        return new AppendOutcome.Appended(
                metadata.partition(), metadata.offset(), metadata.timestamp(), nanoClock.getAsLong() - sentNanos);
    }

    private boolean reserve(int bytes, long nowNanos) {
        long votes = votesUnderWay.incrementAndGet();
        if (votes == 1) {
            keptUpNanos = nowNanos;
        }
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
