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
 * The cosignatures that a checkpoint must have.
 *
 * @param policy the policy that names the witnesses and the quorum
 * @param times the times that a cosignature may have
 */
public record CosignatureRequirement(Policy policy, Policy.Times times) {
    /** The most by which a witness's clock may be ahead of this machine's. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    /**
     * The requirement at a moment.
     *
     * @param oldest the greatest age of a cosignature that counts; null for any age
     */
    public static CosignatureRequirement asOf(Instant now, Policy policy, @Nullable Duration oldest) {
        Instant from = oldest == null ? Instant.EPOCH : now.minus(oldest);
        return new CosignatureRequirement(policy, new Policy.Times(from, now.plus(CLOCK_SKEW)));
    }

    /**
     * Adds a step that lists who cosigned a checkpoint, and when.
     *
     * @return whether the requirement is met
     */
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
