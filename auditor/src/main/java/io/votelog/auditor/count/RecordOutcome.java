// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.rules.Reason;
import io.votelog.schemas.DeadLetters.Cause;
import io.votelog.schemas.Reasons;
import org.jspecify.annotations.Nullable;

/**
 * What the auditor decided on a record of votes. It is a code of one byte, since one is kept for every record of the
 * log.
 */
public final class RecordOutcome {
    /** There is no record at the offset. */
    static final byte NONE = 0;

    /** A vote that counts, unless it is annulled. */
    public static final byte ACCEPTED = 1;

    /** The accepted vote sent again. */
    public static final byte RETRIED = 2;

    /** A valid control record. */
    public static final byte CONTROL = 3;

    /** A decision was published that is no valid verdict. */
    static final byte NO_VERDICT = 4;

    private static final int FIRST_REASON = 16;
    private static final int FIRST_CAUSE = 64;
    private static final Reason[] REASONS = Reason.values();
    private static final Cause[] CAUSES = Cause.values();

    private RecordOutcome() {}

    static byte rejected(Reason reason) {
        return (byte) (FIRST_REASON + reason.ordinal());
    }

    static byte poison(Cause cause) {
        return (byte) (FIRST_CAUSE + cause.ordinal());
    }

    /**
     * The code of a published verdict. A rejection must have a reason, and nothing else may have one; otherwise it is
     * {@link #NO_VERDICT}.
     */
    public static byte published(Outcome outcome, @Nullable RejectionReason reason) {
        if (outcome == Outcome.REJECTED && reason != null) {
            return Reasons.fromWire(reason).map(RecordOutcome::rejected).orElse(NO_VERDICT);
        }
        if (reason != null) {
            return NO_VERDICT;
        }
        return switch (outcome) {
            case ACCEPTED -> ACCEPTED;
            case RETRIED -> RETRIED;
            default -> NO_VERDICT;
        };
    }

    /** Whether the code is a verdict on a vote. */
    public static boolean isVerdict(byte outcome) {
        return outcome == ACCEPTED || outcome == RETRIED || isRejected(outcome);
    }

    /** Whether the record is a vote that was rejected; {@link #reason} says why. */
    public static boolean isRejected(byte outcome) {
        return outcome >= FIRST_REASON && outcome < FIRST_CAUSE;
    }

    /** Whether the record is no vote event, and belongs among the dead letters. */
    public static boolean isPoison(byte outcome) {
        return outcome >= FIRST_CAUSE;
    }

    /** The reason of an outcome that {@link #isRejected}. */
    public static Reason reason(byte rejected) {
        return REASONS[rejected - FIRST_REASON];
    }

    /** The cause of an outcome that {@link #isPoison}. */
    public static Cause cause(byte poison) {
        return CAUSES[poison - FIRST_CAUSE];
    }

    /** The outcome in words, for reports. */
    public static String text(byte outcome) {
        if (isRejected(outcome)) {
            return "REJECTED " + reason(outcome);
        }
        if (isPoison(outcome)) {
            return "no vote: " + cause(outcome);
        }
        return switch (outcome) {
            case ACCEPTED -> "ACCEPTED";
            case RETRIED -> "RETRIED";
            case CONTROL -> "a control record";
            case NO_VERDICT -> "what is no verdict";
            default -> "nothing";
        };
    }
}
