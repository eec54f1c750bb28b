// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Up to where the votes of one partition are decided, kept as a row among the voters: whoever finds it finds the rows of all
 * votes below its offset. That holds in a copy of the store too, for the changelog has the puts in their order.
 *
 * <p>It follows the decisions some ten times a second. What was not put when the instance ends is put after the next start,
 * by the tally's position, which is committed together with the voters.
 */
public final class VotersPosition {
    /** How often the row is put while votes come. */
    static final Duration PUT_EVERY = Duration.ofMillis(100);

    /** Shorter than any {@link VoterKey}. */
    private static final byte[] KEY = "//decided".getBytes(StandardCharsets.US_ASCII);

    private final KeyValueStore<byte[], byte[]> voters;
    private final EmitTimer timer;
    private long nextOffset;

    /** @param countedTo the offset that the tally expects next */
    VotersPosition(ProcessorContext<?, ?> context, KeyValueStore<byte[], byte[]> voters, long countedTo) {
        long marked = of(voters);
        this.voters = voters;
        this.nextOffset = Math.max(countedTo, marked);
        this.timer = new EmitTimer(context, PUT_EVERY, Duration.ZERO, nowMs -> put());
        if (marked < nextOffset) {
            timer.start();
        }
    }

    /** The record at this offset is decided. It may have been before, when the log is read again. */
    void decided(long offset) {
        if (offset >= nextOffset) {
            nextOffset = offset + 1;
            timer.start();
        }
    }

    private void put() {
        voters.put(KEY, ByteBuffer.allocate(Long.BYTES).putLong(nextOffset).array());
    }

    /** The offset below which every vote's row is in this store; 0 where nothing is known. */
    public static long of(ReadOnlyKeyValueStore<byte[], byte[]> voters) {
        byte @Nullable [] row = voters.get(KEY);
        return row == null ? 0 : ByteBuffer.wrap(row).getLong();
    }
}
