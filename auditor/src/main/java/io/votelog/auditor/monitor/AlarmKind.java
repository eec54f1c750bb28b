// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import io.votelog.auditor.report.Report;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What an alarm is about, the gravest first. */
public enum AlarmKind {
    /** A tree is not the continuation of the one that was seen. */
    FORK(Report.MISMATCH),
    /** A tree is smaller than the one that was seen, and not its beginning. */
    SHRUNKEN(Report.MISMATCH),
    /** A witness was shown another history than this monitor. */
    EQUIVOCATION(Report.MISMATCH),
    /** The signed leaves are not those that the seals and the other tree ask for. */
    ORDER(Report.MISMATCH),
    /** A record of votes is another one than the one that is sealed. */
    RECORD(Report.MISMATCH),
    /** A sealed verdict is another one than the one that is decided here. */
    VERDICT(Report.MISMATCH),
    /** A partition of votes is not sealed with the others. */
    PARTITION(Report.MISMATCH),
    /** A sealed result is not the count, names trees that never were, or was left out. */
    RESULT(Report.MISMATCH),
    /** The sealed log could not be read. */
    UNREADABLE(Report.NOT_RUN),
    /** What is shown as a checkpoint is none that the log signed. */
    UNSIGNED(Report.INCOMPLETE),
    /** Tiles or entries do not lead to the signed root, so the leaves could not be looked at. */
    DAMAGED(Report.INCOMPLETE),
    /** An older tree is shown than the one that was seen here or by a witness. */
    STALE(Report.INCOMPLETE),
    /** Nothing was sealed for longer than is allowed. */
    LATE(Report.INCOMPLETE),
    /** The policy's witnesses have not cosigned what is shown. */
    UNWITNESSED(Report.INCOMPLETE),
    /** More of the log is not sealed, or for longer, than is allowed. */
    UNSEALED(Report.INCOMPLETE),
    /** The log itself could not be read. */
    LOG_UNREADABLE(Report.INCOMPLETE);

    private final int exitCode;

    AlarmKind(int exitCode) {
        this.exitCode = exitCode;
    }

    /** The name of this kind in JSON and in the environment of the user's command, such as {@code log-unreadable}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind with this name; empty where there is none. */
    static Optional<AlarmKind> of(String id) {
        return Stream.of(values()).filter(kind -> kind.id().equals(id)).findFirst();
    }

    /** Whether such an alarm is a proof, which does not pass. */
    boolean proven() {
        return exitCode == Report.MISMATCH;
    }

    /** The exit code of a round after which such an alarm stands. */
    int exitCode() {
        return exitCode;
    }
}
