// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.pages;

import io.votelog.rules.Ballot;
import io.votelog.rules.Option;
import io.votelog.rules.Order;
import io.votelog.rules.Range;
import io.votelog.rules.Section;
import io.votelog.rules.Text;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.Language.Said;
import io.votelog.web.pages.Moment;
import io.votelog.web.pages.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A ballot in one language, as the page's template takes it.
 *
 * @param picks how many options may be picked over all sections
 * @param rules the rules, in sentences
 * @param start what to do, as the bar says it before anything is picked
 * @param pickedNone that nothing is picked
 * @param options how many there are
 * @param several whether there is more than one section
 * @param owners the owners of options, each once, in the order in which they first come
 * @param folded whether any option tells more than its title
 */
record BallotView(
        String id,
        @Nullable Said organiser,
        Said title,
        Moment opensAt,
        Moment closesAt,
        Range picks,
        String order,
        List<String> rules,
        String start,
        String pickedNone,
        int options,
        boolean several,
        List<Part> parts,
        List<String> owners,
        boolean folded) {

    /** Up to how many options are seen at a glance. */
    private static final int FEW = 8;

    /**
     * A section.
     *
     * @param bounds how many of its options may be picked, in words; null when the section has no bounds of its own
     */
    record Part(String id, Said title, Range picks, @Nullable String bounds, List<Choice> choices) {}

    /**
     * An option.
     *
     * @param image an https address; a picture that would be fetched without TLS is not shown
     * @param told whether the option tells more than its title and its picture
     */
    record Choice(
            String id,
            Said title,
            @Nullable Said owner,
            @Nullable Said summary,
            @Nullable String link,
            @Nullable String image,
            boolean told) {}

    static BallotView of(Ballot ballot, Language language, Words words) {
        int options = ballot.optionCount();
        List<String> rules = new ArrayList<>();
        rules.add(words.say(language, "rule.once", Map.of()));
        // There is one, since a vote picks something.
        String overall = Objects.requireNonNull(bounds(words, language, "rule.picks", ballot.picks(), options));
        rules.add(overall);
        if (ballot.order() == Order.SHUFFLED) {
            rules.add(words.say(language, "rule.shuffled", Map.of()));
        }
        List<Part> parts = ballot.sections().stream()
                .map(section -> part(section, language, words))
                .toList();
        List<String> owners = parts.stream()
                .flatMap(part -> part.choices().stream())
                .map(Choice::owner)
                .filter(Objects::nonNull)
                .map(Said::text)
                .distinct()
                .toList();
        int most = Math.min(ballot.picks().max(), options);
        Text organiser = ballot.organiser();
        return new BallotView(
                ballot.id(),
                organiser == null ? null : language.in(organiser),
                language.in(ballot.title()),
                Moment.of(ballot.opensAt()),
                Moment.of(ballot.closesAt(), ballot.opensAt()),
                ballot.picks(),
                switch (ballot.order()) {
                    case LISTED -> "listed";
                    case SHUFFLED -> "shuffled";
                },
                rules,
                overall,
                words.say(language, most < options ? "say.pickedOf" : "say.picked", Map.of("n", 0, "max", most)),
                options,
                parts.size() > 1,
                parts,
                owners,
                parts.stream().flatMap(part -> part.choices().stream()).anyMatch(Choice::told));
    }

    /** Whether all options are seen at a glance, so that nobody has to search. */
    boolean few() {
        return options <= FEW;
    }

    /** Whether there is a choice of owners. */
    boolean severalOwners() {
        return owners.size() > 1;
    }

    /** Whether the page shows a picture. */
    boolean hasImages() {
        return parts.stream().flatMap(part -> part.choices().stream()).anyMatch(choice -> choice.image() != null);
    }

    private static Part part(Section section, Language language, Words words) {
        return new Part(
                section.id(),
                language.in(section.title()),
                section.picks(),
                bounds(
                        words,
                        language,
                        "part.picks",
                        section.picks(),
                        section.options().size()),
                section.options().stream()
                        .map(option -> choice(option, language))
                        .toList());
    }

    private static Choice choice(Option option, Language language) {
        Text owner = option.owner();
        Text summary = option.summary();
        String image = option.image();
        return new Choice(
                option.id(),
                language.in(option.title()),
                owner == null ? null : language.in(owner),
                summary == null ? null : language.in(summary),
                option.link(),
                image != null && image.startsWith("https:") ? image : null,
                owner != null || summary != null || option.link() != null);
    }

    /** The bounds as a sentence; null when they forbid nothing. */
    private static @Nullable String bounds(Words words, Language language, String key, Range picks, int available) {
        int max = Math.min(picks.max(), available);
        Map<String, Integer> both = Map.of("n", max, "min", picks.min(), "max", max);
        if (picks.min() == max) {
            return words.say(language, key + ".exactly", both);
        }
        if (max == available) {
            return picks.min() == 0 ? null : words.say(language, key + ".atLeast", Map.of("n", picks.min()));
        }
        return picks.min() == 0
                ? words.say(language, key + ".atMost", both)
                : words.say(language, key + ".between", both);
    }
}
