package io.votelog.auditor;

import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Where a log is read from: a broker, or a dump. May be used by several threads. */
interface LogSource extends AutoCloseable {
    /** What it is called in a report. */
    String name();

    /**
     * The partitions of a topic as they are now, in their order; none where there is no such topic.
     *
     * @throws AuditException when it cannot be told
     */
    List<Span> spans(String topic);

    /**
     * The committed records of a partition in the order in which they stand there.
     *
     * @throws AuditException when they cannot be read
     */
    Records open(Span span);

    /**
     * Gives all of {@link #open}.
     *
     * @throws AuditException when they cannot be read
     */
    default void read(Span span, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (Records records = open(span)) {
            for (var record = records.next(); record != null; record = records.next()) {
                reader.accept(record);
            }
        }
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
