// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.rows;

import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows of one voter on one ballot: the accepted vote, the latest refused attempts (each with another vote id),
 * and how the accepted vote was annulled. A voter can send attempts without end, so only a few are kept; the row says whether
 * others were forgotten.
 *
 * <p>Bytes: a version (1), flags (1: accepted follows, 2: refused follows, 4: annulled follows, 8: attempts were forgotten). Of
 * the accepted vote: its id (16), offset (8), time in milliseconds since 1970 (8), and picks (the number of 64-bit words, 1
 * byte, and the words). Of the refused attempts: their number (1), then of each, oldest first, id, offset and time as above,
 * and the name of the reason (length, 1 byte, and ASCII). Of the annulment: its offset (8), time in milliseconds since 1970
 * (8), and reason (UTF-8, to the row's end). Numbers are big-endian.
 *
 * <p>A row with refused attempts has version 3. A row without them has version 2 if it has an annulment, else version 1; so a
 * build that does not know annulments cannot read an annulled vote as one that counts. In rows of versions 1 and 2, older
 * builds kept one refused attempt, without a number before it; they forgot the attempts before that one.
 *
 * @param refused the refused attempts in the order of their offsets; at most {@value #MAX_REFUSED}
 * @param forgotten whether there may have been refused attempts of other vote ids
 */
public record VoterRow(
        @Nullable AcceptedVote accepted, List<Refused> refused, boolean forgotten, @Nullable Annulment annulled) {
    /** The most refused attempts that a row keeps. */
    public static final int MAX_REFUSED = 8;

    private static final byte VERSION = 1;
    private static final byte VERSION_WITH_ANNULMENT = 2;
    private static final byte VERSION_WITH_REFUSED = 3;
    private static final int ACCEPTED = 1;
    private static final int REFUSED = 2;
    private static final int ANNULLED = 4;
    private static final int FORGOTTEN = 8;
    private static final int ATTEMPT_LENGTH = 32;

    /** A voter of whom nothing is known. */
    public static final VoterRow NEW = new VoterRow(null, List.of(), false, null);

    public VoterRow {
        refused = List.copyOf(refused);
    }

    /**
     * A refused attempt.
     *
     * @param recordedAtMs the broker's append time, milliseconds since 1970
     */
    public record Refused(UUID voteId, long offset, long recordedAtMs, Reason reason) {}

    /** The latest refused attempt, or null when the row has none. */
    public @Nullable Refused latestRefused() {
        return refused.isEmpty() ? null : refused.get(refused.size() - 1);
    }

    /** The latest refused attempt of this vote id that the row has, or null. */
    public @Nullable Refused refused(UUID voteId) {
        for (Refused attempt : refused) {
            if (attempt.voteId().equals(voteId)) {
                return attempt;
            }
        }
        return null;
    }

    /** The row with this vote as the one that was accepted. */
    public VoterRow withAccepted(AcceptedVote vote) {
        return new VoterRow(vote, refused, forgotten, annulled);
    }

    /** The row with this attempt added; its offset must be above those of all others. */
    public VoterRow withRefused(Refused attempt) {
        List<Refused> attempts = new ArrayList<>(refused);
        attempts.removeIf(earlier -> earlier.voteId().equals(attempt.voteId()));
        attempts.add(attempt);
        boolean full = attempts.size() > MAX_REFUSED;
        return new VoterRow(
                accepted, full ? attempts.subList(1, attempts.size()) : attempts, forgotten || full, annulled);
    }

    /** The row with the accepted vote taken out by this annulment. */
    public VoterRow withAnnulled(Annulment annulment) {
        return new VoterRow(accepted, refused, forgotten, annulment);
    }

    /** The row as the store keeps it; {@link #decode} reads it. */
    public byte[] encode() {
        long[] words = accepted == null ? new long[0] : accepted.picks().words();
        byte[][] reasons = new byte[refused.size()][];
        byte[] why = annulled == null ? new byte[0] : annulled.reason().getBytes(StandardCharsets.UTF_8);
        int length = 2
                + (accepted == null ? 0 : ATTEMPT_LENGTH + 1 + Long.BYTES * words.length)
                + (refused.isEmpty() ? 0 : 1)
                + (annulled == null ? 0 : 2 * Long.BYTES + why.length);
        for (int i = 0; i < reasons.length; i++) {
            reasons[i] = refused.get(i).reason().name().getBytes(StandardCharsets.US_ASCII);
            length += ATTEMPT_LENGTH + 1 + reasons[i].length;
        }
        int flags = (accepted == null ? 0 : ACCEPTED)
                | (refused.isEmpty() ? 0 : REFUSED)
                | (annulled == null ? 0 : ANNULLED)
                | (forgotten ? FORGOTTEN : 0);
        ByteBuffer row = ByteBuffer.allocate(length).put(version()).put((byte) flags);
        if (accepted != null) {
            putAttempt(row, accepted.voteId(), accepted.offset(), accepted.recordedAtMs());
            row.put((byte) words.length);
            for (long word : words) {
                row.putLong(word);
            }
        }
        if (!refused.isEmpty()) {
            row.put((byte) refused.size());
        }
        for (int i = 0; i < refused.size(); i++) {
            Refused attempt = refused.get(i);
            putAttempt(row, attempt.voteId(), attempt.offset(), attempt.recordedAtMs());
            row.put((byte) reasons[i].length).put(reasons[i]);
        }
        if (annulled != null) {
            row.putLong(annulled.offset()).putLong(annulled.recordedAtMs()).put(why);
        }
        return row.array();
    }

    private byte version() {
        if (!refused.isEmpty() || forgotten) {
            return VERSION_WITH_REFUSED;
        }
        return annulled == null ? VERSION : VERSION_WITH_ANNULMENT;
    }

    /**
     * Decodes a row; null is the row of a new voter.
     *
     * @throws IllegalStateException when the bytes are no such row: the store is damaged, or a newer version wrote it
     */
    public static VoterRow decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return NEW;
        }
        ByteBuffer row = ByteBuffer.wrap(bytes);
        byte version = row.get();
        if (version < VERSION || version > VERSION_WITH_REFUSED) {
            throw new IllegalStateException("a voter's row is of version %d; this build knows versions %d to %d"
                    .formatted(version, VERSION, VERSION_WITH_REFUSED));
        }
        int flags = row.get();
        AcceptedVote accepted = null;
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
        List<Refused> refused = new ArrayList<>();
        if ((flags & REFUSED) != 0) {
            for (int left = version == VERSION_WITH_REFUSED ? row.get() : 1; left > 0; left--) {
                refused.add(refused(row));
            }
        }
        boolean forgotten = version == VERSION_WITH_REFUSED ? (flags & FORGOTTEN) != 0 : (flags & REFUSED) != 0;
        Annulment annulled = null;
        if ((flags & ANNULLED) != 0) {
            long offset = row.getLong();
            long recordedAtMs = row.getLong();
            byte[] why = new byte[row.remaining()];
            row.get(why);
            annulled = new Annulment(offset, recordedAtMs, new String(why, StandardCharsets.UTF_8));
        }
        return new VoterRow(accepted, refused, forgotten, annulled);
    }

    private static Refused refused(ByteBuffer row) {
        UUID id = new UUID(row.getLong(), row.getLong());
        long offset = row.getLong();
        long recordedAtMs = row.getLong();
        byte[] reason = new byte[row.get()];
        row.get(reason);
        return new Refused(id, offset, recordedAtMs, Reason.valueOf(new String(reason, StandardCharsets.US_ASCII)));
    }

    private static void putAttempt(ByteBuffer row, UUID voteId, long offset, long recordedAtMs) {
        row.putLong(voteId.getMostSignificantBits())
                .putLong(voteId.getLeastSignificantBits())
                .putLong(offset)
                .putLong(recordedAtMs);
    }
}
