package io.votelog.streams.topology;

import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows of one voter on one ballot: the accepted vote and the latest refused attempt.
 *
 * <p>Bytes: a version (1), flags (1: accepted follows, 2: refused follows), then of each its vote id (16), offset (8) and
 * time in milliseconds (8), and behind the accepted one the picks (a count of 64-bit words, 1 byte, and the words), behind
 * the refused one the reason's name (length, 1 byte, and ASCII). Numbers are big-endian.
 */
public record VoterRow(@Nullable AcceptedVote accepted, @Nullable Refused refused) {
    private static final byte VERSION = 1;
    private static final int ACCEPTED = 1;
    private static final int REFUSED = 2;
    private static final int ATTEMPT_LENGTH = 32;

    static final VoterRow NEW = new VoterRow(null, null);

    /** A refused attempt: its vote id, offset, the broker's append time in milliseconds, and why. */
    public record Refused(UUID voteId, long offset, long recordedAtMs, Reason reason) {}

    VoterRow withAccepted(AcceptedVote vote) {
        return new VoterRow(vote, refused);
    }

    VoterRow withRefused(Refused attempt) {
        return new VoterRow(accepted, attempt);
    }

    byte[] encode() {
        long[] words = accepted == null ? new long[0] : accepted.picks().words();
        byte[] reason = refused == null ? new byte[0] : refused.reason().name().getBytes(StandardCharsets.US_ASCII);
        int length = 2
                + (accepted == null ? 0 : ATTEMPT_LENGTH + 1 + Long.BYTES * words.length)
                + (refused == null ? 0 : ATTEMPT_LENGTH + 1 + reason.length);
        ByteBuffer row = ByteBuffer.allocate(length).put(VERSION).put((byte)
                ((accepted == null ? 0 : ACCEPTED) | (refused == null ? 0 : REFUSED)));
        if (accepted != null) {
            putAttempt(row, accepted.voteId(), accepted.offset(), accepted.recordedAtMs());
            row.put((byte) words.length);
            for (long word : words) {
                row.putLong(word);
            }
        }
        if (refused != null) {
            putAttempt(row, refused.voteId(), refused.offset(), refused.recordedAtMs());
            row.put((byte) reason.length).put(reason);
        }
        return row.array();
    }

    /**
     * The row in these bytes.
     *
     * @throws IllegalStateException when they are none: the store is damaged, or written by a newer version
     */
    public static VoterRow decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return NEW;
        }
        ByteBuffer row = ByteBuffer.wrap(bytes);
        byte version = row.get();
        if (version != VERSION) {
            throw new IllegalStateException(
                    "a voter's row is of version %d; this build knows version %d".formatted(version, VERSION));
        }
        int flags = row.get();
        AcceptedVote accepted = null;
        Refused refused = null;
        if ((flags & ACCEPTED) != 0) {
            UUID id = new UUID(row.getLong(), row.getLong());
            long offset = row.getLong();
            long recordedAtMs = row.getLong();
            long[] words = new long[row.get()];
            for (int i = 0; i < words.length; i++) {
                words[i] = row.getLong();
            }
            accepted = new AcceptedVote(id, offset, recordedAtMs, Picks.ofWords(words));
        }
        if ((flags & REFUSED) != 0) {
            UUID id = new UUID(row.getLong(), row.getLong());
            long offset = row.getLong();
            long recordedAtMs = row.getLong();
            byte[] reason = new byte[row.get()];
            row.get(reason);
            refused = new Refused(
                    id, offset, recordedAtMs, Reason.valueOf(new String(reason, StandardCharsets.US_ASCII)));
        }
        return new VoterRow(accepted, refused);
    }

    private static void putAttempt(ByteBuffer row, UUID voteId, long offset, long recordedAtMs) {
        row.putLong(voteId.getMostSignificantBits())
                .putLong(voteId.getLeastSignificantBits())
                .putLong(offset)
                .putLong(recordedAtMs);
    }
}
