// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Follows one partition as it grows, record by record. Used by one thread. */
public final class PartitionTail implements AutoCloseable {
    private static final Duration GRACE = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition at;
    private final Duration patience;
    private final Runnable onPoll;
    private Iterator<ConsumerRecord<byte[], byte[]>> polled =
            List.<ConsumerRecord<byte[], byte[]>>of().iterator();
    private @Nullable ConsumerRecord<byte[], byte[]> head;
    private long position;

    /**
     * Begins at offset 0.
     *
     * @param consumer closed with this object; it is assigned the partition and nothing else
     * @param patience how long to wait for a record that is known to exist
     * @param onPoll is called each time before it asks for records
     */
    PartitionTail(Consumer<byte[], byte[]> consumer, TopicPartition at, Duration patience, Runnable onPoll) {
        this.consumer = consumer;
        this.at = at;
        this.patience = patience;
        this.onPoll = onPoll;
        consumer.assign(List.of(at));
        seek(0);
    }

    /** Moves to the record with this offset, or to the first one after it. */
    public void seek(long offset) {
        if (offset != position || offset == 0) {
            consumer.seek(at, offset);
            polled = List.<ConsumerRecord<byte[], byte[]>>of().iterator();
            head = null;
            position = offset;
        }
    }

    /**
     * The next record, without moving past it; {@link #take} does that.
     *
     * @param end an offset that the partition has reached
     * @return null when no committed record is left below the end
     * @throws AuditException when no record came in time although the end is not reached
     */
    @Nullable
    public ConsumerRecord<byte[], byte[]> peek(long end) {
        if (head == null) {
            head = poll(end);
        }
        return head != null && head.offset() < end ? head : null;
    }

    /** Moves past the record that {@link #peek} returned last. */
    public void take() {
        if (head != null) {
            position = head.offset() + 1;
            head = null;
        }
    }

    private @Nullable ConsumerRecord<byte[], byte[]> poll(long end) {
        if (polled.hasNext()) {
            return polled.next();
        }
        try {
            long progressNs = System.nanoTime();
            while (!polled.hasNext()) {
                // The consumer's position is compared, not the last record's offset: the last offset may be a
                // transaction marker or an aborted record.
                onPoll.run();
                long before = consumer.position(at, patience);
                if (before >= end) {
                    return null;
                }
                polled = consumer.poll(GRACE).iterator();
                if (consumer.position(at, patience) > before) {
                    progressNs = System.nanoTime();
                } else if (System.nanoTime() - progressNs > patience.toNanos()) {
                    String nothing = "nothing comes behind offset %d of %s for %d s; its end is %d"
                            .formatted(before, at, patience.toSeconds(), end);
                    throw new AuditException(nothing, new TimeoutException(nothing));
                }
            }
            return polled.next();
        } catch (KafkaException e) {
            throw new AuditException("%s cannot be read: %s".formatted(at, Texts.reason(e)), e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
