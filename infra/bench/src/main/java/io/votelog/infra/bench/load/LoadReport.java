// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What came of a load. Counts are of votes meant to be sent in the measured span; latencies are of those answered 202, in
 * microseconds.
 *
 * @param span how long it was measured
 * @param acceptedInSpan answers 202 that arrived within the span, whenever they were sent
 * @param byStatus answers by HTTP status
 * @param byProblem answers by problem code
 * @param fromIntended from when a vote was to be sent to its answer
 * @param fromWrite from when it was written to its answer
 * @param sent requests written, those sent again too
 * @param unknown no answer, or the answer that the outcome is unknown
 * @param notSent given up since no connection was free in time
 * @param retries requests sent again, in the whole run
 * @param connectionsLost closed by the other side, in the whole run
 * @param timeouts answers that did not come in time, in the whole run
 * @param voters how many voters of the load have been used, from the first on, in the whole run
 * @param ranOut whether there were fewer voters than it could have sent
 * @param sample the first answer 202, head and body
 * @param sampleHead bytes of its head
 */
public record LoadReport(
        Duration span,
        long acceptedInSpan,
        Map<Integer, Long> byStatus,
        Map<String, Long> byProblem,
        Histogram fromIntended,
        Histogram fromWrite,
        long sent,
        long unknown,
        long notSent,
        long retries,
        long connectionsLost,
        long timeouts,
        int voters,
        boolean ranOut,
        byte[] sample,
        int sampleHead) {
    /** Accepted votes a second. */
    public double throughput() {
        return acceptedInSpan / (span.toNanos() / 1e9);
    }

    /** Answers other than 202. */
    public long refused() {
        return byStatus.entrySet().stream()
                .filter(answers -> answers.getKey() != 202)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Prints throughput, answers and latencies, a line each. */
    public void print(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "throughput   %,.0f votes/s answered 202 (%,d in %.1f s)%s%n",
                throughput(),
                acceptedInSpan,
                span.toNanos() / 1e9,
                ranOut ? "; ended early, the tokens ran out" : "");
        out.println("latency      " + percentiles(fromIntended) + " from the intended send time");
        out.println("             " + percentiles(fromWrite) + " from the write");
        out.println("answers      " + counts(byStatus));
        if (!byProblem.isEmpty()) {
            out.println("problems     " + counts(byProblem));
        }
        out.printf(
                Locale.ROOT,
                "unknown      %,d; not sent for want of a connection %,d; sent again %,d%n",
                unknown,
                notSent,
                retries);
        out.printf(Locale.ROOT, "connections  %,d lost, %,d answers timed out%n", connectionsLost, timeouts);
    }

    /**
     * The 50th, 90th, 99th and 99.9th percentile and the highest value, in words.
     *
     * @param histogram of microseconds
     */
    public static String percentiles(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return "none";
        }
        return "p50 %s  p90 %s  p99 %s  p99.9 %s  max %s"
                .formatted(
                        ms(histogram.getValueAtPercentile(50)),
                        ms(histogram.getValueAtPercentile(90)),
                        ms(histogram.getValueAtPercentile(99)),
                        ms(histogram.getValueAtPercentile(99.9)),
                        ms(histogram.getMaxValue()));
    }

    /**
     * A time in milliseconds, with its unit.
     *
     * @param micros microseconds
     */
    public static String ms(long micros) {
        return String.format(Locale.ROOT, micros < 10_000 ? "%.2f ms" : "%.0f ms", micros / 1000.0);
    }

    /** How often each thing happened, in the order of their names; {@code none} where nothing did. */
    public static String counts(Map<?, Long> counts) {
        return counts.isEmpty()
                ? "none"
                : new TreeMap<>(counts)
                        .entrySet().stream()
                                .map(count -> String.format(
                                        Locale.ROOT,
                                        "%s: %,d",
                                        count.getKey().toString().isEmpty() ? "(no code)" : count.getKey(),
                                        count.getValue()))
                                .collect(Collectors.joining(", "));
    }
}
