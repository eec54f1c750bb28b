// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.events.VoteDecided;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * A verdict as it is published in the topic of decisions.
 *
 * @param idHigh the first half of the vote's id
 * @param idLow the second half
 * @param outcome the verdict, as a code of {@link RecordOutcome}
 */
public record PublishedVerdict(
        long idHigh, long idLow, String ballotId, byte outcome, long voteOffset, long recordedAtMs) {
    private static final long FINGERPRINT = SchemaNormalization.parsingFingerprint64(VoteDecided.getClassSchema());
    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final RejectionReason[] REASONS = RejectionReason.values();

    /** What a record of decisions says. */
    public static PublishedVerdict of(VoteDecided decided) {
        return new PublishedVerdict(
                decided.getVoteId().getMostSignificantBits(),
                decided.getVoteId().getLeastSignificantBits(),
                decided.getBallotId(),
                RecordOutcome.published(decided.getOutcome(), decided.getReason()),
                decided.getVoteOffset(),
                decided.getRecordedAt().toEpochMilli());
    }

    /**
     * Reads a verdict quickly. Null where the bytes are not in the canonical encoding, and must be read by
     * {@code Events}.
     */
    public static @Nullable PublishedVerdict read(EventBytes bytes, byte @Nullable [] value) {
        if (!bytes.begin(value, FINGERPRINT)) {
            return null;
        }
        long idHigh = bytes.fixed8();
        long idLow = bytes.fixed8();
        String ballotId = bytes.name();
        Outcome outcome = OUTCOMES[bytes.number(OUTCOMES.length)];
        RejectionReason reason = bytes.number(2) == 0 ? null : REASONS[bytes.number(REASONS.length)];
        long voteOffset = bytes.number();
        long recordedAtMs = bytes.number();
        return bytes.isComplete()
                ? new PublishedVerdict(
                        idHigh, idLow, ballotId, RecordOutcome.published(outcome, reason), voteOffset, recordedAtMs)
                : null;
    }
}
