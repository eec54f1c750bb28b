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
 * Appends votes to the log, on any thread, without blocking. The producer is configured to fail where it would wait
 * (max.block.ms 0), and less is under way than its buffer holds.
 */
final class VoteLog {
    private static final AppendOutcome NO_ROOM = new AppendOutcome.NoRoom();

    private final Producer<byte[], byte[]> producer;
    private final Budget budget;
    private final long delayNanos;
    private final LongSupplier nanoClock;
    private final AtomicLong votesUnderWay = new AtomicLong();
    private final AtomicLong bytesUnderWay = new AtomicLong();
    private final AckedOffsets acked = new AckedOffsets();

    /**
     * The time at which the last acknowledged vote was sent, or at which the first vote under way was sent, whichever is later:
     * since then the log may be behind. It need not be exact. By {@link System#nanoTime()}.
     */
    private volatile long keptUpNanos;

    /**
     * How much may be sent and not yet acknowledged.
     *
     * @param votes how many votes
     * @param bytes how many bytes of their values
     * @param delay how long the log may take to acknowledge
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
     * Asks how many partitions the topic has.
     *
     * @throws KafkaException when that is not known yet; the question is under way
     */
    int warmUp() {
        return producer.partitionsFor(Topics.VOTES.name()).size();
    }

    Budget budget() {
        return budget;
    }

    /** The votes that are sent and not yet acknowledged. */
    long votesUnderWay() {
        return votesUnderWay.get();
    }

    /** The bytes of values that are sent and not yet acknowledged. */
    long bytesUnderWay() {
        return bytesUnderWay.get();
    }

    /** How often a partition was found to have lost votes that it had acknowledged here. */
    int cuts() {
        return acked.cuts();
    }

    /** Whether the next vote would be taken, as far as can be told before it comes. */
    boolean hasRoom() {
        return votesUnderWay.get() < budget.votes() && bytesUnderWay.get() < budget.bytes() && keepsUp();
    }

    /**
     * Whether the log acknowledges votes in time. When it does not, more votes would only wait longer, until all that it gets
     * to have been given up already. Everything under way is over after the delivery timeout; the next vote is then a probe.
     */
    private boolean keepsUp() {
        return votesUnderWay.get() == 0 || nanoClock.getAsLong() - keptUpNanos <= delayNanos;
    }

    /**
     * Whether a quarter of the budget is free. Senders that can wait use no more than the other three quarters, and leave this
     * one to single votes, which would be refused.
     */
    boolean hasRoomToSpare() {
        return votesUnderWay.get() < budget.votes() - budget.votes() / 4
                && bytesUnderWay.get() < budget.bytes() - budget.bytes() / 4
                && keepsUp();
    }

    /**
     * Appends one vote.
     *
     * @param onOutcome is called once, on any thread, perhaps before this method returns; it must not block
     */
    void append(int partition, Pseudonym voter, byte[] value, Headers headers, Consumer<AppendOutcome> onOutcome) {
        long sentNanos = nanoClock.getAsLong();
        if (!reserve(value.length, sentNanos)) {
            onOutcome.accept(NO_ROOM);
            return;
        }
        // The value itself is not kept: the producer has copied it, and a thousand votes may be waiting.
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
        acked.acked(metadata.partition(), metadata.offset());
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
