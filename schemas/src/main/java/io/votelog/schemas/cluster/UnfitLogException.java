// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

/**
 * The cluster or a topic is not what the log's promises need, and the message says, a line each, what is wrong and how it is mended; or
 * the cluster cannot be asked, which has a cause.
 */
public final class UnfitLogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnfitLogException(String message) {
        super(message);
    }

    UnfitLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
