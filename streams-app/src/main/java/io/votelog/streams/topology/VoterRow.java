// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

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
 * What the store knows of one voter on one ballot: the accepted vote, the latest refused attempts, each with a vote id of its own,
 * and how the accepted vote was annulled. Anybody can send attempts without end, so a few are kept and the row says that others were.
 *
 * <p>Bytes: a version (1), flags (1: accepted follows, 2: refused follows, 4: annulled follows, 8: attempts are forgotten), then of
 * the accepted vote its id (16), offset (8) and time in milliseconds (8) and its picks (a count of 64-bit words, 1 byte, and the
 * words); then how many refused attempts follow (1), oldest first, and of each the same three and the reason's name (length, 1 byte,
 * and ASCII); last of the annulment its offset (8), time in milliseconds (8) and reason (UTF-8, to the row's end). Numbers are
 * big-endian. That is version 3, of rows with refused attempts. Those without have version 1, or with an annulment version 2, so that
 * no build reads it that would take the vote for one that counts. Older builds kept one refused attempt in such rows, without the
 * number before it, and forgot those before.
 *
 * @param refused in the order of their offsets; at most {@value #MAX_REFUSED}
 * @param forgotten whether there may have been refused attempts of other vote ids
 */
public record VoterRow(
        @Nullable AcceptedVote accepted, List<Refused> refused, boolean forgotten, @Nullable Annulment annulled) {
    /** How many refused attempts are remembered. */
    public static final int MAX_REFUSED = 8;

    private static final byte VERSION = 1;
    private static final byte VERSION_WITH_ANNULMENT = 2;
    private static final byte VERSION_WITH_REFUSED = 3;
    private static final int ACCEPTED = 1;
    private static final int REFUSED = 2;
    private static final int ANNULLED = 4;
    private static final int FORGOTTEN = 8;
    private static final int ATTEMPT_LENGTH = 32;

    static final VoterRow NEW = new VoterRow(null, List.of(), false, null);

    public VoterRow {
        refused = List.copyOf(refused);
    }

    /** A refused attempt: its vote id, offset, the broker's append time in milliseconds, and why. */
    public record Refused(UUID voteId, long offset, long recordedAtMs, Reason reason) {}

    /** The latest refused attempt of all. */
    @Nullable
    Refused latestRefused() {
        return refused.isEmpty() ? null : refused.get(refused.size() - 1);
    }

    /** The latest refused attempt of this vote id that is remembered. */
    public @Nullable Refused refused(UUID voteId) {
        for (Refused attempt : refused) {
            if (attempt.voteId().equals(voteId)) {
                return attempt;
            }
        }
        return null;
    }

    VoterRow withAccepted(AcceptedVote vote) {
        return new VoterRow(vote, refused, forgotten, annulled);
    }

    /** With this attempt, which comes behind all others. */
    VoterRow withRefused(Refused attempt) {
        List<Refused> attempts = new ArrayList<>(refused);
        attempts.removeIf(earlier -> earlier.voteId().equals(attempt.voteId()));
        attempts.add(attempt);
        boolean full = attempts.size() > MAX_REFUSED;
        return new VoterRow(
                accepted, full ? attempts.subList(1, attempts.size()) : attempts, forgotten || full, annulled);
    }

    VoterRow withAnnulled(Annulment annulment) {
        return new VoterRow(accepted, refused, forgotten, annulment);
    }

    byte[] encode() {
        long[] words = accepted == null ? new long[0] : accepted.picks().words();
        List<byte[]> reasons = refused.stream()
                .map(attempt -> attempt.reason().name().getBytes(StandardCharsets.US_ASCII))
                .toList();
        byte[] why = annulled == null ? new byte[0] : annulled.reason().getBytes(StandardCharsets.UTF_8);
        int length = 2
                + (accepted == null ? 0 : ATTEMPT_LENGTH + 1 + Long.BYTES * words.length)
                + (refused.isEmpty() ? 0 : 1)
                + reasons.stream()
                        .mapToInt(reason -> ATTEMPT_LENGTH + 1 + reason.length)
                        .sum()
                + (annulled == null ? 0 : 2 * Long.BYTES + why.length);
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
            row.put((byte) reasons.get(i).length).put(reasons.get(i));
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
