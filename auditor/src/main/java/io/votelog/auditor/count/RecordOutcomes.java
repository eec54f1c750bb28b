// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.auditor.report.AuditException;
import java.util.Arrays;

/**
 * The outcome of each record of a partition, by offset, and the hash of the vote in it (see {@link VoteHasher}). It
 * takes 9 bytes of memory for each record.
 */
public final class RecordOutcomes {
    private byte[] outcomes = new byte[1024];
    private long[] voteHashes = new long[1024];
    private int end;

    /** @throws AuditException for more records than an array can hold, some two billion in one partition */
    void put(long offset, byte outcome, long voteHash) {
        if (offset < 0 || offset >= Integer.MAX_VALUE - 8) {
            throw new AuditException("a partition with an offset of %d: this program can hold some two billion records"
                    .formatted(offset));
        }
        int at = (int) offset;
        if (at >= outcomes.length) {
            int length = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(at + 1L, outcomes.length * 3L / 2));
            outcomes = Arrays.copyOf(outcomes, length);
            voteHashes = Arrays.copyOf(voteHashes, length);
        }
        outcomes[at] = outcome;
        voteHashes[at] = voteHash;
        end = Math.max(end, at + 1);
    }

    /** The outcome at an offset; {@link RecordOutcome#NONE} where there is no record. */
    public byte at(long offset) {
        return offset >= 0 && offset < end ? outcomes[(int) offset] : RecordOutcome.NONE;
    }

    public long voteHash(long offset) {
        return offset >= 0 && offset < end ? voteHashes[(int) offset] : 0;
    }

    /** The offset after the last record. */
    public long end() {
        return end;
    }
}
