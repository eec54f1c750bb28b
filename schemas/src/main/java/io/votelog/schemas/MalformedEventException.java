// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

/** Bytes that are no well-formed event; the message says what is wrong with them. */
public final class MalformedEventException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedEventException(String message) {
        super(message);
    }

    MalformedEventException(String message, Throwable cause) {
        super(message, cause);
    }
}
