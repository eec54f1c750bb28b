// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.auditor.report.AuditException;
import io.votelog.schemas.registry.RegistryForm;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Where a log is read from: a broker or a dump. May be used by several threads. */
public interface LogSource extends AutoCloseable {
    /** The {@link #timestampType} of a log whose records have the broker's time. */
    String LOG_APPEND_TIME = "LogAppendTime";

    /** The name of the source in reports. */
    String name();

    /**
     * The partitions of a topic with their present begins and ends, in order of their numbers; empty where the topic
     * does not exist.
     *
     * @throws AuditException when the source cannot be read
     */
    List<OffsetRange> ranges(String topic);

    /**
     * The committed records of a partition in the order of their offsets, as they stand there. Who copies a log reads them so.
     *
     * @throws AuditException when they cannot be read
     */
    Records stored(OffsetRange range);

    /**
     * The same records with each event in single-object encoding, in whichever form it stands there, see {@link RegistryForm}.
     *
     * @throws AuditException when they cannot be read
     */
    default Records open(OffsetRange range) {
        Records stored = stored(range);
        return new Records() {
            @Override
            public @Nullable ConsumerRecord<byte[], byte[]> next() {
                ConsumerRecord<byte[], byte[]> record = stored.next();
                return record == null ? null : RegistryForm.toSingleObject(record);
            }

            @Override
            public void close() {
                stored.close();
            }
        };
    }

    /**
     * Passes every record of {@link #open} to a reader.
     *
     * @throws AuditException when they cannot be read
     */
    default void read(OffsetRange range, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (Records records = open(range)) {
            records.pass(reader);
        }
    }

    /**
     * Passes every record of {@link #stored} to a reader.
     *
     * @throws AuditException when they cannot be read
     */
    default void readStored(OffsetRange range, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (Records records = stored(range)) {
            records.pass(reader);
        }
    }

    /**
     * How far the streams apps have counted votes; empty where that is not known. The offsets were committed before
     * this call returns. So everything that was committed with them is found by whoever reads after this call.
     *
     * @param group the consumer group that counts, where the source does not say which one it is
     * @throws AuditException when the source cannot be read
     */
    default Optional<CountedOffsets> counted(String group) {
        return Optional.empty();
    }

    /**
     * How far tallies have been merged into results; empty where that is not known.
     *
     * @param group the consumer group that counts, where the source does not say which one it is
     * @throws AuditException when the source cannot be read
     */
    default Optional<MergedOffsets> merged(String group) {
        return Optional.empty();
    }

    /** Whether records may be appended while the log is read. */
    default boolean grows() {
        return false;
    }

    /**
     * Whether the ends of topics that are derived from votes, such as decisions, were noted before the end of votes, if
     * {@link #ranges} is called in that order. Then every record up to those ends is derived from a vote that this
     * source holds.
     */
    default boolean derivedTopicsFirst() {
        return true;
    }

    /**
     * Kafka's setting {@code message.timestamp.type} of votes, which says who sets the records' timestamps; empty where
     * it is not known.
     */
    default Optional<String> timestampType() {
        return Optional.of(LOG_APPEND_TIME);
    }

    @Override
    void close();

    /** An open read of one partition. Used by one thread. */
    interface Records extends AutoCloseable {
        /**
         * The next record; null after the last.
         *
         * @throws AuditException when it cannot be read
         */
        @Nullable
        ConsumerRecord<byte[], byte[]> next();

        private void pass(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
            for (var record = next(); record != null; record = next()) {
                reader.accept(record);
            }
        }

        @Override
        void close();
    }
}
