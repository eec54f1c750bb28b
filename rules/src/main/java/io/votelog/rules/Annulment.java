// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The annulment of an accepted vote, which takes the vote out of the counts. The vote stays the voter's one vote: sent again it is
 * retried, and another vote of that voter is {@code ALREADY_VOTED}.
 *
 * @param offset of the annulment's record in its partition
 * @param recordedAtMs when the broker appended it, in milliseconds since 1970 UTC
 * @param reason why, in the words of who annulled it
 */
public record Annulment(long offset, long recordedAtMs, String reason) {
    /** The most characters of a reason, as Unicode counts them. */
    public static final int MAX_REASON = 500;

    /**
     * What is wrong with a reason: it must have 1 to {@value #MAX_REASON} characters, none of them a control character.
     *
     * @return a clause whose subject is the reason, such as {@code is empty; …}; empty where nothing is wrong
     */
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
     * is not annulled yet. As with {@link Decision}, records behind that place do not exist for it. An annulment that is known and
     * stands at that very place is this one, met again.
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
