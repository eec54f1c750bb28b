// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records in memory, as a log that offsets and partitions may be missing from.
 *
 * @param records those of a partition in the order of their offsets
 */
public record MemoryLog(List<ConsumerRecord<byte[], byte[]>> records) implements LogSource {
    public MemoryLog {
        records = List.copyOf(records);
    }

    @Override
    public String name() {
        return "records in memory";
    }

    @Override
    public List<OffsetRange> ranges(String topic) {
        return records.stream()
                .filter(record -> record.topic().equals(topic))
                .map(ConsumerRecord::partition)
                .distinct()
                .map(partition -> range(topic, partition))
                .toList();
    }

    private OffsetRange range(String topic, int partition) {
        List<ConsumerRecord<byte[], byte[]>> all = of(topic, partition);
        return new OffsetRange(
                topic, partition, all.get(0).offset(), all.get(all.size() - 1).offset() + 1);
    }

    private List<ConsumerRecord<byte[], byte[]>> of(String topic, int partition) {
        return records.stream()
                .filter(record -> record.topic().equals(topic) && record.partition() == partition)
                .toList();
    }

    @Override
    public Records stored(OffsetRange range) {
        var left = of(range.topic(), range.partition()).iterator();
        return new Records() {
            @Override
            public @Nullable ConsumerRecord<byte[], byte[]> next() {
                return left.hasNext() ? left.next() : null;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
