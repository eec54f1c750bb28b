// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.report.Report;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a checkpoint's cosignatures.
 *
 * @param policy whose they must be
 * @param times when they may be from
 */
public record CosignatureRequirement(Policy policy, Policy.Times times) {
    /** Witnesses' clocks may be ahead of this machine's by so much. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    /**
     * What is asked at a moment.
     *
     * @param oldest the greatest age of a cosignature that counts; null for any
     */
    public static CosignatureRequirement asOf(Instant now, Policy policy, @Nullable Duration oldest) {
        Instant from = oldest == null ? Instant.EPOCH : now.minus(oldest);
        return new CosignatureRequirement(policy, new Policy.Times(from, now.plus(CLOCK_SKEW)));
    }

    /** Adds a step that says who cosigned a checkpoint, and when. */
    public boolean reportTo(Report report, String title, SignedNote checkpoint) {
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
