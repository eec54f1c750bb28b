// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

/** The cluster or a topic is not what the log's promises need, or cannot be asked; the message says what would be right. */
public final class UnfitLogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnfitLogException(String message) {
        super(message);
    }

    UnfitLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
