// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Says in sentences who leads. The page's script {@code lead.js} says the same of later results. */
final class Lead {
    /** Of more sections than these, all options are looked at together. */
    private static final int MOST_SECTIONS = 4;

    private final Wording wording;
    private final boolean over;

    /** @param over whether the result is final */
    Lead(Wording wording, boolean over) {
        this.wording = wording;
        this.over = over;
    }

    /** An option with its votes, in the words of the page's language. */
    record Standing(String id, String title, long votes) {}

    /** A section with its options, in the order of the ballot. */
    record Section(String title, List<Standing> options) {}

    /** The sentences, one for each section where there are few. */
    List<String> of(List<Section> sections) {
        if (sections.stream().flatMap(section -> section.options().stream()).allMatch(option -> option.votes() == 0)) {
            return List.of(wording.live("lead-none", Map.of()));
        }
        if (sections.size() == 1 || sections.size() > MOST_SECTIONS) {
            return List.of(sentence(sections.stream()
                    .flatMap(section -> section.options().stream())
                    .toList()));
        }
        return sections.stream()
                .map(section ->
                        wording.live("lead-part", Map.of("part", section.title(), "lead", sentence(section.options()))))
                .toList();
    }

    private String sentence(List<Standing> options) {
        List<Standing> sorted = options.stream()
                .sorted(Comparator.comparingLong(Standing::votes).reversed())
                .toList();
        Standing first = sorted.get(0);
        if (first.votes() == 0) {
            return wording.live("lead-none", Map.of());
        }
        long leaders = sorted.stream()
                .filter(option -> option.votes() == first.votes())
                .count();
        String kind = over ? "won-" : "lead-";
        String votes = wording.number(first.votes());
        if (leaders > 2) {
            return wording.live(kind + "many", Map.of("n", wording.number(leaders), "votes", votes));
        }
        if (sorted.size() == 1) {
            return wording.live(kind + "alone", Map.of("first", name(first), "votes", votes));
        }
        Standing second = sorted.get(1);
        return leaders == 2
                ? wording.live(kind + "tie", Map.of("first", name(first), "second", name(second), "votes", votes))
                : wording.live(
                        kind + "one",
                        Map.of(
                                "first", name(first),
                                "second", second.id(),
                                "votes", votes,
                                "behind", wording.number(second.votes()),
                                "ahead", wording.number(first.votes() - second.votes())));
    }

    private String name(Standing option) {
        return wording.live("lead-option", Map.of("id", option.id(), "title", option.title()));
    }
}
