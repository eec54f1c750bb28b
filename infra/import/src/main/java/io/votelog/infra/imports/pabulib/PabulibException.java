// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

/** A file is not in Pabulib's format, or its votes are not votes of a ballot here. The message says where, and what would be right. */
public final class PabulibException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PabulibException(String message) {
        super(message);
    }

    /** @param line and {@code column}, both counted from 1, in characters */
    static PabulibException at(int line, int column, String problem) {
        return new PabulibException("line %d, column %d: %s".formatted(line, column, problem));
    }

    static PabulibException at(Field field, String problem) {
        return at(field.line(), field.column(), problem);
    }

    /** A value as a sentence quotes it: short, and without what breaks lines. */
    static String quoted(String value) {
        String plain = value.replaceAll("\\p{Cntrl}", " ");
        return "'" + (plain.length() > 40 ? plain.substring(0, 40) + "…" : plain) + "'";
    }
}
