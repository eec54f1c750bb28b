// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An accepted vote that was taken out of the counts. It stays the voter's one vote: sent again it is retried, and another one is
 * {@code ALREADY_VOTED}.
 *
 * @param offset where in the partition the annulment stands
 * @param recordedAtMs when the broker appended it, in milliseconds since 1970 UTC
 * @param reason why, in the words of who annulled it
 */
public record Annulment(long offset, long recordedAtMs, String reason) {
    /** The most characters of a reason, as Unicode counts them. */
    public static final int MAX_REASON = 500;

    /** What is wrong with a reason, as a predicate of it; nothing where it is a good one. */
    public static Optional<String> faultOf(String reason) {
        int length = reason.codePointCount(0, reason.length());
        if (length == 0) {
            return Optional.of("is empty; it must say why the vote is annulled");
        }
        if (length > MAX_REASON) {
            return Optional.of("has %d characters; at most %d are allowed".formatted(length, MAX_REASON));
        }
        return reason.codePoints().anyMatch(Quoting::isUnprintable)
                ? Optional.of("has a control character; it must be plain text on one line")
                : Optional.empty();
    }

    /**
     * Whether an annulment takes a vote out of the counts: at its place in the partition the voter's accepted vote has that id and
     * is not annulled yet. As with {@link Decision}, what lies behind that place does not exist for it, and an annulment that stands
     * at that very place is itself.
     *
     * @param accepted the voter's accepted vote on the ballot, if there is one
     * @param annulled how that vote was annulled, if it was
     * @param voteId the vote that shall be annulled
     * @param offset where the annulment stands
     */
    public static boolean takesEffect(
            @Nullable AcceptedVote accepted, @Nullable Annulment annulled, UUID voteId, long offset) {
        return accepted != null
                && accepted.offset() < offset
                && accepted.voteId().equals(voteId)
                && (annulled == null || annulled.offset() >= offset);
    }
}
