// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.schemas.Topics;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A log that was restored from a dump, read beside it. Brokers keep the times of restored records, and say of them that their writer named
 * them. A record of votes that is the dump's, byte for byte, has the time that the dump has, whoever named it here; any other record is taken as
 * the brokers tell it.
 */
public final class RestoredSource implements LogSource {
    private final LogSource log;
    private final LogSource dump;

    /**
     * @param log the brokers that it was restored to; closed with this source
     * @param dump what it was restored from; closed with this source
     */
    public RestoredSource(LogSource log, LogSource dump) {
        this.log = log;
        this.dump = dump;
    }

    @Override
    public String name() {
        return "%s, restored from %s".formatted(log.name(), dump.name());
    }

    @Override
    public List<OffsetRange> ranges(String topic) {
        return log.ranges(topic);
    }

    @Override
    public Optional<CountedOffsets> counted(String group) {
        return log.counted(group);
    }

    @Override
    public Optional<MergedOffsets> merged(String group) {
        return log.merged(group);
    }

    @Override
    public boolean grows() {
        return log.grows();
    }

    @Override
    public boolean derivedTopicsFirst() {
        return log.derivedTopicsFirst();
    }

    @Override
    public Optional<String> timestampType() {
        return log.timestampType();
    }

    @Override
    public Records stored(OffsetRange range) {
        Records records = log.stored(range);
        if (!range.topic().equals(Topics.VOTES.name())) {
            return records;
        }
        return dump.ranges(range.topic()).stream()
                .filter(copied -> copied.partition() == range.partition())
                .findFirst()
                .map(copied -> compared(records, copied))
                .orElse(records);
    }

    private Records compared(Records records, OffsetRange copied) {
        try {
            return new Compared(records, dump.stored(copied));
        } catch (RuntimeException e) {
            records.close();
            throw e;
        }
    }

    private static final class Compared implements Records {
        private final Records restored;
        private final Records copy;
        private @Nullable ConsumerRecord<byte[], byte[]> next;
        private boolean over;

        Compared(Records restored, Records copy) {
            this.restored = restored;
            this.copy = copy;
        }

        @Override
        public @Nullable ConsumerRecord<byte[], byte[]> next() {
            ConsumerRecord<byte[], byte[]> record = restored.next();
            ConsumerRecord<byte[], byte[]> copied = record == null ? null : copiedAt(record.offset());
            return record != null && copied != null && isSame(record, copied) ? stampedAs(copied, record) : record;
        }

        private @Nullable ConsumerRecord<byte[], byte[]> copiedAt(long offset) {
            while (!over && (next == null || next.offset() < offset)) {
                next = copy.next();
                over = next == null;
            }
            return next != null && next.offset() == offset ? next : null;
        }

        private static boolean isSame(ConsumerRecord<byte[], byte[]> one, ConsumerRecord<byte[], byte[]> other) {
            return one.timestamp() == other.timestamp()
                    && Arrays.equals(one.key(), other.key())
                    && Arrays.equals(one.value(), other.value())
                    && Arrays.equals(one.headers().toArray(), other.headers().toArray());
        }

        private static ConsumerRecord<byte[], byte[]> stampedAs(
                ConsumerRecord<byte[], byte[]> copied, ConsumerRecord<byte[], byte[]> record) {
            TimestampType type = copied.timestampType();
            return type == record.timestampType()
                    ? record
                    : new ConsumerRecord<>(
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            record.timestamp(),
                            type,
                            record.serializedKeySize(),
                            record.serializedValueSize(),
                            record.key(),
                            record.value(),
                            record.headers(),
                            record.leaderEpoch());
        }

        @Override
        public void close() {
            try (restored) {
                copy.close();
            }
        }
    }

    @Override
    public void close() {
        try (log) {
            dump.close();
        }
    }
}
