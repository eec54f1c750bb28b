// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.rows;

import java.nio.ByteBuffer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Up to where one partition of the log is counted, and what it takes to notice that a record below that offset is not the one
 * that was counted.
 *
 * <p>Bytes: a version (1), then the components in their order (8 each, big-endian; the topic's id 16, zeros when it is not
 * known). Rows that were written before versions existed have the first two components alone.
 *
 * @param nextOffset the next offset that is to be counted
 * @param missing how many offsets the log skipped
 * @param replaced how many records below nextOffset were not there when their offsets were counted
 * @param replacedTo the offset behind the last replaced record
 * @param newestMs the latest append time of the records from timedFrom up to nextOffset, milliseconds since 1970
 * @param timedFrom the offset from which append times are known
 * @param topicId the id of the topic that was counted, when it is known
 */
public record PartitionPosition(
        long nextOffset,
        long missing,
        long replaced,
        long replacedTo,
        long newestMs,
        long timedFrom,
        @Nullable Uuid topicId) {
    /** The key of the position in the store of partition tallies. */
    public static final String KEY = "//position";

    /** The position before the first record of a partition. */
    public static final PartitionPosition START = new PartitionPosition(0, 0, 0, 0, Long.MIN_VALUE, 0, null);

    private static final byte VERSION = 2;
    private static final int LENGTH = 1 + 8 * Long.BYTES;
    private static final int LENGTH_BEFORE_VERSIONS = 2 * Long.BYTES;

    /** The position behind this record, whose offset is nextOffset or above it. */
    public PartitionPosition after(long offset, long recordedAtMs) {
        return new PartitionPosition(
                offset + 1,
                missing + (offset - nextOffset),
                replaced,
                replacedTo,
                Math.max(newestMs, recordedAtMs),
                timedFrom,
                topicId);
    }

    /** The same position, in the topic with this id. */
    public PartitionPosition in(Uuid topic) {
        return new PartitionPosition(nextOffset, missing, replaced, replacedTo, newestMs, timedFrom, topic);
    }

    /**
     * Whether a record below this position was appended after all that was counted: then it is not the record that was counted
     * at its offset.
     */
    public boolean isOlderThan(long offset, long recordedAtMs) {
        return offset >= timedFrom && recordedAtMs > newestMs;
    }

    /**
     * The position after the record at this offset, which is below nextOffset, was found to be replaced. A record is counted as
     * replaced once.
     */
    public PartitionPosition withReplaced(long offset) {
        return offset < replacedTo
                ? this
                : new PartitionPosition(nextOffset, missing, replaced + 1, offset + 1, newestMs, timedFrom, topicId);
    }

    /** The position after all records that were counted were found to be replaced. */
    public PartitionPosition withAllReplaced() {
        return new PartitionPosition(
                nextOffset, missing, Math.max(replaced, nextOffset), nextOffset, newestMs, timedFrom, topicId);
    }

    /** The row as the store keeps it; {@link #decode} reads it. */
    public byte[] encode() {
        Uuid topic = topicId == null ? Uuid.ZERO_UUID : topicId;
        return ByteBuffer.allocate(LENGTH)
                .put(VERSION)
                .putLong(nextOffset)
                .putLong(missing)
                .putLong(replaced)
                .putLong(replacedTo)
                .putLong(newestMs)
                .putLong(timedFrom)
                .putLong(topic.getMostSignificantBits())
                .putLong(topic.getLeastSignificantBits())
                .array();
    }

    /**
     * Decodes a position; null is the position at the start of the log.
     *
     * @throws IllegalStateException when the bytes are no position: the store is damaged, or a newer version wrote it
     */
    public static PartitionPosition decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return START;
        }
        ByteBuffer row = ByteBuffer.wrap(bytes);
        if (bytes.length == LENGTH_BEFORE_VERSIONS) {
            long nextOffset = row.getLong();
            return new PartitionPosition(nextOffset, row.getLong(), 0, 0, Long.MIN_VALUE, nextOffset, null);
        }
        byte version = row.get();
        if (version != VERSION || bytes.length != LENGTH) {
            throw new IllegalStateException("a position's row is of version %d; this build knows versions 1 and %d"
                    .formatted(version, VERSION));
        }
        return new PartitionPosition(
                row.getLong(),
                row.getLong(),
                row.getLong(),
                row.getLong(),
                row.getLong(),
                row.getLong(),
                topic(row.getLong(), row.getLong()));
    }

    private static @Nullable Uuid topic(long mostSignificant, long leastSignificant) {
        Uuid id = new Uuid(mostSignificant, leastSignificant);
        return id.equals(Uuid.ZERO_UUID) ? null : id;
    }
}
