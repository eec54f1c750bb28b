// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.auditor.report.AuditException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of each record of a partition, by offset, and the hash of the vote in it (see {@link VoteHasher}). It
 * takes 9 bytes of memory for each record, in chunks that are never copied; there is none for offsets without records.
 */
public final class RecordOutcomes {
    private static final int CHUNK_BITS = 13;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private @Nullable Chunk[] chunks = new @Nullable Chunk[16];
    private int end;

    private static final class Chunk {
        private final byte[] outcomes = new byte[CHUNK];
        private final long[] voteHashes = new long[CHUNK];
    }

    /** @throws AuditException for more records than an array could hold, some two billion in one partition */
    void put(long offset, byte outcome, long voteHash) {
        if (offset < 0 || offset >= Integer.MAX_VALUE - 8) {
            throw new AuditException("a partition with an offset of %d: this program can hold some two billion records"
                    .formatted(offset));
        }
        int at = (int) offset;
        int number = at >>> CHUNK_BITS;
        if (number >= chunks.length) {
            chunks = Arrays.copyOf(chunks, Math.max(number + 1, chunks.length * 2));
        }
        Chunk chunk = chunks[number];
        if (chunk == null) {
            chunk = new Chunk();
            chunks[number] = chunk;
        }
        chunk.outcomes[at & CHUNK - 1] = outcome;
        chunk.voteHashes[at & CHUNK - 1] = voteHash;
        end = Math.max(end, at + 1);
    }

    /** The outcome at an offset; {@link RecordOutcome#NONE} where there is no record. */
    public byte at(long offset) {
        Chunk chunk = chunk(offset);
        return chunk == null ? RecordOutcome.NONE : chunk.outcomes[(int) offset & CHUNK - 1];
    }

    /** The hash of the vote at an offset; 0 where there is no vote. */
    public long voteHash(long offset) {
        Chunk chunk = chunk(offset);
        return chunk == null ? 0 : chunk.voteHashes[(int) offset & CHUNK - 1];
    }

    private @Nullable Chunk chunk(long offset) {
        return offset >= 0 && offset < end ? chunks[(int) offset >>> CHUNK_BITS] : null;
    }

    /** The offset after the last record. */
    public long end() {
        return end;
    }
}
