// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.auditor.report.AuditException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Where a log is read from: a broker, or a dump. May be used by several threads. */
public interface LogSource extends AutoCloseable {
    /** What {@link #timestampType} says of a log whose votes have the broker's time. */
    String LOG_APPEND_TIME = "LogAppendTime";

    /** What it is called in a report. */
    String name();

    /**
     * The partitions of a topic as they are now, in their order; none where there is no such topic.
     *
     * @throws AuditException when it cannot be told
     */
    List<OffsetRange> ranges(String topic);

    /**
     * The committed records of a partition in the order in which they stand there.
     *
     * @throws AuditException when they cannot be read
     */
    Records open(OffsetRange range);

    /**
     * Gives all of {@link #open}.
     *
     * @throws AuditException when they cannot be read
     */
    default void read(OffsetRange range, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (Records records = open(range)) {
            for (var record = records.next(); record != null; record = records.next()) {
                reader.accept(record);
            }
        }
    }

    /**
     * How far those who count have come in votes; nothing where that is not known. What it names was committed before this call
     * returns, so what was committed before it stands in what is read behind it.
     *
     * @param group the consumer group that counts, where the source does not say which one it is
     * @throws AuditException when it cannot be told
     */
    default Optional<CountedOffsets> counted(String group) {
        return Optional.empty();
    }

    /**
     * How far those who add up partitions had come; nothing where that is not known.
     *
     * @param group the consumer group that counts, where the source does not say which one it is
     * @throws AuditException when it cannot be told
     */
    default Optional<MergedOffsets> merged(String group) {
        return Optional.empty();
    }

    /** Whether records may come while it is read. */
    default boolean grows() {
        return false;
    }

    /**
     * Whether {@link #ranges} of what follows from votes, asked for before those of votes, end where that was so: then what they
     * hold follows from votes that are there.
     */
    default boolean derivedTopicsFirst() {
        return true;
    }

    /** Whose times votes are to have, as Kafka's {@code message.timestamp.type} names it; nothing where that is not known. */
    default Optional<String> timestampType() {
        return Optional.of(LOG_APPEND_TIME);
    }

    @Override
    void close();

    /** Records that are read one after the other, by one thread. */
    interface Records extends AutoCloseable {
        /**
         * The next one; null behind the last.
         *
         * @throws AuditException when it cannot be read
         */
        @Nullable
        ConsumerRecord<byte[], byte[]> next();

        @Override
        void close();
    }
}
