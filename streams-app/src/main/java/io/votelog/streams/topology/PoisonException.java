// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.schemas.DeadLetters;

/** A record of the log is no well-formed event; the cause is the one that its dead letter names. */
final class PoisonException extends Exception {
    private static final long serialVersionUID = 1L;

    private final DeadLetters.Cause reason;

    PoisonException(DeadLetters.Cause reason, String detail) {
        // Every such record makes one of these, so it has no stack trace.
        super(detail, null, false, false);
        this.reason = reason;
    }

    DeadLetters.Cause reason() {
        return reason;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
