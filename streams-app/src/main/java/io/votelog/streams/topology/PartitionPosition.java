// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.nio.ByteBuffer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Up to where one partition of the log is counted, and what it takes to see that a record below there is not the one that was
 * counted.
 *
 * <p>Bytes: a version (1), then the components in their order (8 each, big-endian; the topic's id 16, zeros where it is not known).
 * Rows from before there were versions have the first two components alone.
 *
 * @param nextOffset the offset that is expected next
 * @param missing offsets that the log skipped
 * @param replaced records that came below nextOffset and had not stood there when it was counted
 * @param replacedTo the offset behind the last of them
 * @param newestMs the latest append time of the records from timedFrom up to nextOffset, milliseconds since 1970
 * @param timedFrom the offset from which append times are known
 * @param topicId the topic that was counted, where it is known
 */
public record PartitionPosition(
        long nextOffset,
        long missing,
        long replaced,
        long replacedTo,
        long newestMs,
        long timedFrom,
        @Nullable Uuid topicId) {
    /** Where it stands in the store of partition tallies. */
    public static final String KEY = "//position";

    static final PartitionPosition START = new PartitionPosition(0, 0, 0, 0, Long.MIN_VALUE, 0, null);

    private static final byte VERSION = 2;
    private static final int LENGTH = 1 + 8 * Long.BYTES;
    private static final int LENGTH_BEFORE_VERSIONS = 2 * Long.BYTES;

    /** The position behind this record, which is not below the next one. */
    PartitionPosition after(long offset, long recordedAtMs) {
        return new PartitionPosition(
                offset + 1,
                missing + (offset - nextOffset),
                replaced,
                replacedTo,
                Math.max(newestMs, recordedAtMs),
                timedFrom,
                topicId);
    }

    /** The same position, of this topic. */
    PartitionPosition in(Uuid topic) {
        return new PartitionPosition(nextOffset, missing, replaced, replacedTo, newestMs, timedFrom, topic);
    }

    /** Whether a record below this position was appended after all that was counted. A record that was counted was not. */
    boolean isOlderThan(long offset, long recordedAtMs) {
        return offset >= timedFrom && recordedAtMs > newestMs;
    }

    /** The position when the record at this offset, below it, is not the one that was counted; the same when that is known. */
    PartitionPosition withReplaced(long offset) {
        return offset < replacedTo
                ? this
                : new PartitionPosition(nextOffset, missing, replaced + 1, offset + 1, newestMs, timedFrom, topicId);
    }

    /** The position when none of the records that were counted stands in the log any more. */
    PartitionPosition withAllReplaced() {
        return new PartitionPosition(
                nextOffset, missing, Math.max(replaced, nextOffset), nextOffset, newestMs, timedFrom, topicId);
    }

    byte[] encode() {
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
     * The position in these bytes; the start where there are none.
     *
     * @throws IllegalStateException when they are no position: the store is damaged, or written by a newer version
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
