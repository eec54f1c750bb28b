// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of values with semicolons between them. A value that begins with a quote ends with one, may have semicolons and line
 * ends within, and has each of its own quotes twice; a quote elsewhere stands for itself, as in Python's module {@code csv}, with
 * which these files are mostly written. Lines end with LF, CR LF or CR.
 */
final class RowReader {
    private static final char END = '\0';

    private final String text;
    private int at;
    private int line = 1;
    private int column = 1;

    /** @param text without a byte-order mark */
    RowReader(String text) {
        this.text = text;
    }

    /**
     * The next row that is not blank; null at the end.
     *
     * @throws PabulibException where a quote is not closed, or something follows behind it
     */
    @Nullable
    Row next() {
        while (at < text.length()) {
            Row row = row();
            if (!row.isBlank()) {
                return row;
            }
        }
        return null;
    }

    private Row row() {
        List<Field> fields = new ArrayList<>();
        fields.add(field());
        while (at < text.length() && text.charAt(at) == ';') {
            step();
            fields.add(field());
        }
        if (peek() == '\r') {
            step();
        }
        if (peek() == '\n') {
            step();
        }
        return new Row(fields);
    }

    private Field field() {
        int fromLine = line;
        int fromColumn = column;
        if (peek() == '"') {
            return new Field(fromLine, fromColumn, quoted().strip());
        }
        int begin = at;
        while (!endsField()) {
            step();
        }
        return new Field(fromLine, fromColumn, text.substring(begin, at).strip());
    }

    private String quoted() {
        int fromLine = line;
        int fromColumn = column;
        StringBuilder value = new StringBuilder();
        step();
        while (true) {
            if (at == text.length()) {
                throw PabulibException.at(
                        fromLine,
                        fromColumn,
                        "the quote that begins this value is closed nowhere; a quote within a value is written twice");
            }
            char c = text.charAt(at);
            step();
            if (c != '"') {
                value.append(c);
            } else if (peek() == '"') {
                value.append('"');
                step();
            } else {
                break;
            }
        }
        while (peek() == ' ' || peek() == '\t') {
            step();
        }
        if (!endsField()) {
            throw PabulibException.at(
                    line,
                    column,
                    "a value goes on behind its closing quote; a quote within a value that begins with one is written twice");
        }
        return value.toString();
    }

    private boolean endsField() {
        return at == text.length() || ";\r\n".indexOf(text.charAt(at)) >= 0;
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    private void step() {
        char c = text.charAt(at++);
        if (c == '\n' || (c == '\r' && peek() != '\n')) {
            line++;
            column = 1;
        } else if (!Character.isLowSurrogate(c)) {
            column++;
        }
    }
}
