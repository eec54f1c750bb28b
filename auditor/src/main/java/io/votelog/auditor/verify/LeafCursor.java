// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.tlog.tiles.TlogReader;
import java.util.ArrayDeque;
import java.util.Deque;

/** The entries of a tree one by one, some bundles of them in memory. */
final class LeafCursor {
    private static final int AT_ONCE = 16 * 256;

    private final TlogReader reader;
    private final Deque<byte[]> read = new ArrayDeque<>();
    private long next;
    private long end;

    /** Begins with nothing, see {@link #range}. */
    LeafCursor(TlogReader reader) {
        this.reader = reader;
    }

    /** Goes to these entries. */
    LeafCursor range(long from, long to) {
        read.clear();
        next = from;
        end = to;
        return this;
    }

    boolean hasNext() {
        return !read.isEmpty() || next < end;
    }

    /** The next entry; there is one. */
    byte[] next() {
        if (read.isEmpty()) {
            // Up to the end of a bundle, so that none is read twice.
            long to = Math.min(end, (next / AT_ONCE + 1) * AT_ONCE);
            reader.ahead(next, Math.min(end, to + AT_ONCE));
            reader.entries(next, to, (index, entry) -> read.add(entry));
            next = to;
        }
        return read.remove();
    }
}
