// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.Report;
import io.votelog.auditor.seal.Leaf;
import org.jspecify.annotations.Nullable;

/** The verdict on a receipt's vote by the sealed log, with the exit code of a command that proves it. */
enum ReceiptVerdict {
    /** The vote counts. */
    ACCEPTED(Report.PASSED),
    /** The record repeats an accepted vote. That vote counts; this record does not count again. */
    RETRIED(4),
    /** The vote does not count, for a reason that the leaf names. */
    REJECTED(5),
    /** The record is a dead letter, for a cause that the leaf names, and does not count. */
    PUT_ASIDE(5),
    /** No verdict was published on the vote, although later votes were counted. */
    UNDECIDED(5),
    /** The vote was accepted, and a later control record annulled it. */
    ANNULLED(6);

    private final int exitCode;

    ReceiptVerdict(int exitCode) {
        this.exitCode = exitCode;
    }

    /** The verdict that a leaf of the tree of verdicts says; null where the leaf is none on a vote. */
    static @Nullable ReceiptVerdict of(@Nullable Leaf leaf) {
        if (leaf instanceof Leaf.Verdict verdict) {
            return switch (verdict.outcome()) {
                case "ACCEPTED" -> ACCEPTED;
                case "RETRIED" -> RETRIED;
                case "REJECTED" -> REJECTED;
                default -> null;
            };
        }
        if (leaf instanceof Leaf.PutAside) {
            return PUT_ASIDE;
        }
        return leaf instanceof Leaf.Undecided ? UNDECIDED : null;
    }

    /** What the proof of the verdict says, unchecked; null where it is of no verdict. */
    static @Nullable ReceiptVerdict of(ReceiptProofs proofs) {
        return of(ReceiptProofs.leaf(proofs.verdict().extra().orElse(new byte[0])));
    }

    /** The reason or cause that a leaf of the tree of verdicts names; empty where it names none. */
    static String reason(@Nullable Leaf verdict) {
        if (verdict instanceof Leaf.Verdict on) {
            return on.reason();
        }
        return verdict instanceof Leaf.PutAside aside ? aside.cause() : "";
    }

    int exitCode() {
        return exitCode;
    }
}
