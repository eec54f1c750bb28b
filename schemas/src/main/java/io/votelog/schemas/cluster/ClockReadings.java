// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far the clocks of brokers are apart, from the times that they gave to records. A broker that stamps a record between its sending and
 * its acknowledgement has a clock that is ahead of ours by something between the two differences. Each further reading of a broker
 * narrows that down, and two brokers are apart where what is possible for one lies outside of what is possible for the other.
 */
final class ClockReadings {
    /** Clocks that are kept by NTP are apart by less than this. */
    static final long ALLOWED_MS = 3_000;

    private final Map<Integer, Ahead> brokers = new TreeMap<>();

    /** By how many milliseconds a clock is ahead of ours, at least and at most; below zero it is behind. */
    private record Ahead(long least, long most) {
        private Ahead and(Ahead other) {
            return new Ahead(Math.max(least, other.least), Math.min(most, other.most));
        }
    }

    /**
     * Adds a reading.
     *
     * @param sentMs our time before the record was sent
     * @param stampedMs the broker's time, as the record has it: whole milliseconds, rounded down
     * @param acknowledgedMs our time when the acknowledgement had come
     */
    void add(int broker, long sentMs, long stampedMs, long acknowledgedMs) {
        Ahead read = new Ahead(stampedMs - acknowledgedMs, stampedMs + 1 - sentMs);
        brokers.merge(broker, read, Ahead::and);
    }

    /** The finding that two clocks are further apart than is allowed, if any surely are. */
    Optional<Finding> finding() {
        // Readings of a clock that was set meanwhile contradict each other, and say nothing.
        brokers.values().removeIf(ahead -> ahead.least > ahead.most);
        if (brokers.isEmpty()) {
            return Optional.empty();
        }
        Map.Entry<Integer, Ahead> last =
                Collections.max(brokers.entrySet(), Comparator.comparingLong(broker -> broker.getValue().least));
        List<String> behind = new ArrayList<>();
        brokers.forEach((broker, ahead) -> {
            long apart = last.getValue().least - ahead.most;
            if (apart > ALLOWED_MS) {
                behind.add("broker %d's by %d s".formatted(broker, apart / 1000));
            }
        });
        return behind.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Finding.warning(
                                "the clock of broker %d is ahead of %s; expected: by %d s at most, else votes at the opening and the end of a ballot are judged by another time in one partition than in another"
                                        .formatted(last.getKey(), String.join(", of ", behind), ALLOWED_MS / 1000),
                                "have the brokers' machines keep their time by NTP; chronyc tracking, or timedatectl timesync-status, says on each whether it does"));
    }
}
