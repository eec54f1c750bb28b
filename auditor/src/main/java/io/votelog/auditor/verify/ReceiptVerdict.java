// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.Report;

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

    int exitCode() {
        return exitCode;
    }
}
