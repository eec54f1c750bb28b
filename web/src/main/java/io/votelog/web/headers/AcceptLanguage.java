// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The languages that a reader wants, from an {@code Accept-Language} header (RFC 9110, section 12.5.4) or a parameter of that form.
 *
 * @param ranges in lower case, the most wanted first; none that the reader does not want
 */
public record AcceptLanguage(List<String> ranges) {
    private static final String ANY = "*";

    /** What this header says; of a long one, its beginning. */
    public static AcceptLanguage parse(@Nullable String header) {
        return new AcceptLanguage(header == null ? List.of() : Weighted.wanted(List.of(header)));
    }

    /**
     * The language among these that comes closest: by the lookup of RFC 4647, section 3.4, where {@code zh-Hant-TW} may get {@code
     * zh-Hant} or {@code zh}; failing that, the first whose primary language is wanted, as {@code zh-CN} for {@code zh-TW}.
     *
     * @return one of those that are offered, or null when none of them is wanted
     */
    public @Nullable String lookup(Collection<String> offered) {
        for (String range : ranges) {
            for (String shorter = range; !shorter.isEmpty(); shorter = shortened(shorter)) {
                for (String language : offered) {
                    if (language.equalsIgnoreCase(shorter)) {
                        return language;
                    }
                }
            }
        }
        for (String range : ranges) {
            for (String language : offered) {
                if (!range.equals(ANY) && primary(language).equalsIgnoreCase(primary(range))) {
                    return language;
                }
            }
        }
        return null;
    }

    /** The primary language of a tag: what stands before its first dash, in lower case. */
    public static String primary(String tag) {
        int dash = tag.indexOf('-');
        return (dash < 0 ? tag : tag.substring(0, dash)).toLowerCase(Locale.ROOT);
    }

    /** Without its last subtag, and without the single character before that; empty when nothing is left. */
    private static String shortened(String range) {
        int dash = range.lastIndexOf('-');
        if (dash >= 2 && range.charAt(dash - 2) == '-') {
            dash -= 2;
        }
        return dash < 0 ? "" : range.substring(0, dash);
    }
}
