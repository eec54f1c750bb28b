// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

/**
 * A child process that could not be started or did not become ready. The first line of the message says what is wrong
 * and what would be right; where a child died, the last lines of its log follow.
 */
public final class ChildStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what did not start, and the end of its log below the first line where it has one */
    public ChildStartException(String message) {
        super(message);
    }

    /**
     * @param message what did not start, and why
     * @param cause what it is known from
     */
    public ChildStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
