// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads single records of a topic whose places are known, a few at a time, by consumers that are kept. May be used by several threads; each
 * call waits for a free consumer.
 */
public final class RecordReader implements AutoCloseable {
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    private final String topic;
    private final Duration patience;
    private final BlockingQueue<Optional<Consumer<byte[], byte[]>>> free = new LinkedBlockingQueue<>();
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private volatile boolean closed;

    /**
     * Reads with so many consumers, of which each is made when it is needed for the first time.
     *
     * @param consumers makes a consumer that takes one record at a time and does not move to an offset of its own choice
     * @param patience how long a call may wait for a free consumer, and then for its record
     */
    RecordReader(String topic, int most, Supplier<Consumer<byte[], byte[]>> consumers, Duration patience) {
        this.topic = topic;
        this.consumers = consumers;
        this.patience = patience;
        for (int at = 0; at < most; at++) {
            free.add(Optional.empty());
        }
    }

    /**
     * The record at a place that the topic has reached; empty where the topic has none there.
     *
     * @throws AuditException when it cannot be read, or no consumer is free in time
     */
    public Optional<ConsumerRecord<byte[], byte[]>> read(int partition, long offset) {
        Optional<Consumer<byte[], byte[]>> taken;
        try {
            taken = free.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException("interrupted", e);
        }
        if (taken == null) {
            String busy = "as many records of %s are being read as may be at a time".formatted(topic);
            throw new AuditException(busy, new TimeoutException(busy));
        }
        Optional<Consumer<byte[], byte[]>> back = taken;
        try {
            Consumer<byte[], byte[]> consumer = taken.orElseGet(consumers);
            back = Optional.of(consumer);
            return read(consumer, new TopicPartition(topic, partition), offset);
        } catch (KafkaException e) {
            throw new AuditException(
                    "%s cannot be read at offset %d of partition %d: %s"
                            .formatted(topic, offset, partition, Texts.reason(e)),
                    e);
        } finally {
            free.add(back);
            if (closed) {
                closeAll();
            }
        }
    }

    private Optional<ConsumerRecord<byte[], byte[]>> read(
            Consumer<byte[], byte[]> consumer, TopicPartition at, long offset) {
        consumer.assign(List.of(at));
        consumer.seek(at, offset);
        long begun = System.nanoTime();
        try {
            while (System.nanoTime() - begun < patience.toNanos()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(AT_ONCE)) {
                    return record.offset() == offset ? Optional.of(record) : Optional.empty();
                }
            }
        } catch (OffsetOutOfRangeException e) {
            return Optional.empty();
        }
        String nothing = "nothing came from offset %d of %s for %d s".formatted(offset, at, patience.toSeconds());
        throw new AuditException(nothing, new TimeoutException(nothing));
    }

    /** Closes the consumers, those that are in use when their calls return. */
    @Override
    public void close() {
        closed = true;
        closeAll();
    }

    private void closeAll() {
        for (var one = free.poll(); one != null; one = free.poll()) {
            one.ifPresent(Consumer::close);
        }
    }
}
