// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * What came of votes sent in batches.
 *
 * @param span how long it was measured
 * @param acceptedInSpan lines with status 202 that arrived within it
 * @param byStatus lines by their status, in the whole run
 * @param unanswered lines that no line answered, in the whole run
 * @param failures what went wrong with whole streams
 * @param voters how many voters have been used, from the first on
 */
public record BatchReport(
        Duration span,
        long acceptedInSpan,
        Map<Integer, Long> byStatus,
        long unanswered,
        Map<String, Long> failures,
        int voters) {
    /** Accepted votes a second. */
    public double throughput() {
        return acceptedInSpan / (span.toNanos() / 1e9);
    }

    /** Prints throughput, answers and latencies, a line each. */
    public void print(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "throughput   %,.0f lines/s answered 202 (%,d in %.1f s)%n",
                throughput(),
                acceptedInSpan,
                span.toNanos() / 1e9);
        out.println("lines        " + LoadReport.counts(byStatus) + "; unanswered: " + unanswered);
        if (!failures.isEmpty()) {
            out.println("streams      " + LoadReport.counts(failures));
        }
    }
}
