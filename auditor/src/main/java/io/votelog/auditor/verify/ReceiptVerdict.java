// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.Report;

/** What became of a receipt's vote, as the sealed log says it, and how a program that proves it ends. */
enum ReceiptVerdict {
    /** It counts. */
    ACCEPTED(Report.PASSED),
    /** It repeats a vote that was accepted: that one counts, and this record does not count again. */
    RETRIED(4),
    /** It does not count, for a reason. */
    REJECTED(5),
    /** It was put aside as no vote, for a cause, and does not count. */
    PUT_ASIDE(5),
    /** Nothing was published on it although the counting had passed it. */
    UNDECIDED(5),
    /** It was accepted, and a control record took it out of the counts later. */
    ANNULLED(6);

    private final int exitCode;

    ReceiptVerdict(int exitCode) {
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
