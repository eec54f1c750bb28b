// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import java.util.function.IntFunction;

/** Headers whose values servers take apart, with values of as many different parts as fit. */
enum ClientHeader {
    /** Every tenth range has a weight: shorter ranges are more ranges, and those cost the most. */
    ACCEPT_LANGUAGE("Accept-Language", i -> letters(i) + (i % 10 == 9 ? ";q=0." + (1 + i / 10 % 9) : "")),
    ACCEPT("Accept", i -> "text/%s;q=0.%d".formatted(letters(i), 1 + i % 9)),
    ACCEPT_ENCODING("Accept-Encoding", i -> "%s;q=0.%d".formatted(letters(i), 1 + i % 9)),
    IF_NONE_MATCH("If-None-Match", i -> '"' + letters(i) + '"'),
    PREFER("Prefer", i -> letters(i) + "=1"),
    X_FORWARDED_FOR("X-Forwarded-For", i -> "10.0.%d.%d".formatted(i / 256, i % 256)),
    FORWARDED("Forwarded", i -> "for=10.0.%d.%d".formatted(i / 256, i % 256));

    private final String fieldName;
    private final IntFunction<String> part;

    ClientHeader(String fieldName, IntFunction<String> part) {
        this.fieldName = fieldName;
        this.part = part;
    }

    String fieldName() {
        return fieldName;
    }

    /** The header's line with a value of at most so many bytes. */
    String line(int length) {
        StringBuilder value = new StringBuilder(part.apply(0));
        for (int i = 1; value.length() + 1 + part.apply(i).length() <= length; i++) {
            value.append(',').append(part.apply(i));
        }
        return fieldName + ": " + value;
    }

    /** Different letters for each number, two of them as long as that is enough. */
    private static String letters(int i) {
        String two = "" + (char) ('a' + i % 26) + (char) ('a' + i / 26 % 26);
        return i < 26 * 26 ? two : two + (char) ('a' + i / (26 * 26) - 1);
    }
}
