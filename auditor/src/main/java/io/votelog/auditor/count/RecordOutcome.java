// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.rules.Reason;
import io.votelog.schemas.DeadLetters.Cause;
import io.votelog.schemas.Reasons;
import org.jspecify.annotations.Nullable;

/** What a record of votes turned out to be, as one byte, since there are as many as there are records. */
public final class RecordOutcome {
    /** No record stands there. */
    static final byte NONE = 0;

    public static final byte ACCEPTED = 1;
    public static final byte RETRIED = 2;

    /** A control record that holds. */
    public static final byte CONTROL = 3;

    /** Written in decisions, and no verdict at all. */
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

    /** The verdict that stands in decisions; a reason goes with a rejection and with nothing else. */
    static byte published(Outcome outcome, @Nullable RejectionReason reason) {
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

    /** Whether it is the verdict on a vote. */
    public static boolean isVerdict(byte finding) {
        return finding == ACCEPTED || finding == RETRIED || isRejected(finding);
    }

    /** Whether it is a verdict that has a {@link #reason}. */
    public static boolean isRejected(byte finding) {
        return finding >= FIRST_REASON && finding < FIRST_CAUSE;
    }

    /** Whether it is no event at all; then it has a {@link #cause}. */
    public static boolean isPoison(byte finding) {
        return finding >= FIRST_CAUSE;
    }

    /** Of one that {@link #isRejected}. */
    public static Reason reason(byte rejected) {
        return REASONS[rejected - FIRST_REASON];
    }

    /** Of one that {@link #isPoison}. */
    public static Cause cause(byte poison) {
        return CAUSES[poison - FIRST_CAUSE];
    }

    /** As a report says it. */
    public static String text(byte finding) {
        if (isRejected(finding)) {
            return "REJECTED " + reason(finding);
        }
        if (isPoison(finding)) {
            return "no vote: " + cause(finding);
        }
        return switch (finding) {
            case ACCEPTED -> "ACCEPTED";
            case RETRIED -> "RETRIED";
            case CONTROL -> "a control record";
            case NO_VERDICT -> "what is no verdict";
            default -> "nothing";
        };
    }
}
