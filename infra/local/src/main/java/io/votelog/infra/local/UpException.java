// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

/** Why the system does not run, or not any more: one line for the person who started it. */
final class UpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UpException(String line) {
        super(oneLine(line), null, false, false);
    }

    String line() {
        return String.valueOf(getMessage());
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
