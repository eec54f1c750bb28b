// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.MinuteTurnout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * How one ballot's turnout grew in one partition, within the hour of the newest vote counted: the minutes that are over, in
 * the row {@code <id>/turnout}. The running minute ends with the counts that the tally keeps anyway, so a vote puts this row
 * only where it is the first of its minute.
 *
 * <p>Bytes: a version (1), then for each minute its number in the hour (1), received (8) and accepted (8) at its end.
 */
final class BallotTurnout {
    static final String ROW = "/turnout";

    private static final byte VERSION = 1;
    private static final int MINUTE_LENGTH = 1 + 2 * Long.BYTES;
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;

    private final KeyValueStore<String, byte[]> store;
    private final String key;
    private final List<MinuteTurnout> over;

    /** The minutes that stand in the store; none of a ballot that is new. */
    BallotTurnout(KeyValueStore<String, byte[]> store, String ballotId) {
        this.store = store;
        this.key = ballotId + ROW;
        this.over = decode(store.get(key));
    }

    /** The start of the hour that this moment is in. */
    static long hourMs(long timeMs) {
        return timeMs - timeMs % HOUR_MS;
    }

    /**
     * Ends the running minute, and its hour, unless the next vote is in it too.
     *
     * @param newestMs append time of the newest vote counted
     * @param nextMs the same with the vote that is counted next; not below it
     * @param received without that vote
     * @param accepted without that vote
     */
    void advance(long newestMs, long nextMs, long received, long accepted) {
        if (nextMs / MINUTE_MS == newestMs / MINUTE_MS) {
            return;
        }
        if (hourMs(nextMs) == hourMs(newestMs)) {
            over.add(minute(newestMs, received, accepted));
        } else {
            over.clear();
        }
        store.put(key, encode());
    }

    /** The minutes that are over, and the running one with the counts as of now. */
    List<MinuteTurnout> minutes(long newestMs, long received, long accepted) {
        List<MinuteTurnout> minutes = new ArrayList<>(over);
        minutes.add(minute(newestMs, received, accepted));
        return minutes;
    }

    private static MinuteTurnout minute(long timeMs, long received, long accepted) {
        return new MinuteTurnout((int) (timeMs % HOUR_MS / MINUTE_MS), received, accepted);
    }

    private byte[] encode() {
        ByteBuffer row = ByteBuffer.allocate(1 + MINUTE_LENGTH * over.size()).put(VERSION);
        for (MinuteTurnout minute : over) {
            row.put((byte) minute.getMinute()).putLong(minute.getReceived()).putLong(minute.getAccepted());
        }
        return row.array();
    }

    private static List<MinuteTurnout> decode(byte @Nullable [] bytes) {
        List<MinuteTurnout> minutes = new ArrayList<>();
        if (bytes == null) {
            return minutes;
        }
        ByteBuffer row = ByteBuffer.wrap(bytes);
        byte version = row.get();
        if (version != VERSION) {
            throw new IllegalStateException(
                    "a turnout's row is of version %d; this build knows version %d".formatted(version, VERSION));
        }
        while (row.hasRemaining()) {
            minutes.add(new MinuteTurnout((int) row.get(), row.getLong(), row.getLong()));
        }
        return minutes;
    }
}
