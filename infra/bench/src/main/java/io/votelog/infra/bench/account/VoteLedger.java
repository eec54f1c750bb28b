// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import io.votelog.infra.bench.load.VoteFates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The fate of each vote as its sender saw it, in a mapped file: 32 bytes a voter. A vote sent more than once has the answers
 * of all its attempts here, and the place of the last one that was acknowledged. Written by one thread, read when that is done.
 */
public final class VoteLedger implements VoteFates, AutoCloseable {
    private static final int ROW = 32;
    private static final int MAX_ATTEMPTS = 255;
    private static final int ACKED = 0;
    private static final int REFUSED = 1;
    private static final int UNKNOWN = 2;
    private static final int STATUS = 4;
    private static final int PARTITION = 8;
    private static final int OFFSET = 12;
    // The id's last four bytes have no room and need none.
    private static final int VOTE_ID = 20;

    private final FileChannel file;
    private final MappedByteBuffer rows;
    private final int voters;

    /** Begins an account of voters 0 to {@code voters} - 1, none of whom has voted. */
    public VoteLedger(Path path, int voters) {
        try {
            Files.deleteIfExists(path);
            file = FileChannel.open(
                    path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            rows = file.map(FileChannel.MapMode.READ_WRITE, 0, (long) voters * ROW);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.voters = voters;
    }

    /**
     * One voter's vote.
     *
     * @param acked attempts that were answered 202
     * @param refused attempts whose answer says that nothing was recorded
     * @param unknown attempts that may be recorded or not
     * @param status of the last answer, 0 where there was none
     * @param partition of the last attempt that was acked
     * @param offset of the last attempt that was acked
     */
    public record Fate(
            int acked, int refused, int unknown, int status, int partition, long offset, VoteIdStart voteId) {
        /** How often it may stand in the log. */
        int most() {
            return acked + unknown;
        }
    }

    /** The first 12 bytes of a vote id. */
    public record VoteIdStart(long high, int middle) {
        /** The first 12 bytes of this id. */
        public static VoteIdStart of(UUID id) {
            return new VoteIdStart(id.getMostSignificantBits(), (int) (id.getLeastSignificantBits() >>> 32));
        }
    }

    @Override
    public void acked(int voter, int partition, long offset, UUID voteId, long writtenNs) {
        int at = increment(voter, ACKED);
        rows.putShort(at + STATUS, (short) 202);
        rows.putInt(at + PARTITION, partition);
        rows.putLong(at + OFFSET, offset);
        VoteIdStart start = VoteIdStart.of(voteId);
        rows.putLong(at + VOTE_ID, start.high());
        rows.putInt(at + VOTE_ID + 8, start.middle());
    }

    @Override
    public void refused(int voter, int status) {
        rows.putShort(increment(voter, REFUSED) + STATUS, (short) status);
    }

    @Override
    public void unknown(int voter) {
        increment(voter, UNKNOWN);
    }

    /**
     * What became of a voter's vote.
     *
     * @param voter 0 to one less than there are; who has not voted has a fate of zeros
     */
    public Fate of(int voter) {
        int at = voter * ROW;
        return new Fate(
                rows.get(at + ACKED) & 0xFF,
                rows.get(at + REFUSED) & 0xFF,
                rows.get(at + UNKNOWN) & 0xFF,
                rows.getShort(at + STATUS),
                rows.getInt(at + PARTITION),
                rows.getLong(at + OFFSET),
                new VoteIdStart(rows.getLong(at + VOTE_ID), rows.getInt(at + VOTE_ID + 8)));
    }

    private int increment(int voter, int counter) {
        int at = voter * ROW;
        int count = (rows.get(at + counter) & 0xFF) + 1;
        if (count > MAX_ATTEMPTS) {
            throw new IllegalStateException("voter %d has more than %d attempts".formatted(voter, MAX_ATTEMPTS));
        }
        rows.put(at + counter, (byte) count);
        return at;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
