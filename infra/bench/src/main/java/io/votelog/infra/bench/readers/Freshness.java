// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.readers;

import io.votelog.infra.bench.load.VoteFates;
import java.util.Arrays;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/**
 * How long votes take from their sender's write until a reader is shown results that count them. One vote in {@link #SAMPLE} of
 * each partition is followed. Touched by one thread alone.
 */
final class Freshness implements VoteFates {
    /** Every so many offsets. */
    static final int SAMPLE = 50;

    private static final long LONGEST_US = 120_000_000;

    private final VoteFates sender;
    private final long[] since;
    private final Histogram shown = new Histogram(LONGEST_US, 3);
    private final Histogram told = new Histogram(LONGEST_US, 3);

    /** By partition and sampled offset, when the vote was written; 0 where it is not followed. */
    private final long[][] writtenNs;

    /**
     * @param sender is told of all fates too
     * @param next the first offset of each partition whose vote is followed
     */
    Freshness(VoteFates sender, long[] next) {
        this.sender = sender;
        this.since = next.clone();
        this.writtenNs = new long[next.length][1024];
    }

    @Override
    public void acked(int voter, int partition, long offset, UUID voteId, long atNs) {
        sender.acked(voter, partition, offset, voteId, atNs);
        long behind = offset - since[partition];
        if (behind < 0 || behind % SAMPLE != 0) {
            return;
        }
        int at = Math.toIntExact(behind / SAMPLE);
        if (at >= writtenNs[partition].length) {
            writtenNs[partition] =
                    Arrays.copyOf(writtenNs[partition], Math.max(at + 1, 2 * writtenNs[partition].length));
        }
        writtenNs[partition][at] = atNs;
    }

    @Override
    public void refused(int voter, int status) {
        sender.refused(voter, status);
    }

    @Override
    public void unknown(int voter) {
        sender.unknown(voter);
    }

    /** A reader of the stream who was shown all votes below {@code from}, by partition, is shown those below {@code to} as well. */
    void shown(long[] from, long[] to, long nowNs) {
        record(shown, from, to, nowNs);
    }

    /** The same of a reader who asked for the results. */
    void told(long[] from, long[] to, long nowNs) {
        record(told, from, to, nowNs);
    }

    private void record(Histogram histogram, long[] from, long[] to, long nowNs) {
        for (int partition = 0; partition < Math.min(from.length, to.length); partition++) {
            if (to[partition] > from[partition]) {
                record(histogram, partition, from[partition], to[partition], nowNs);
            }
        }
    }

    private void record(Histogram histogram, int partition, long from, long to, long nowNs) {
        long first = Math.max(0, from - since[partition] + SAMPLE - 1) / SAMPLE;
        long last = Math.min(writtenNs[partition].length, (to - since[partition] + SAMPLE - 1) / SAMPLE);
        for (long at = first; at < last; at++) {
            long written = writtenNs[partition][(int) at];
            // Results can overtake the sender's answer; such a vote is not followed any further by this reader.
            if (written != 0) {
                histogram.recordValue(Math.min(LONGEST_US, (nowNs - written) / 1000));
            }
        }
    }

    /** From a vote's write to results on the stream that count it, in microseconds, over votes and readers. */
    Histogram shown() {
        return shown;
    }

    /** The same for the results as they are asked for. */
    Histogram told() {
        return told;
    }
}
