// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.streams.topology.rows.VoterKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Up to where the votes of one partition are decided, kept as a row in the store of voters. Whoever finds this row in a store,
 * or in a copy of it, finds the rows of all votes below its offset as well, since the changelog has all puts in their order.
 *
 * <p>The row is put at most ten times a second. A value that was not put before the instance ended is put after the next start:
 * it is then taken from the tally's position, which is committed together with the voters.
 */
public final class VotersPosition {
    /** The interval at which the row is put while votes come in. */
    static final Duration PUT_EVERY = Duration.ofMillis(100);

    /** The key of the row. It is shorter than any {@link VoterKey}. */
    private static final byte[] KEY = "//decided".getBytes(StandardCharsets.US_ASCII);

    private final KeyValueStore<byte[], byte[]> voters;
    private final EmitTimer timer;
    private long nextOffset;

    /** @param countedTo the next offset that the tally is to count */
    VotersPosition(ProcessorContext<?, ?> context, KeyValueStore<byte[], byte[]> voters, long countedTo) {
        long stored = of(voters);
        this.voters = voters;
        this.nextOffset = Math.max(countedTo, stored);
        this.timer = new EmitTimer(context, PUT_EVERY, Duration.ZERO, nowMs -> put());
        if (stored < nextOffset) {
            timer.start();
        }
    }

    /** Notes that the record at this offset is decided. It may be one that was decided before, when the log is read again. */
    void decided(long offset) {
        if (offset >= nextOffset) {
            nextOffset = offset + 1;
            timer.start();
        }
    }

    private void put() {
        voters.put(KEY, ByteBuffer.allocate(Long.BYTES).putLong(nextOffset).array());
    }

    /** The offset below which this store has the row of every vote; 0 when nothing is known. */
    public static long of(ReadOnlyKeyValueStore<byte[], byte[]> voters) {
        byte @Nullable [] row = voters.get(KEY);
        return row == null ? 0 : ByteBuffer.wrap(row).getLong();
    }
}
