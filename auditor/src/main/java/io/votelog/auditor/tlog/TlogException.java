// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

/**
 * A file of a log, or what somebody sent about a log, is invalid, or could not be read or written. The message says
 * what is wrong, where, and what would be right.
 */
public sealed class TlogException extends RuntimeException permits UnreadableException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, where, and what would be right */
    public TlogException(String message) {
        super(message);
    }

    /**
     * @param message what is wrong, where, and what would be right
     * @param cause the exception that was caught
     */
    public TlogException(String message, Throwable cause) {
        super(message, cause);
    }
}
