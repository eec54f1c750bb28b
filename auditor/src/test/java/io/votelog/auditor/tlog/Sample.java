// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Entries and changes drawn from a seed. */
public final class Sample {
    public static final long SEED = Long.getLong("votelog.seed", 20211205);

    private Sample() {}

    /** Entries of 0 to 59 bytes, the same for each call. */
    public static List<byte[]> entries(int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<byte[]> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] entry = new byte[random.nextInt(60)];
            random.nextBytes(entry);
            entries.add(entry);
        }
        return entries;
    }

    public static byte[] flipped(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }
}
