// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of one part of a file, under the names of its columns, which may stand in any order. */
final class Table {
    private final String part;
    private final Map<String, Integer> columns = new HashMap<>();
    private final List<Row> rows;

    /**
     * @param part PROJECTS or VOTES
     * @throws PabulibException where two columns have one name, or a row has more values than there are columns
     */
    Table(String part, Row header, List<Row> rows) {
        this.part = part;
        this.rows = rows;
        for (int index = 0; index < header.fields().size(); index++) {
            Field field = header.fields().get(index);
            String name = field.text().toLowerCase(Locale.ROOT);
            if (name.isEmpty()) {
                throw PabulibException.at(field, "a column of %s has no name".formatted(part));
            }
            if (columns.putIfAbsent(name, index) != null) {
                throw PabulibException.at(field, "%s has two columns %s".formatted(part, name));
            }
        }
        for (Row row : rows) {
            if (row.fields().size() > columns.size()) {
                throw PabulibException.at(
                        row.fields().get(columns.size()),
                        "this row has %d values, and %s has %d columns; a value with a semicolon in it stands in quotes"
                                .formatted(row.fields().size(), part, columns.size()));
            }
        }
    }

    List<Row> rows() {
        return rows;
    }

    boolean has(String column) {
        return columns.containsKey(column);
    }

    /** @throws PabulibException where there is no such column */
    void require(Row header, String column) {
        if (!has(column)) {
            throw PabulibException.at(
                    header.first(),
                    "%s has no column %s; it has %s"
                            .formatted(
                                    part,
                                    column,
                                    columns.entrySet().stream()
                                            .sorted(Map.Entry.comparingByValue())
                                            .map(Map.Entry::getKey)
                                            .collect(Collectors.joining(", "))));
        }
    }

    /** The value in a column; null where there is no such column, or the row ends before it. */
    @Nullable
    Field find(Row row, String column) {
        Integer index = columns.get(column);
        return index == null || index >= row.fields().size()
                ? null
                : row.fields().get(index);
    }

    /**
     * The value in a column that each row must have.
     *
     * @throws PabulibException where the row has none
     */
    Field get(Row row, String column) {
        Field field = find(row, column);
        if (field == null || field.isEmpty()) {
            throw PabulibException.at(
                    field == null ? row.first() : field, "this row of %s has no %s".formatted(part, column));
        }
        return field;
    }
}
