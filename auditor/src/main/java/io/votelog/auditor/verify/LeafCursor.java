// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.tlog.tiles.TlogReader;
import java.util.ArrayDeque;
import java.util.Deque;

/** Reads the entries of a tree one by one, with some bundles of them in memory. */
final class LeafCursor {
    private static final int AT_ONCE = 16 * 256;

    private final TlogReader reader;
    private final Deque<byte[]> read = new ArrayDeque<>();
    private long next;
    private long end;

    /** A cursor without entries; {@link #range} sets them. */
    LeafCursor(TlogReader reader) {
        this.reader = reader;
    }

    /** Moves to the entries from one index up to, and without, another. */
    LeafCursor range(long from, long to) {
        read.clear();
        next = from;
        end = to;
        return this;
    }

    boolean hasNext() {
        return !read.isEmpty() || next < end;
    }

    /** The next entry; {@link #hasNext} must be true. */
    byte[] next() {
        if (read.isEmpty()) {
            // Up to the end of a bundle, so that no bundle is read twice.
            long to = Math.min(end, (next / AT_ONCE + 1) * AT_ONCE);
            reader.ahead(next, Math.min(end, to + AT_ONCE));
            reader.entries(next, to, (index, entry) -> read.add(entry));
            next = to;
        }
        return read.remove();
    }
}
