// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

/**
 * A file could not be read whole: nobody answered, or with an error, or what came broke off, or there is no such file. That says
 * nothing against the log. The message says which file, and why.
 */
public final class UnreadableException extends TlogException {
    private static final long serialVersionUID = 1L;

    private final boolean passing;

    /**
     * @param message which file, and why
     * @param passing whether it may be gone when it is tried again
     */
    public UnreadableException(String message, boolean passing) {
        super(message);
        this.passing = passing;
    }

    public UnreadableException(String message, boolean passing, Throwable cause) {
        super(message, cause);
        this.passing = passing;
    }

    /** Whether it may be gone when it is tried again. */
    public boolean passing() {
        return passing;
    }
}
