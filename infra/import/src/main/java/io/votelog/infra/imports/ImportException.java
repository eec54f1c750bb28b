// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

/** A command cannot go on; the message says why, and what would help. */
final class ImportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ImportException(String message) {
        super(message);
    }
}
