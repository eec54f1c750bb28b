package io.votelog.auditor;

import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

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
     * Gives the committed records of a partition in the order in which they stand there.
     *
     * @throws AuditException when they cannot be read
     */
    void read(Span span, Consumer<ConsumerRecord<byte[], byte[]>> reader);

    @Override
    void close();
}
