// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

/**
 * A field of a row.
 *
 * @param line where it begins, from 1
 * @param column where it begins, from 1, in characters
 * @param text its value: without its quotes, and without white space at either end
 */
record Field(int line, int column, String text) {
    boolean isEmpty() {
        return text.isEmpty();
    }
}
