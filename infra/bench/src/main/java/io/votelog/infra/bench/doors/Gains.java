// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import io.votelog.infra.bench.load.LoadReport;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What an attacker has got, counted by status of the answers and by what became of connections. For many threads. */
public final class Gains {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    void answered(int status) {
        count(Integer.toString(status));
    }

    void count(String what) {
        counts.computeIfAbsent(what, first -> new LongAdder()).increment();
    }

    /** How often this happened so far. */
    public long of(String what) {
        LongAdder counted = counts.get(what);
        return counted == null ? 0 : counted.sum();
    }

    /** All of it, as a rate over so long. */
    public String aSecond(Duration span) {
        return counts.isEmpty()
                ? "no answer"
                : new TreeMap<>(counts)
                        .entrySet().stream()
                                .map(each -> each.getKey() + ": "
                                        + rate(each.getValue().sum() * 1e9 / Math.max(1, span.toNanos())))
                                .collect(Collectors.joining(", "));
    }

    private static String rate(double aSecond) {
        return String.format(Locale.ROOT, aSecond < 10 ? "%.1f/s" : "%,.0f/s", aSecond);
    }

    /** All of it, as numbers. */
    String total() {
        return counts.isEmpty()
                ? "no answer"
                : LoadReport.counts(
                        counts.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue()
                                .sum())));
    }
}
