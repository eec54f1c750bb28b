// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import java.util.List;

/**
 * A row of a file.
 *
 * @param fields at least one, without the empty ones at the row's end, by which spreadsheets make all rows as long; the first field
 *     is there however empty it is
 */
record Row(List<Field> fields) {
    Row {
        int end = fields.size();
        while (end > 1 && fields.get(end - 1).isEmpty()) {
            end--;
        }
        fields = List.copyOf(fields.subList(0, end));
    }

    Field first() {
        return fields.get(0);
    }

    boolean isBlank() {
        return fields.size() == 1 && first().isEmpty();
    }
}
