// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.schemas.DeadLetters;

/** A record of the log that is no well-formed event, with the cause that its dead letter names. */
final class PoisonException extends Exception {
    private static final long serialVersionUID = 1L;

    private final DeadLetters.Cause reason;

    PoisonException(DeadLetters.Cause reason, String detail) {
        // It is told apart from other records once for each, so it does without a stack trace.
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
