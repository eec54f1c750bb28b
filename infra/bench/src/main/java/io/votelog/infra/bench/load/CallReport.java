// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What became of honest calls.
 *
 * @param latency in microseconds, from when a call was to be made; of those answered 2xx, and of those that waited for an answer
 *     until they were given up, which counts with the time that they waited
 * @param patience how long an answer was waited for
 * @param calls all of them
 * @param failures calls without an answer 2xx, by what they got: a status, {@code refused}, {@code cut off} or {@code no answer}
 */
public record CallReport(String what, Histogram latency, Duration patience, long calls, Map<String, Long> failures) {
    long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    /** p50 and p99, or {@code none} where no call was answered and none waited. */
    public String percentiles() {
        return latency.getTotalCount() == 0 ? "none" : shown(50) + " / " + shown(99);
    }

    /** Nobody waits longer than the patience, so from there on a latency is only known to be as much. */
    private String shown(double percentile) {
        long micros = latency.getValueAtPercentile(percentile);
        return micros < patience.toNanos() / 1_000
                ? LoadReport.ms(micros)
                : String.format(Locale.ROOT, "≥ %.0f ms", patience.toNanos() / 1e6);
    }

    /** The share of calls that failed, and how. */
    public String failedShare() {
        return failed() == 0
                ? "0 %"
                : String.format(Locale.ROOT, "%.1f %%", 100.0 * failed() / calls) + " ("
                        + String.join(", ", new TreeMap<>(failures).keySet()) + ")";
    }
}
