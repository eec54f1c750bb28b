// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A ballot as maps, lists, strings and integers: what {@link BallotParser} reads. */
final class PlainForm {
    private PlainForm() {}

    static Map<String, Object> of(Ballot ballot) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("ballotId", ballot.id());
        putIfGiven(plain, "organiser", ballot.organiser());
        plain.put("title", plain(ballot.title()));
        putIfGiven(plain, "noun", ballot.noun());
        Map<String, Object> window = new LinkedHashMap<>();
        window.put("opensAt", ballot.opensAt().toString());
        window.put("closesAt", ballot.closesAt().toString());
        plain.put("window", window);
        plain.put("picks", plain(ballot.picks()));
        plain.put("sections", ballot.sections().stream().map(PlainForm::plain).toList());
        plain.put("order", FieldReader.word(ballot.order()));
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("visibility", FieldReader.word(ballot.visibility()));
        plain.put("results", results);
        return plain;
    }

    private static Map<String, Object> plain(Section section) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("id", section.id());
        plain.put("title", plain(section.title()));
        plain.put("picks", plain(section.picks()));
        plain.put("options", section.options().stream().map(PlainForm::plain).toList());
        return plain;
    }

    private static Map<String, Object> plain(Option option) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("id", option.id());
        plain.put("title", plain(option.title()));
        putIfGiven(plain, "summary", option.summary());
        putIfGiven(plain, "owner", option.owner());
        putIfGiven(plain, "link", option.link());
        putIfGiven(plain, "image", option.image());
        return plain;
    }

    private static void putIfGiven(Map<String, Object> plain, String field, @Nullable String value) {
        if (value != null) {
            plain.put(field, value);
        }
    }

    private static void putIfGiven(Map<String, Object> plain, String field, @Nullable Text value) {
        if (value != null) {
            plain.put(field, plain(value));
        }
    }

    private static Map<String, Object> plain(Range range) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("min", range.min());
        plain.put("max", range.max());
        return plain;
    }

    private static Object plain(Text text) {
        Map<String, String> byLanguage = text.byLanguage();
        String undetermined = byLanguage.get(Text.UNDETERMINED);
        if (byLanguage.size() == 1 && undetermined != null) {
            return undetermined;
        }
        return new TreeMap<>(byLanguage);
    }
}
