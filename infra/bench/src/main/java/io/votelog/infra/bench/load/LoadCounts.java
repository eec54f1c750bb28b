// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What a run counts of its votes and their answers, for one thread at a time. */
final class LoadCounts {
    private static final long LONGEST_US = 120_000_000;

    private final Histogram fromIntended = new Histogram(LONGEST_US, 3);
    private final Histogram fromWrite = new Histogram(LONGEST_US, 3);
    private final long[] byStatus = new long[1000];
    private final Map<String, Long> byProblem = new HashMap<>();
    private byte[] sample = {};
    private int sampleHead;

    long acceptedInSpan;
    long sent;
    long unknown;
    long notSent;
    long retried;
    long lost;
    long timeouts;

    void answered(int status) {
        if (status < byStatus.length) {
            byStatus[status]++;
        }
    }

    void problem(String code) {
        byProblem.merge(code, 1L, Long::sum);
    }

    /** An accepted vote's latency, from when it was due and from when it was written. */
    void took(long fromIntendedNs, long fromWriteNs) {
        fromIntended.recordValue(micros(fromIntendedNs));
        fromWrite.recordValue(micros(fromWriteNs));
    }

    /** Keeps the first answer that it is given. */
    void keepSample(ResponseReader response) {
        if (sample.length == 0) {
            sample = response.copy();
            sampleHead = response.headLength();
        }
    }

    /**
     * All of it.
     *
     * @param span how long was measured
     * @param voters how many voters' votes were due
     * @param votersUsedUp whether the run ended since there were no more voters
     */
    LoadReport report(Duration span, int voters, boolean votersUsedUp) {
        Map<Integer, Long> statuses = new TreeMap<>();
        for (int status = 0; status < byStatus.length; status++) {
            if (byStatus[status] > 0) {
                statuses.put(status, byStatus[status]);
            }
        }
        return new LoadReport(
                span,
                acceptedInSpan,
                statuses,
                Map.copyOf(byProblem),
                fromIntended,
                fromWrite,
                sent,
                unknown,
                notSent,
                retried,
                lost,
                timeouts,
                voters,
                votersUsedUp,
                sample,
                sampleHead);
    }

    private static long micros(long ns) {
        return Math.min(LONGEST_US, ns / 1000);
    }
}
