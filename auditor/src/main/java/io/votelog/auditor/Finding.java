package io.votelog.auditor;

import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.rules.Reason;
import io.votelog.schemas.DeadLetters.Cause;
import io.votelog.schemas.Reasons;
import org.jspecify.annotations.Nullable;

/** What a record of votes turned out to be, as one byte, since there are as many as there are records. */
final class Finding {
    /** No record stands there. */
    static final byte NONE = 0;

    static final byte ACCEPTED = 1;
    static final byte RETRIED = 2;

    /** A control record that holds. */
    static final byte CONTROL = 3;

    /** Written in decisions, and no verdict at all. */
    static final byte NO_VERDICT = 4;

    private static final int FIRST_REASON = 16;
    private static final int FIRST_CAUSE = 64;
    private static final Reason[] REASONS = Reason.values();
    private static final Cause[] CAUSES = Cause.values();

    private Finding() {}

    static byte rejected(Reason reason) {
        return (byte) (FIRST_REASON + reason.ordinal());
    }

    static byte poison(Cause cause) {
        return (byte) (FIRST_CAUSE + cause.ordinal());
    }

    /** The verdict that stands in decisions; a reason goes with a rejection and with nothing else. */
    static byte published(Outcome outcome, @Nullable RejectionReason reason) {
        if (outcome == Outcome.REJECTED && reason != null) {
            return Reasons.fromWire(reason).map(Finding::rejected).orElse(NO_VERDICT);
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
    static boolean isVerdict(byte finding) {
        return finding == ACCEPTED || finding == RETRIED || isRejected(finding);
    }

    static boolean isRejected(byte finding) {
        return finding >= FIRST_REASON && finding < FIRST_CAUSE;
    }

    static boolean isPoison(byte finding) {
        return finding >= FIRST_CAUSE;
    }

    static Reason reason(byte rejected) {
        return REASONS[rejected - FIRST_REASON];
    }

    static Cause cause(byte poison) {
        return CAUSES[poison - FIRST_CAUSE];
    }

    /** As a report says it. */
    static String text(byte finding) {
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
