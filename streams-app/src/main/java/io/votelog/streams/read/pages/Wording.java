// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.votelog.rules.Text;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.Words;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The words, numbers and times of the pages in one language. Times are in UTC and say so; scripts convert them to the reader's
 * time zone.
 */
final class Wording {
    private static final String SCRIPT_PREFIX = "live-";
    private static final String TIME = "{time}";
    private static final Pattern GAP = Pattern.compile("\\{(\\w+)\\}");

    private final Language language;
    private final Locale locale;
    private final Map<String, String> words;
    private final Map<String, String> scriptWords;
    private final DateTimeFormatter moment;

    Wording(Words words, Language language) {
        this.language = language;
        this.locale = Locale.forLanguageTag(language.tag());
        this.words = words.in(language);
        this.scriptWords = words.under(language, SCRIPT_PREFIX);
        this.moment = DateTimeFormatter.ofPattern(this.words.getOrDefault("moment", ""), locale)
                .withZone(ZoneOffset.UTC);
    }

    /**
     * A sentence that contains a time, or none.
     *
     * @param at the time in ISO 8601, UTC
     * @param shown the same time for people
     */
    record Timed(String before, @Nullable String at, @Nullable String shown, String after) {
        /** The sentence as one text. */
        String whole() {
            return before + (shown == null ? "" : shown) + after;
        }
    }

    Language language() {
        return language;
    }

    /** All words of the language, for a template. */
    Map<String, String> words() {
        return words;
    }

    /** The words that a page's script says, by keys without their prefix. */
    Map<String, String> scriptWords() {
        return scriptWords;
    }

    /**
     * A sentence that a page's script says too.
     *
     * @param key without the prefix
     * @param gaps what is filled in
     */
    String live(String key, Map<String, String> gaps) {
        // In one pass: what fills a gap is no sentence with gaps of its own.
        return GAP.matcher(word(SCRIPT_PREFIX + key))
                .replaceAll(gap -> Matcher.quoteReplacement(gaps.getOrDefault(gap.group(1), gap.group())));
    }

    /** @throws IllegalArgumentException when there is no word for the key */
    String word(String key) {
        String word = words.get(key);
        if (word == null) {
            throw new IllegalArgumentException("no word " + key);
        }
        return word;
    }

    /** @return the sentence; without a time when it has no place for one */
    Timed timed(String key, @Nullable Instant time) {
        String sentence = word(key);
        int gap = sentence.indexOf(TIME);
        if (gap < 0) {
            return new Timed(sentence, null, null, "");
        }
        String before = sentence.substring(0, gap);
        String after = sentence.substring(gap + TIME.length());
        return time == null
                ? new Timed(before, null, null, after)
                : new Timed(before, time.toString(), moment.format(time), after);
    }

    Language.Said said(Map<String, String> byLanguage) {
        return language.in(new Text(byLanguage));
    }

    String number(long number) {
        return String.format(locale, "%,d", number);
    }

    /** The share as a percentage; empty when the whole is 0. */
    String share(long part, long whole) {
        return String.format(locale, "%.1f%%", whole == 0 ? 0 : 100.0 * part / whole);
    }
}
