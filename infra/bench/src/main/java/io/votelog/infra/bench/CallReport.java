package io.votelog.infra.bench;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What became of honest calls.
 *
 * @param latency in microseconds, from when a call was to be made; of those answered 2xx, and of those that waited for an answer
 *     until they were given up, which counts with the time that they waited
 * @param calls all of them
 * @param failures calls without an answer 2xx, by what they got: a status, {@code refused}, {@code cut off} or {@code no answer}
 */
record CallReport(String what, Histogram latency, long calls, Map<String, Long> failures) {
    long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    /** p50 and p99. */
    String percentiles() {
        return latency.getTotalCount() == 0
                ? "none"
                : LoadReport.ms(latency.getValueAtPercentile(50)) + " / "
                        + LoadReport.ms(latency.getValueAtPercentile(99));
    }

    /** The share of calls that failed, and how. */
    String failedShare() {
        return failed() == 0
                ? "0 %"
                : String.format(Locale.ROOT, "%.1f %%", 100.0 * failed() / calls) + " ("
                        + String.join(", ", new TreeMap<>(failures).keySet()) + ")";
    }
}
