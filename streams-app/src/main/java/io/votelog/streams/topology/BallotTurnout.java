// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.MinuteTurnout;
import io.votelog.events.QuarterVotes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The growth of one ballot's turnout and of its options' votes in one partition, within the hour of the newest vote counted. The row
 * {@code <id>/turnout} has the minutes that are over, the row {@code <id>/quarters} the quarters of the hour. The running minute and
 * quarter end with the totals that the tally has anyway, so a vote puts these rows only when it is the first of its minute or quarter.
 *
 * <p>Bytes of the minutes: a version (1), then for each minute its number within the hour (1), and the votes received (8) and accepted
 * (8) up to its end. Bytes of the quarters: a version (1), then for each quarter its number within the hour (1), the votes received (8)
 * up to its end, by which it is found whether it belongs to the minutes, and the votes (8) of each option at its end. Numbers are
 * big-endian.
 */
final class BallotTurnout {
    static final String ROW = "/turnout";
    static final String QUARTERS_ROW = "/quarters";

    private static final byte VERSION = 1;
    private static final int MINUTE_LENGTH = 1 + 2 * Long.BYTES;
    private static final long MINUTE_MS = 60_000;
    private static final int MINUTES_OF_QUARTER = 15;
    private static final long QUARTER_MS = MINUTES_OF_QUARTER * MINUTE_MS;
    private static final long HOUR_MS = 60 * MINUTE_MS;

    private final KeyValueStore<String, byte[]> store;
    private final String key;
    private final String quartersKey;
    private final List<MinuteTurnout> over;
    private final List<Quarter> quartersOver;
    private final int optionCount;

    /** A quarter that is over, and the votes received up to its end. */
    private record Quarter(QuarterVotes votes, long received) {}

    /**
     * Reads the minutes and quarters from the store; a new ballot has none.
     *
     * @param optionCount how many options there are whose votes are told; 0 where the ballot hides them
     */
    BallotTurnout(KeyValueStore<String, byte[]> store, String ballotId, int optionCount) {
        this.store = store;
        this.key = ballotId + ROW;
        this.quartersKey = ballotId + QUARTERS_ROW;
        this.over = decode(store.get(key));
        this.quartersOver = decodeQuarters(store.get(quartersKey), optionCount);
        this.optionCount = optionCount;
    }

    /** The start of the hour that contains this moment; both in milliseconds since 1970. */
    static long hourMs(long timeMs) {
        return timeMs - timeMs % HOUR_MS;
    }

    /**
     * Ends the running minute and quarter when the next vote falls into later ones; when it falls into a later hour, those of the hour are
     * dropped.
     *
     * @param newestMs the append time of the newest vote counted, milliseconds since 1970
     * @param nextMs the larger of newestMs and the append time of the vote that is counted next
     * @param received votes received before that next vote
     * @param accepted votes accepted before that next vote
     * @param votes the votes of each option before that next vote
     */
    void advance(long newestMs, long nextMs, long received, long accepted, long[] votes) {
        if (nextMs / MINUTE_MS == newestMs / MINUTE_MS) {
            return;
        }
        boolean sameHour = hourMs(nextMs) == hourMs(newestMs);
        if (sameHour) {
            over.add(minute(newestMs, received, accepted));
        } else {
            over.clear();
        }
        store.put(key, encode());
        if (optionCount > 0 && nextMs / QUARTER_MS != newestMs / QUARTER_MS) {
            if (sameHour) {
                quartersOver.add(new Quarter(quarter(newestMs, votes), received));
            } else {
                quartersOver.clear();
            }
            store.put(quartersKey, encodeQuarters());
        }
    }

    /** The minutes of the hour that are over, followed by the running minute with these totals. */
    List<MinuteTurnout> minutes(long newestMs, long received, long accepted) {
        List<MinuteTurnout> minutes = new ArrayList<>(over);
        minutes.add(minute(newestMs, received, accepted));
        return minutes;
    }

    /** The quarters of the hour that are over, followed by the running one with these votes; none where votes are hidden. */
    List<QuarterVotes> quarters(long newestMs, long[] votes) {
        if (optionCount == 0) {
            return List.of();
        }
        List<QuarterVotes> quarters = new ArrayList<>();
        quartersOver.forEach(over -> quarters.add(over.votes()));
        quarters.add(quarter(newestMs, votes));
        return quarters;
    }

    /**
     * Drops quarters that were read from the store and are not the minutes' latest ones, without a gap. A build from before there were
     * quarters goes on with the minutes, and leaves the row of quarters as it was: what happened between is not known.
     *
     * @param newestMs the append time of the newest vote counted, milliseconds since 1970
     */
    void dropQuartersThatDoNotFit(long newestMs) {
        NavigableMap<Integer, Long> received = new TreeMap<>();
        over.forEach(minute -> received.put(minute.getMinute() / MINUTES_OF_QUARTER, minute.getReceived()));
        List<Map.Entry<Integer, Long>> ended =
                List.copyOf(received.headMap(quarterOf(newestMs)).entrySet());
        List<Map.Entry<Integer, Long>> kept = quartersOver.stream()
                .map(quarter -> Map.entry(quarter.votes().getQuarter(), quarter.received()))
                .toList();
        int unknown = ended.size() - kept.size();
        if (unknown < 0 || !ended.subList(unknown, ended.size()).equals(kept)) {
            quartersOver.clear();
        }
    }

    private static int quarterOf(long timeMs) {
        return (int) (timeMs % HOUR_MS / QUARTER_MS);
    }

    private static QuarterVotes quarter(long timeMs, long[] votes) {
        return new QuarterVotes(quarterOf(timeMs), Arrays.stream(votes).boxed().toList());
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
        ByteBuffer row = row(bytes);
        while (row.hasRemaining()) {
            minutes.add(new MinuteTurnout((int) row.get(), row.getLong(), row.getLong()));
        }
        return minutes;
    }

    private byte[] encodeQuarters() {
        ByteBuffer row = ByteBuffer.allocate(1 + (1 + Long.BYTES * (1 + optionCount)) * quartersOver.size())
                .put(VERSION);
        for (Quarter quarter : quartersOver) {
            row.put((byte) quarter.votes().getQuarter()).putLong(quarter.received());
            quarter.votes().getVotes().forEach(row::putLong);
        }
        return row.array();
    }

    private static List<Quarter> decodeQuarters(byte @Nullable [] bytes, int optionCount) {
        List<Quarter> quarters = new ArrayList<>();
        ByteBuffer row = row(bytes);
        while (row.hasRemaining()) {
            int number = row.get();
            long received = row.getLong();
            List<Long> votes = new ArrayList<>(optionCount);
            for (int option = 0; option < optionCount; option++) {
                votes.add(row.getLong());
            }
            quarters.add(new Quarter(new QuarterVotes(number, votes), received));
        }
        return quarters;
    }

    /** What follows the version of a row; nothing where there is no row. */
    private static ByteBuffer row(byte @Nullable [] bytes) {
        ByteBuffer row = ByteBuffer.wrap(bytes == null ? new byte[] {VERSION} : bytes);
        byte version = row.get();
        if (version != VERSION) {
            throw new IllegalStateException(
                    "a turnout's row is of version %d; this build knows version %d".formatted(version, VERSION));
        }
        return row;
    }
}
