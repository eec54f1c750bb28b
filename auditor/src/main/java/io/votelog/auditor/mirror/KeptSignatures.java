// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.mirror;

import io.votelog.auditor.tlog.CosignatureVerifier;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.SignedNote.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which signature lines a mirror shows with a checkpoint: those that the source shows now and those that it showed before. A
 * line of a witness of the policy is shown only if it verifies, so that nobody on the way makes a cosigned checkpoint look
 * badly cosigned; lines of unknown keys are copied.
 */
final class KeptSignatures {
    private final List<CosignatureVerifier> witnesses;

    /** @param policy names the witnesses whose lines are checked; null where none are */
    KeptSignatures(@Nullable Policy policy) {
        witnesses = policy == null
                ? List.of()
                : policy.witnesses().stream().map(Policy.Witness::key).toList();
    }

    /**
     * The checkpoint as it is shown from now on.
     *
     * @param shown by the source, signed by the log
     * @param kept here; null where there is none
     */
    SignedNote of(SignedNote shown, @Nullable SignedNote kept) {
        SignedNote before =
                kept == null || !kept.text().equals(shown.text()) ? new SignedNote(shown.text(), List.of()) : kept;
        List<Signature> signatures = new ArrayList<>();
        for (Signature signature : shown.signatures()) {
            if (!isOlder(signature, shown, before) && isRight(signature, shown)) {
                signatures.add(signature);
            }
        }
        for (Signature signature : before.signatures()) {
            if (signatures.size() < SignedNote.MOST_SIGNATURES
                    && signatures.stream().noneMatch(one -> isOfSameKey(one, signature))
                    && isRight(signature, before)) {
                signatures.add(signature);
            }
        }
        return new SignedNote(shown.text(), signatures);
    }

    private static boolean isOfSameKey(Signature one, Signature other) {
        return one.keyId() == other.keyId() && one.name().equals(other.name());
    }

    /** Whether a line is of no witness that is known, or verifies. */
    private boolean isRight(Signature signature, SignedNote of) {
        return witnesses.stream()
                .filter(witness -> witness.isOf(signature))
                .allMatch(witness -> time(witness, signature, of).isPresent());
    }

    private boolean isOlder(Signature signature, SignedNote shown, SignedNote kept) {
        return witnesses.stream().filter(witness -> witness.isOf(signature)).anyMatch(witness -> {
            Optional<Instant> before = witness.cosigned(kept);
            Optional<Instant> now = time(witness, signature, shown);
            return before.isPresent()
                    && now.filter(time -> !time.isBefore(before.get())).isEmpty();
        });
    }

    private static Optional<Instant> time(CosignatureVerifier witness, Signature signature, SignedNote of) {
        return witness.cosigned(new SignedNote(of.text(), List.of(signature)));
    }
}
