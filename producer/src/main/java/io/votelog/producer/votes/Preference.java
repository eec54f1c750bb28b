// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import java.util.List;
import java.util.Locale;

/** How much of an answer a client prefers, by the header {@code Prefer} (RFC 7240, section 4.2). */
enum Preference {
    /** {@code return=minimal}: a vote's answer without a promise. */
    MINIMAL,
    /** {@code return=representation}: a batch's answers with promises. */
    REPRESENTATION,
    /** Nothing that is known here. */
    NONE;

    /** The header's name. */
    static final String HEADER = "Prefer";

    private static final int MOST_LETTERS = 1_000;

    /**
     * Reads the header's lines. Of preferences that contradict each other the first one is taken; what is no preference, or is too
     * long, is none.
     */
    static Preference read(List<String> lines) {
        for (String line : lines) {
            if (line.length() > MOST_LETTERS) {
                return NONE;
            }
            for (String part : line.split(",", -1)) {
                String preference =
                        part.split(";", 2)[0].replaceAll("[ \\t\"]", "").toLowerCase(Locale.ROOT);
                switch (preference) {
                    case "return=minimal":
                        return MINIMAL;
                    case "return=representation":
                        return REPRESENTATION;
                    default:
                        break;
                }
            }
        }
        return NONE;
    }
}
