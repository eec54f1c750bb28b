// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the read side showed while it caught up with a log: how fast it was, and whether what it said of its age was true. */
final class CatchUp {
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final Duration BETWEEN = Duration.ofMillis(50);
    private static final JsonMapper JSON = new JsonMapper();

    private final Map<Integer, Long> ends;
    private final List<Shown> shown = new ArrayList<>();
    private long readyNs;

    /**
     * Results that were shown.
     *
     * @param atNs when they came, by {@link System#nanoTime()}
     * @param asOf the brokers' time of the newest vote that they count, in milliseconds; 0 where they say none
     * @param positions the next offset of each partition
     */
    private record Shown(long atNs, long asOf, Map<Integer, Long> positions) {
        long counted() {
            return positions.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private CatchUp(Map<Integer, Long> ends) {
        this.ends = ends;
    }

    /** Starts the read side, which was killed, and looks at its results until they have the log to its end. */
    static CatchUp of(TestSystem system, BrokerTopics topics) {
        CatchUp catchUp = new CatchUp(topics.ends());
        long beganNs = System.nanoTime();
        system.startStreamsAgain();
        while (!catchUp.isDone()) {
            if (System.nanoTime() - beganNs > LIMIT.toNanos()) {
                throw new BenchException("the read side has not caught up in %d minutes".formatted(LIMIT.toMinutes()));
            }
            system.calls().ifThere(system.resultsUrl()).ifPresent(catchUp::take);
            TestSystem.pause(BETWEEN);
        }
        return catchUp;
    }

    private void take(String body) {
        long nowNs = System.nanoTime();
        JsonNode results = JSON.readTree(body);
        Map<Integer, Long> positions = new TreeMap<>();
        results.path("positions")
                .properties()
                .forEach(each -> positions.put(
                        Integer.valueOf(each.getKey()), each.getValue().longValue()));
        String asOf = results.path("asOf").stringValue("");
        if (shown.isEmpty()) {
            readyNs = nowNs;
        }
        shown.add(new Shown(nowNs, asOf.isEmpty() ? 0 : Instant.parse(asOf).toEpochMilli(), positions));
    }

    private boolean isDone() {
        return !shown.isEmpty()
                && ends.entrySet().stream()
                        .allMatch(end -> last().positions().getOrDefault(end.getKey(), 0L) >= end.getValue());
    }

    private Shown last() {
        return shown.get(shown.size() - 1);
    }

    /** By when results were shown for the first time, by {@link System#nanoTime()}. */
    long readyNs() {
        return readyNs;
    }

    /** By when they had all of the log. */
    long doneNs() {
        return last().atNs();
    }

    /** How many records of votes were not counted when results were shown for the first time. */
    long behind() {
        return ends.values().stream().mapToLong(Long::longValue).sum()
                - shown.get(0).counted();
    }

    /** Records of votes counted a second, while there were any to count. */
    double perSecond() {
        return behind() / Math.max(1e-3, (doneNs() - readyNs) / 1e9);
    }

    int documents() {
        return shown.size();
    }

    /** How many of the documents are older than one that was shown before. */
    long wentBack() {
        long count = 0;
        for (int i = 1; i < shown.size(); i++) {
            Shown before = shown.get(i - 1);
            Shown next = shown.get(i);
            boolean back = next.asOf() < before.asOf()
                    || before.positions().entrySet().stream()
                            .anyMatch(each -> next.positions().getOrDefault(each.getKey(), 0L) < each.getValue());
            count += back ? 1 : 0;
        }
        return count;
    }

    /** How many of the documents say another age than that of the newest vote that they count. */
    long untrue(BrokerTopics topics) {
        Map<Integer, long[]> newest = new TreeMap<>();
        ends.forEach((partition, end) -> newest.put(partition, new long[Math.toIntExact(end) + 1]));
        topics.readVotes(Long.MAX_VALUE, record -> {
            long[] until = newest.get(record.partition());
            int at = Math.toIntExact(record.offset());
            if (until != null && at + 1 < until.length) {
                // Control records have no key, and no result is as old as they are.
                until[at + 1] = Math.max(until[at], record.key() == null ? 0 : record.timestamp());
            }
        });
        return shown.stream()
                .filter(each -> each.asOf() != age(each.positions(), newest))
                .count();
    }

    private static long age(Map<Integer, Long> positions, Map<Integer, long[]> newest) {
        return positions.entrySet().stream()
                .mapToLong(position -> {
                    long[] until = newest.getOrDefault(position.getKey(), new long[] {0});
                    return until[Math.toIntExact(Math.min(position.getValue(), until.length - 1))];
                })
                .max()
                .orElse(0);
    }
}
