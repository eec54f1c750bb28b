// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

/** The log did not confirm a control record, or cannot take it. Trying again later is safe. */
public final class LogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LogUnavailableException(String message) {
        super(message);
    }

    LogUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
