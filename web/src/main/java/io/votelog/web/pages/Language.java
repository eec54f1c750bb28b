// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import io.votelog.rules.Text;
import io.votelog.web.headers.AcceptLanguage;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** A language that the pages speak. */
public enum Language {
    ENGLISH("en", "English"),
    CHINESE("zh", "中文");

    /** The query parameter by which a reader chooses one. */
    public static final String PARAMETER = "lang";

    private final String tag;
    private final String ownName;

    Language(String tag, String ownName) {
        this.tag = tag;
        this.ownName = ownName;
    }

    /** The BCP 47 tag. */
    public String tag() {
        return tag;
    }

    /** What its speakers call it. */
    public String ownName() {
        return ownName;
    }

    /** The other one, for a switch. */
    public Language other() {
        return this == ENGLISH ? CHINESE : ENGLISH;
    }

    /**
     * The language for a reader: the one chosen, else the one that the browser asks for first, else English.
     *
     * @param chosen the query parameter {@value #PARAMETER}, as it came; what is no language here counts as nothing
     * @param acceptLanguage the header of that name, as it came
     */
    public static Language of(@Nullable String chosen, @Nullable String acceptLanguage) {
        for (Language language : values()) {
            if (language.tag.equals(chosen)) {
                return language;
            }
        }
        // In the reader's order of preference; a tag stands for its regions and scripts too (RFC 4647, section 3.4).
        for (String range : AcceptLanguage.parse(acceptLanguage).ranges()) {
            for (Language language : values()) {
                if (AcceptLanguage.primary(range).equals(language.tag)) {
                    return language;
                }
            }
        }
        return ENGLISH;
    }

    /** The language for the reader who sends a request, as {@link #of(String, String)} has it. */
    public static Language of(@Nullable String chosen, HttpHeaders request) {
        return of(chosen, request.getFirst(HttpHeaders.ACCEPT_LANGUAGE));
    }

    /**
     * What a text says in this language, or in the nearest that it has: of the same language, else undetermined, else the first.
     * With the tag that a page must mark it with, where that is another one than its own.
     */
    public Said in(Text text) {
        Map<String, String> byLanguage = text.byLanguage();
        for (Map.Entry<String, String> entry : byLanguage.entrySet()) {
            String has = entry.getKey().toLowerCase(Locale.ROOT);
            if (has.equals(tag) || has.startsWith(tag + "-")) {
                return new Said(entry.getValue(), null);
            }
        }
        String undetermined = byLanguage.get(Text.UNDETERMINED);
        if (undetermined != null) {
            return new Said(undetermined, "");
        }
        Map.Entry<String, String> first = byLanguage.entrySet().iterator().next();
        return new Said(first.getValue(), first.getKey());
    }

    /**
     * A text as it is shown.
     *
     * @param lang for the HTML attribute of that name: null when the text is in the page's language, empty when nobody said which
     *     it is in
     */
    public record Said(String text, @Nullable String lang) {}
}
