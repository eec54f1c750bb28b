// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

/** Why a system does not run, or not any more: one line for the person who started it. */
public class SystemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param line line breaks in it become blanks */
    public SystemException(String line) {
        super(oneLine(line), null, false, false);
    }

    /** The message, which is one line for whoever started the program. */
    public final String line() {
        return String.valueOf(getMessage());
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
