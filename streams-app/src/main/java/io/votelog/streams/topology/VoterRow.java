package io.votelog.streams.topology;

import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows of one voter on one ballot: the accepted vote, the latest refused attempt, and how the accepted vote was
 * annulled.
 *
 * <p>Bytes: a version (1), flags (1: accepted follows, 2: refused follows, 4: annulled follows), then of the first two each its vote
 * id (16), offset (8) and time in milliseconds (8), and behind the accepted one the picks (a count of 64-bit words, 1 byte, and the
 * words), behind the refused one the reason's name (length, 1 byte, and ASCII); last of the annulment its offset (8), time in
 * milliseconds (8) and reason (UTF-8, to the row's end). Numbers are big-endian. A row with an annulment has version 2, so that no
 * build reads it that would take the vote for one that counts; the others have version 1, as ever.
 */
public record VoterRow(@Nullable AcceptedVote accepted, @Nullable Refused refused, @Nullable Annulment annulled) {
    private static final byte VERSION = 1;
    private static final byte VERSION_WITH_ANNULMENT = 2;
    private static final int ACCEPTED = 1;
    private static final int REFUSED = 2;
    private static final int ANNULLED = 4;
    private static final int ATTEMPT_LENGTH = 32;

    static final VoterRow NEW = new VoterRow(null, null, null);

    /** A refused attempt: its vote id, offset, the broker's append time in milliseconds, and why. */
    public record Refused(UUID voteId, long offset, long recordedAtMs, Reason reason) {}

    VoterRow withAccepted(AcceptedVote vote) {
        return new VoterRow(vote, refused, annulled);
    }

    VoterRow withRefused(Refused attempt) {
        return new VoterRow(accepted, attempt, annulled);
    }

    VoterRow withAnnulled(Annulment annulment) {
        return new VoterRow(accepted, refused, annulment);
    }

    byte[] encode() {
        long[] words = accepted == null ? new long[0] : accepted.picks().words();
        byte[] reason = refused == null ? new byte[0] : refused.reason().name().getBytes(StandardCharsets.US_ASCII);
        byte[] why = annulled == null ? new byte[0] : annulled.reason().getBytes(StandardCharsets.UTF_8);
        int length = 2
                + (accepted == null ? 0 : ATTEMPT_LENGTH + 1 + Long.BYTES * words.length)
                + (refused == null ? 0 : ATTEMPT_LENGTH + 1 + reason.length)
                + (annulled == null ? 0 : 2 * Long.BYTES + why.length);
        int flags =
                (accepted == null ? 0 : ACCEPTED) | (refused == null ? 0 : REFUSED) | (annulled == null ? 0 : ANNULLED);
        ByteBuffer row = ByteBuffer.allocate(length)
                .put(annulled == null ? VERSION : VERSION_WITH_ANNULMENT)
                .put((byte) flags);
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
        if (annulled != null) {
            row.putLong(annulled.offset()).putLong(annulled.recordedAtMs()).put(why);
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
        if (version != VERSION && version != VERSION_WITH_ANNULMENT) {
            throw new IllegalStateException("a voter's row is of version %d; this build knows versions %d and %d"
                    .formatted(version, VERSION, VERSION_WITH_ANNULMENT));
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
        Annulment annulled = null;
        if ((flags & ANNULLED) != 0) {
            long offset = row.getLong();
            long recordedAtMs = row.getLong();
            byte[] why = new byte[row.remaining()];
            row.get(why);
            annulled = new Annulment(offset, recordedAtMs, new String(why, StandardCharsets.UTF_8));
        }
        return new VoterRow(accepted, refused, annulled);
    }

    private static void putAttempt(ByteBuffer row, UUID voteId, long offset, long recordedAtMs) {
        row.putLong(voteId.getMostSignificantBits())
                .putLong(voteId.getLeastSignificantBits())
                .putLong(offset)
                .putLong(recordedAtMs);
    }
}
