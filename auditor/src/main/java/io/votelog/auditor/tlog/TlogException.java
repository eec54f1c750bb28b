// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

/**
 * A log's files, or what another party sent of a log, are not what they have to be, or could not be read or written. The message
 * says what, where, and what would be right.
 */
public sealed class TlogException extends RuntimeException permits UnreadableException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, where, and what would be right */
    public TlogException(String message) {
        super(message);
    }

    /**
     * @param message what is wrong, where, and what would be right
     * @param cause what was caught
     */
    public TlogException(String message, Throwable cause) {
        super(message, cause);
    }
}
