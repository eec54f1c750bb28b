// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.TlogException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The format of an entry bundle: each entry follows its length in two bytes, big-endian (c2sp.org/tlog-tiles). */
final class EntryBundle {
    static final int LONGEST_ENTRY = 0xFFFF;

    /** The greatest length of a bundle, in bytes. */
    public static final int LONGEST = TilePath.WIDTH * (2 + LONGEST_ENTRY);

    private EntryBundle() {}

    /**
     * The places of a bundle's first entries.
     *
     * @param bytes a bundle
     * @param width the number of entries that are needed
     * @param whole whether no bytes may follow these entries
     * @param path the bundle's path, for error messages
     * @return width + 1 offsets: where each entry's length begins, and where the last entry ends
     * @throws TlogException when the bytes are no bundle of at least so many entries
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

    /** The entries at these offsets. */
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
