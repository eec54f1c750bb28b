// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A text for people, in one or more languages. Two texts are equal when they say the same in the same languages, in
 * whatever order.
 *
 * @param byLanguage BCP 47 tag to text, in the order in which the ballot file gives them; never empty
 */
public record Text(Map<String, String> byLanguage) {
    /** BCP 47's tag for an undetermined language. A text that is given as a plain string is kept under it. */
    public static final String UNDETERMINED = "und";

    /** @throws IllegalArgumentException when no language is given */
    public Text {
        if (byLanguage.isEmpty()) {
            throw new IllegalArgumentException("a text needs at least one language");
        }
        byLanguage = Collections.unmodifiableMap(new LinkedHashMap<>(byLanguage));
    }

    /** A text given as a plain string, its language undetermined. */
    public static Text of(String text) {
        return new Text(Map.of(UNDETERMINED, text));
    }
}
