// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.TlogException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A bundle of entries as it is stored: each entry behind its length in two bytes, the higher first (c2sp.org/tlog-tiles). */
final class EntryBundle {
    static final int LONGEST_ENTRY = 0xFFFF;

    /** A bundle can't be longer. */
    public static final int LONGEST = TilePath.WIDTH * (2 + LONGEST_ENTRY);

    private EntryBundle() {}

    /**
     * Where the first entries end.
     *
     * @param bytes a bundle
     * @param width how many entries are asked for
     * @param whole whether nothing may be behind them
     * @param path what to call it
     * @return width + 1 offsets: where each entry's length begins, and where the last entry ends
     * @throws TlogException when it is no bundle with so many entries
     */
    static int[] offsets(byte[] bytes, int width, boolean whole, String path) {
        int[] offsets = new int[width + 1];
        int at = 0;
        for (int i = 0; i < width; i++) {
            int behind = at + 2 <= bytes.length ? at + 2 + length(bytes, at) : Integer.MAX_VALUE;
            if (behind > bytes.length) {
                throw new TlogException("%s breaks off in entry %d of %d, at byte %d of %d"
                        .formatted(path, i, width, at, bytes.length));
            }
            at = behind;
            offsets[i + 1] = at;
        }
        if (whole && at != bytes.length) {
            throw new TlogException("%s has %d bytes behind its %d entries; nothing may be there"
                    .formatted(path, bytes.length - at, width));
        }
        return offsets;
    }

    /** The entries of a bundle, all of them. */
    static List<byte[]> entries(byte[] bytes, int[] offsets) {
        List<byte[]> entries = new ArrayList<>(offsets.length - 1);
        for (int i = 0; i + 1 < offsets.length; i++) {
            entries.add(Arrays.copyOfRange(bytes, offsets[i] + 2, offsets[i + 1]));
        }
        return entries;
    }

    private static int length(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << Byte.SIZE | bytes[at + 1] & 0xFF;
    }
}
