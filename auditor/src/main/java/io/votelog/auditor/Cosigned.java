package io.votelog.auditor;

import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import java.util.stream.Collectors;

/**
 * What is asked of a checkpoint's cosignatures.
 *
 * @param policy whose they must be
 * @param times when they may be from
 */
record Cosigned(Policy policy, Policy.Times times) {
    /** Adds a step that says who cosigned a checkpoint, and when. */
    boolean tell(Report report, String title, SignedNote checkpoint) {
        String missing = policy.missing(checkpoint, times);
        String told = policy.cosignatures(checkpoint).stream()
                .map(one -> "%s at %s%s"
                        .formatted(
                                one.witness(), one.time(), times.holds(one.time()) ? "" : ", " + times.why(one.time())))
                .collect(Collectors.joining("\n"));
        if (missing.isEmpty()) {
            report.pass(title, "cosigned as the policy asks" + (told.isEmpty() ? "" : "\n" + told));
            return true;
        }
        report.fail(title, "not cosigned as the policy asks: " + missing + (told.isEmpty() ? "" : "\n" + told));
        return false;
    }
}
