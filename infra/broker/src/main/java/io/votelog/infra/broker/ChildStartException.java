// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

/**
 * A child process that could not be started or did not become ready. The first line of the message says what is wrong
 * and what would be right; where a child died, the last lines of its log follow.
 */
public final class ChildStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ChildStartException(String message) {
        super(message);
    }

    public ChildStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
