// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

/**
 * A file could not be read completely: the server did not answer, answered with an error or broke off, or there is no
 * such file. This proves nothing against the log. The message says which file, and why.
 */
public final class UnreadableException extends TlogException {
    private static final long serialVersionUID = 1L;

    private final boolean passing;

    /**
     * @param message which file, and why
     * @param passing whether another attempt may succeed
     */
    public UnreadableException(String message, boolean passing) {
        super(message);
        this.passing = passing;
    }

    /**
     * @param passing whether another attempt may succeed
     * @param cause what it is known from
     */
    public UnreadableException(String message, boolean passing, Throwable cause) {
        super(message, cause);
        this.passing = passing;
    }

    /** Whether another attempt may succeed. */
    public boolean passing() {
        return passing;
    }
}
