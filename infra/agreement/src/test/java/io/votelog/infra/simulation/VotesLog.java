// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import io.votelog.schemas.Topics;
import io.votelog.streams.topology.voters.VotesTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** The topic of votes. */
final class VotesLog implements VotesTopic {
    private static final byte[] NO_KEY = {};

    private final Uuid id;
    private final List<List<ConsumerRecord<byte[], byte[]>>> records = new ArrayList<>();
    private final long[] ends;

    VotesLog(Uuid id, int partitions) {
        this.id = id;
        this.ends = new long[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            records.add(new ArrayList<>());
        }
    }

    int partitions() {
        return ends.length;
    }

    void append(int partition, byte[] key, byte[] value, long recordedAtMs) {
        records.get(partition).add(record(partition, ends[partition]++, recordedAtMs, key, value));
    }

    /** Leaves a gap of one offset, which a sound log does not have. */
    void skip(int partition) {
        ends[partition]++;
    }

    private static ConsumerRecord<byte[], byte[]> record(
            int partition, long offset, long recordedAtMs, byte[] key, byte[] value) {
        return new ConsumerRecord<>(
                Topics.VOTES.name(),
                partition,
                offset,
                recordedAtMs,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    /** The records of a partition. */
    List<ConsumerRecord<byte[], byte[]>> records(int partition) {
        return records.get(partition);
    }

    /** The place of the first record at this offset or behind it, among the records of its partition. */
    int placeOf(int partition, long offset) {
        List<ConsumerRecord<byte[], byte[]>> all = records.get(partition);
        int place = (int) Math.min(offset, all.size());
        while (place > 0 && all.get(place - 1).offset() >= offset) {
            place--;
        }
        return place;
    }

    /** The offset behind the last record. */
    long written(int partition) {
        List<ConsumerRecord<byte[], byte[]>> all = records.get(partition);
        return all.isEmpty() ? 0 : all.get(all.size() - 1).offset() + 1;
    }

    /** The records from one offset up to another, as the consumer that restores hands them on: those without a key have an empty one. */
    List<ConsumerRecord<byte[], byte[]>> toRestore(int partition, long from, long to) {
        List<ConsumerRecord<byte[], byte[]>> all = records.get(partition);
        List<ConsumerRecord<byte[], byte[]>> handed = new ArrayList<>();
        for (int place = placeOf(partition, from);
                place < all.size() && all.get(place).offset() < to;
                place++) {
            ConsumerRecord<byte[], byte[]> record = all.get(place);
            handed.add(
                    record.key() != null
                            ? record
                            : record(partition, record.offset(), record.timestamp(), NO_KEY, record.value()));
        }
        return handed;
    }

    @Override
    public long endOffset(int partition) {
        return ends[partition];
    }

    @Override
    public Uuid id() {
        return id;
    }

    @Override
    public Uuid lastSeenId() {
        return id;
    }
}
