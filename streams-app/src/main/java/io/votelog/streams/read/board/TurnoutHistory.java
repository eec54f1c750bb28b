// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.board;

import io.votelog.events.MinuteTurnout;
import io.votelog.events.PartitionTurnout;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * How one ballot's turnout grew, by partition and minute. It never changes, and what comes next makes another one, so an
 * answer is of one state as a whole. Times are in seconds since 1970.
 */
public final class TurnoutHistory {
    static final TurnoutHistory EMPTY = new TurnoutHistory(Map.of());

    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    /** By partition, then by the hour's start; no partition is without an hour, and no hour without a minute. */
    private final Map<Integer, NavigableMap<Long, Hour>> partitions;

    /**
     * What was counted from the ballot's beginning to the end of a step.
     *
     * @param at the step's end; votes of that very moment are in the next one
     */
    public record Point(Instant at, long received, long accepted) {}

    private TurnoutHistory(Map<Integer, NavigableMap<Long, Hour>> partitions) {
        this.partitions = partitions;
    }

    /** This history with an hour of one partition; the same where it knows that hour, and counted so far. */
    TurnoutHistory with(PartitionTurnout snapshot) {
        NavigableMap<Long, Hour> hours =
                new TreeMap<>(partitions.getOrDefault(snapshot.getPartition(), new TreeMap<>()));
        Hour hour = Hour.of(snapshot);
        Hour known = hours.put(snapshot.getHour().getEpochSecond(), hour);
        if (known != null && known.nextOffset >= hour.nextOffset) {
            return this;
        }
        Map<Integer, NavigableMap<Long, Hour>> next = new HashMap<>(partitions);
        next.put(snapshot.getPartition(), hours);
        return new TurnoutHistory(next);
    }

    /**
     * The shortest step by which no more than so many points are needed: 1, 5, 15 or 30 minutes, 1, 3 or 6 hours, or whole
     * days.
     *
     * @param mostPoints at least 2
     * @return seconds
     */
    public long stepSeconds(int mostPoints) {
        LongStream upToADay =
                LongStream.of(MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY);
        return LongStream.concat(upToADay, LongStream.iterate(2 * DAY, step -> step + DAY))
                .filter(step -> pointCount(step) <= mostPoints)
                .findFirst()
                .orElseThrow();
    }

    /**
     * The turnout at the end of each step, from the one in which the first vote was counted to that of the newest; nothing
     * before the first. Steps begin at multiples of their length.
     *
     * @param stepSeconds whole minutes
     */
    public List<Point> points(long stepSeconds) {
        if (partitions.isEmpty()) {
            return List.of();
        }
        return LongStream.rangeClosed(firstMinute() / stepSeconds, newestMinute() / stepSeconds)
                .mapToObj(step -> before((step + 1) * stepSeconds))
                .toList();
    }

    private long pointCount(long stepSeconds) {
        return partitions.isEmpty() ? 0 : newestMinute() / stepSeconds - firstMinute() / stepSeconds + 1;
    }

    private long firstMinute() {
        return partitions.values().stream()
                .mapToLong(hours -> hours.firstEntry().getValue().firstMinute())
                .min()
                .orElseThrow();
    }

    private long newestMinute() {
        return partitions.values().stream()
                .mapToLong(hours -> hours.lastEntry().getValue().newestMinute())
                .max()
                .orElseThrow();
    }

    private Point before(long at) {
        long received = 0;
        long accepted = 0;
        for (NavigableMap<Long, Hour> hours : partitions.values()) {
            // The minute looked for is in the last hour that began, or else in the one before it.
            for (Hour hour : hours.headMap(at, false).descendingMap().values()) {
                int minute = hour.lastBefore(at);
                if (minute >= 0) {
                    received += hour.received[minute];
                    accepted += hour.accepted[minute];
                    break;
                }
            }
        }
        return new Point(Instant.ofEpochSecond(at), received, accepted);
    }

    /** The minutes of one hour, by their start, and what one partition had counted at the end of each. */
    private record Hour(long nextOffset, long[] minutes, long[] received, long[] accepted) {
        static Hour of(PartitionTurnout snapshot) {
            long start = snapshot.getHour().getEpochSecond();
            return new Hour(
                    snapshot.getNextOffset(),
                    column(snapshot, minute -> start + minute.getMinute() * MINUTE),
                    column(snapshot, MinuteTurnout::getReceived),
                    column(snapshot, MinuteTurnout::getAccepted));
        }

        private static long[] column(PartitionTurnout snapshot, ToLongFunction<MinuteTurnout> value) {
            return snapshot.getMinutes().stream().mapToLong(value).toArray();
        }

        long firstMinute() {
            return minutes[0];
        }

        long newestMinute() {
            return minutes[minutes.length - 1];
        }

        /** The index of the last minute that begins before this moment; -1 where there is none. */
        int lastBefore(long at) {
            int found = Arrays.binarySearch(minutes, at);
            return (found >= 0 ? found : -found - 1) - 1;
        }
    }
}
