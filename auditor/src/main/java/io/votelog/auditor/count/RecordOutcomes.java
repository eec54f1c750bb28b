// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.auditor.report.AuditException;
import java.util.Arrays;

/**
 * What each record of a partition is, by its offset, and the mark of the vote in it, see {@link Marks}: 9 bytes a record.
 */
public final class RecordOutcomes {
    private byte[] kinds = new byte[1024];
    private long[] marks = new long[1024];
    private int end;

    /** @throws AuditException for more records than an array can hold, some two billion in one partition */
    void put(long offset, byte kind, long mark) {
        if (offset < 0 || offset >= Integer.MAX_VALUE - 8) {
            throw new AuditException("a partition with an offset of %d: this program can hold some two billion records"
                    .formatted(offset));
        }
        int at = (int) offset;
        if (at >= kinds.length) {
            int length = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(at + 1L, kinds.length * 3L / 2));
            kinds = Arrays.copyOf(kinds, length);
            marks = Arrays.copyOf(marks, length);
        }
        kinds[at] = kind;
        marks[at] = mark;
        end = Math.max(end, at + 1);
    }

    /** {@link RecordOutcome#NONE} where no record stands. */
    public byte kind(long offset) {
        return offset >= 0 && offset < end ? kinds[(int) offset] : RecordOutcome.NONE;
    }

    /** What stands for the vote ({@link Marks}); 0 where no record stands. */
    public long markAt(long offset) {
        return offset >= 0 && offset < end ? marks[(int) offset] : 0;
    }

    /** The offset behind the last record. */
    public long end() {
        return end;
    }
}
