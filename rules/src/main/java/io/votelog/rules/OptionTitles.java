// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The titles of a section's options, compared as voters of each language see them: in that language, else in the nearest language
 * that the title has. Two titles that read alike are a fault, since a voter could not tell their options apart.
 */
final class OptionTitles {
    /** The most languages that all titles of a section may have together; one text may have as many. */
    static final int MAX_LANGUAGES = 64;

    /**
     * A title in one language.
     *
     * @param place of the title in the ballot file
     * @param language BCP 47 tag in small letters
     * @param primary the tag's first part, such as {@code zh} of {@code zh-hant}
     * @param text as the ballot file has it
     * @param asSeen what an eye can tell of the text, see {@link ShownText#asSeen}
     */
    private record Said(String place, String language, String primary, String text, String asSeen) {
        /** How near this title's language is to a wanted one: 0 the same, 1 another form of it, 2 undetermined, 3 any other. */
        int distanceTo(String wanted, String wantedPrimary) {
            if (language.equals(wanted)) {
                return 0;
            } else if (primary.equals(wantedPrimary)) {
                return 1;
            }
            return language.equals(Text.UNDETERMINED) ? 2 : 3;
        }
    }

    private final List<List<Said>> titles = new ArrayList<>();
    private final Set<String> languages = new HashSet<>();

    void add(String place, Text title) {
        List<Said> inAll = new ArrayList<>();
        new TreeMap<>(title.byLanguage()).forEach((tag, text) -> {
            String language = tag.toLowerCase(Locale.ROOT);
            boolean plain = tag.equals(Text.UNDETERMINED) && title.byLanguage().size() == 1;
            inAll.add(new Said(
                    plain ? place : place + "." + Quoting.shown(tag),
                    language,
                    primary(language),
                    text,
                    ShownText.asSeen(text)));
            languages.add(language);
        });
        titles.add(inAll);
    }

    /**
     * The titles that read like an earlier one, each once.
     *
     * @param place of the section's options
     */
    List<Fault> faults(String place) {
        if (languages.size() > MAX_LANGUAGES) {
            return List.of(new Fault(
                    place,
                    "has titles in " + languages.size() + " languages; a section must have at most " + MAX_LANGUAGES));
        }
        List<Fault> faults = new ArrayList<>();
        Set<List<Said>> told = new HashSet<>();
        for (String language : languages.stream().sorted().toList()) {
            String primary = primary(language);
            Map<String, Said> seen = new HashMap<>();
            for (List<Said> title : titles) {
                Said shown = nearest(title, language, primary);
                Said first = seen.putIfAbsent(shown.asSeen(), shown);
                if (first != null && told.add(title)) {
                    faults.add(new Fault(
                            shown.place(),
                            "is " + Quoting.quoted(shown.text()) + ", which reads like " + first.place()
                                    + "; a title must be unique in its section"));
                }
            }
        }
        return faults;
    }

    /** The title that a voter of a language is shown: the first of the nearest ones, as the pages choose it. */
    private static Said nearest(List<Said> title, String language, String primary) {
        Said nearest = title.get(0);
        for (Said other : title) {
            if (other.distanceTo(language, primary) < nearest.distanceTo(language, primary)) {
                nearest = other;
            }
        }
        return nearest;
    }

    private static String primary(String language) {
        int hyphen = language.indexOf('-');
        return hyphen < 0 ? language : language.substring(0, hyphen);
    }
}
