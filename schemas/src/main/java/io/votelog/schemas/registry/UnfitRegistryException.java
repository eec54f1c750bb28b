// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.registry;

/** The schema registry cannot be asked, or does not hold what is to be written; the message says which in one line, and what mends it. */
public final class UnfitRegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnfitRegistryException(String message) {
        super(message);
    }

    UnfitRegistryException(String message, Throwable cause) {
        super(message, cause);
    }
}
