// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.MinuteTurnout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The growth of one ballot's turnout in one partition, within the hour of the newest vote counted. The row {@code <id>/turnout}
 * has the minutes that are over. The running minute ends with the totals that the tally's head has anyway, so a vote puts this
 * row only when it is the first of its minute.
 *
 * <p>Bytes: a version (1), then for each minute its number within the hour (1), and the votes received (8) and accepted (8) up
 * to its end. Numbers are big-endian.
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

    /** Reads the minutes from the store; a new ballot has none. */
    BallotTurnout(KeyValueStore<String, byte[]> store, String ballotId) {
        this.store = store;
        this.key = ballotId + ROW;
        this.over = decode(store.get(key));
    }

    /** The start of the hour that contains this moment; both in milliseconds since 1970. */
    static long hourMs(long timeMs) {
        return timeMs - timeMs % HOUR_MS;
    }

    /**
     * Ends the running minute when the next vote falls into a later one; when it falls into a later hour, the hour's minutes
     * are dropped.
     *
     * @param newestMs the append time of the newest vote counted, milliseconds since 1970
     * @param nextMs the larger of newestMs and the append time of the vote that is counted next
     * @param received votes received before that next vote
     * @param accepted votes accepted before that next vote
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

    /** The minutes of the hour that are over, followed by the running minute with these totals. */
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
