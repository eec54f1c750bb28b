// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.board;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.votelog.events.MinuteTurnout;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.QuarterVotes;
import io.votelog.streams.topology.TurnoutCover;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The growth of one ballot's turnout by partition and minute, and of its options' votes by partition and quarter of an hour. A history never changes; a new snapshot makes a new history, so
 * an answer is always of one state as a whole. Times are in seconds since 1970.
 */
public final class TurnoutHistory {
    static final TurnoutHistory EMPTY = new TurnoutHistory(Map.of());

    private static final long MINUTE = 60;
    private static final long QUARTER = 15 * MINUTE;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final int NO_OPTION = -1;
    private static final long UNKNOWN = -1;

    /** The hours, by partition and then by the start of the hour. Every partition here has an hour, and every hour a minute. */
    private final Map<Integer, NavigableMap<Long, Hour>> partitions;

    /**
     * The votes counted from the ballot's beginning to the end of a step.
     *
     * @param at the end of the step; votes of that very moment belong to the next step
     * @param votes those for the option that was asked for, without the ones annulled by then; null where none was, and where they
     *     are not known: the ballot hides them, or they were counted by a build from before there were quarters
     */
    public record Point(
            Instant at,
            long received,
            long accepted,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long votes) {}

    private TurnoutHistory(Map<Integer, NavigableMap<Long, Hour>> partitions) {
        this.partitions = partitions;
    }

    /**
     * The history with this snapshot of an hour; the same history if it has that hour up to the snapshot's offset or further.
     */
    TurnoutHistory with(PartitionTurnout snapshot) {
        NavigableMap<Long, Hour> hours =
                new TreeMap<>(partitions.getOrDefault(snapshot.getPartition(), new TreeMap<>()));
        Hour hour = Hour.of(snapshot);
        Hour known = hours.put(snapshot.getHour().getEpochSecond(), hour);
        if (known != null && !hour.cover.isMoreThan(known.cover)) {
            return this;
        }
        Map<Integer, NavigableMap<Long, Hour>> next = new HashMap<>(partitions);
        next.put(snapshot.getPartition(), hours);
        return new TurnoutHistory(next);
    }

    /**
     * The shortest step for which no more than this many points are needed: 1, 5, 15 or 30 minutes, 1, 3 or 6 hours, or whole
     * days.
     *
     * @param mostPoints at least 2
     * @return the step in seconds
     */
    public long stepSeconds(int mostPoints) {
        return stepSeconds(mostPoints, MINUTE);
    }

    /** As {@link #stepSeconds}, but no shorter than the quarters for which the votes of options are known. */
    public long stepSecondsOfOptions(int mostPoints) {
        return stepSeconds(mostPoints, QUARTER);
    }

    private long stepSeconds(int mostPoints, long shortest) {
        LongStream upToADay = LongStream.of(MINUTE, 5 * MINUTE, QUARTER, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY);
        return LongStream.concat(upToADay, LongStream.iterate(2 * DAY, step -> step + DAY))
                .filter(step -> step >= shortest && pointCount(step) <= mostPoints)
                .findFirst()
                .orElseThrow();
    }

    /**
     * The turnout at the end of each step, from the step of the first vote counted to that of the newest; empty before the
     * first vote. Steps begin at multiples of their length, counted from 1970.
     *
     * @param stepSeconds the length of a step: whole minutes, in seconds
     */
    public List<Point> points(long stepSeconds) {
        return points(stepSeconds, NO_OPTION);
    }

    /**
     * The same, and the votes for one option.
     *
     * @param stepSeconds the length of a step: whole quarters of an hour, in seconds
     * @param option its place on the ballot, from 0
     */
    public List<Point> points(long stepSeconds, int option) {
        if (partitions.isEmpty()) {
            return List.of();
        }
        return LongStream.rangeClosed(firstMinute() / stepSeconds, newestMinute() / stepSeconds)
                .mapToObj(step -> before((step + 1) * stepSeconds, option))
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

    private Point before(long at, int option) {
        long received = 0;
        long accepted = 0;
        long votes = 0;
        boolean known = option != NO_OPTION;
        for (NavigableMap<Long, Hour> hours : partitions.values()) {
            // The minute that is looked for is in the last hour that began before the moment, or else in the hour
            // before that one.
            for (Hour hour : hours.headMap(at, false).descendingMap().values()) {
                int minute = hour.lastBefore(at);
                if (minute >= 0) {
                    received += hour.received[minute];
                    accepted += hour.accepted[minute];
                    long here = known ? hour.votesBefore(at, option) : UNKNOWN;
                    known = here != UNKNOWN;
                    votes += here;
                    break;
                }
            }
        }
        return new Point(Instant.ofEpochSecond(at), received, accepted, known ? votes : null);
    }

    /**
     * The minutes of one hour by their starts, and the votes that one partition had counted at the end of each; the quarters of the
     * hour by theirs, and the votes of each option at the end of each.
     */
    private record Hour(
            TurnoutCover cover, long[] minutes, long[] received, long[] accepted, long[] quarters, long[][] votes) {
        static Hour of(PartitionTurnout snapshot) {
            long start = snapshot.getHour().getEpochSecond();
            return new Hour(
                    TurnoutCover.of(snapshot),
                    column(snapshot, minute -> start + minute.getMinute() * MINUTE),
                    column(snapshot, MinuteTurnout::getReceived),
                    column(snapshot, MinuteTurnout::getAccepted),
                    snapshot.getQuarters().stream()
                            .mapToLong(quarter -> start + quarter.getQuarter() * QUARTER)
                            .toArray(),
                    snapshot.getQuarters().stream().map(Hour::votes).toArray(long[][]::new));
        }

        private static long[] votes(QuarterVotes quarter) {
            return quarter.getVotes().stream().mapToLong(Long::longValue).toArray();
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

        /** The index of the last minute that begins before this moment; -1 when there is none. */
        int lastBefore(long at) {
            return lastBefore(minutes, at);
        }

        /** The votes of an option at the end of the last quarter that begins before this moment; UNKNOWN where nothing tells them. */
        long votesBefore(long at, int option) {
            int quarter = lastBefore(quarters, at);
            return quarter < 0 || option >= votes[quarter].length ? UNKNOWN : votes[quarter][option];
        }

        private static int lastBefore(long[] starts, long at) {
            int found = Arrays.binarySearch(starts, at);
            return (found >= 0 ? found : -found - 1) - 1;
        }
    }
}
