package io.votelog.streams.topology;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Up to where one partition of the log is counted.
 *
 * @param nextOffset the offset that is expected next
 * @param missing offsets that the log skipped
 */
public record PartitionPosition(long nextOffset, long missing) {
    /** Where it stands in the store of partition tallies. */
    public static final String KEY = "//position";

    static final PartitionPosition START = new PartitionPosition(0, 0);

    /** The position behind this offset, which is not below the next one. */
    PartitionPosition after(long offset) {
        return new PartitionPosition(offset + 1, missing + (offset - nextOffset));
    }

    byte[] encode() {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(nextOffset)
                .putLong(missing)
                .array();
    }

    /** The position in these bytes; the start where there are none. */
    public static PartitionPosition decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return START;
        }
        ByteBuffer row = ByteBuffer.wrap(bytes);
        return new PartitionPosition(row.getLong(), row.getLong());
    }
}
