// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import java.util.Arrays;

/** Competition ranking: equal votes share a rank, and the next one is behind them all (1, 2, 2, 4). */
public final class Ranks {
    private Ranks() {}

    /** The rank of each option by its votes, from 1 for the most votes. */
    public static int[] of(long[] votes) {
        long[] ascending = votes.clone();
        Arrays.sort(ascending);
        int[] ranks = new int[votes.length];
        for (int i = 0; i < votes.length; i++) {
            ranks[i] = 1 + countAbove(ascending, votes[i]);
        }
        return ranks;
    }

    private static int countAbove(long[] ascending, long value) {
        int low = 0;
        int high = ascending.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] > value) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return ascending.length - low;
    }
}
