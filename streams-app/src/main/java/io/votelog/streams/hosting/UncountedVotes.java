// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows for how long votes of a partition have waited without the count having gone on there. A count that is behind and goes on is
 * not among them, however far behind it is.
 */
final class UncountedVotes {
    /** A partition whose votes have waited at this offset since this time. */
    private record Waiting(int partition, long offset, long sinceNanos) {}

    private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();

    /**
     * Takes note of what was found at a time.
     *
     * @param counted the offset up to which each partition is counted, which is 0 where a partition has none
     * @param ends the offset at which each partition ends
     */
    void note(Map<Integer, Long> counted, Map<Integer, Long> ends, long nowNanos) {
        ends.forEach((partition, end) -> {
            long offset = counted.getOrDefault(partition, 0L);
            Waiting before = waiting.get(partition);
            if (offset >= end) {
                waiting.remove(partition);
            } else if (before == null || before.offset() != offset) {
                waiting.put(partition, new Waiting(partition, offset, nowNanos));
            }
        });
    }

    /** What has waited longest, in words, where that is so long at least. */
    Optional<String> waitingFor(Duration least, long nowNanos) {
        return waiting.values().stream()
                .min(Comparator.comparingLong(each -> each.sinceNanos() - nowNanos))
                .filter(longest -> nowNanos - longest.sinceNanos() >= least.toNanos())
                .map(longest -> "votes of partition %d wait, and the count does not go on from offset %d"
                        .formatted(longest.partition(), longest.offset()));
    }
}
