// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns plain maps and lists into a ballot, or into the faults that they have. It asks each value for no more than its
 * own level and never recurses into what it does not know, so that neither depth nor size nor cycles can harm it.
 */
final class BallotParser {

    private static final Predicate<String> BALLOT_ID = Ballot::isId;
    private static final Predicate<String> INNER_ID =
            Pattern.compile("[A-Za-z0-9_-]{1,32}").asMatchPredicate();

    private static final List<String> BALLOT_FIELDS =
            List.of("ballotId", "organiser", "title", "noun", "window", "picks", "sections", "order", "results");
    private static final List<String> WINDOW_FIELDS = List.of("opensAt", "closesAt");
    private static final List<String> PICKS_FIELDS = List.of("min", "max");
    private static final List<String> SECTION_FIELDS = List.of("id", "title", "picks", "options");
    private static final List<String> OPTION_FIELDS = List.of("id", "title", "summary", "owner", "link", "image");
    private static final List<String> RESULTS_FIELDS = List.of("visibility");

    private final boolean proposed;
    private final FieldReader reader;
    private final Map<String, String> placesOfSections = new HashMap<>();
    private final Map<String, String> placesOfOptions = new HashMap<>();
    private int optionCount;

    private BallotParser(boolean proposed) {
        this.proposed = proposed;
        this.reader = new FieldReader(proposed);
    }

    /** What is a ballot: as much is asked of one that stands in a log. */
    static Ballot.Definition parse(@Nullable Object plain) {
        return new BallotParser(false).ballot(plain);
    }

    /** What is a ballot and may be published. */
    static Ballot.Definition propose(@Nullable Object plain) {
        return new BallotParser(true).ballot(plain);
    }

    private Ballot.Definition ballot(@Nullable Object plain) {
        Map<String, Object> fields = reader.fields("", plain, BALLOT_FIELDS);
        if (fields == null) {
            return new Ballot.Definition.Faulty(reader.faults(List.of()));
        }
        String id = reader.id(
                "ballotId",
                reader.required("", fields, "ballotId"),
                BALLOT_ID,
                "2 to 63 of a-z, 0-9 and -, not - first");
        Text organiser = reader.text("organiser", fields.get("organiser"), false);
        Text title = reader.text("title", reader.required("", fields, "title"), false);
        Text noun = reader.text("noun", fields.get("noun"), false);
        Window window = window(reader.required("", fields, "window"));
        List<ParsedSection> sections = sections(reader.required("", fields, "sections"));
        Range picks = overallPicks(fields.get("picks"), sections);
        Order order = reader.symbol("order", fields.get("order"), Order.values(), Order.LISTED);
        Visibility visibility = visibility(fields.get("results"));

        if (reader.faultCount() > 0) {
            return new Ballot.Definition.Faulty(reader.faults(List.copyOf(fields.keySet())));
        }
        return new Ballot.Definition.Valid(
                new Ballot(
                        Objects.requireNonNull(id),
                        organiser,
                        Objects.requireNonNull(title),
                        noun,
                        Objects.requireNonNull(window).opensAt(),
                        window.closesAt(),
                        Objects.requireNonNull(picks),
                        sections.stream().map(ParsedSection::whole).toList(),
                        Objects.requireNonNull(order),
                        Objects.requireNonNull(visibility)),
                reader.notes());
    }

    /** Faults an id that already has a place. */
    private void claim(String place, @Nullable String id, Map<String, String> places, String scope) {
        if (id != null) {
            String first = places.putIfAbsent(id, place);
            if (first != null) {
                reader.fault(place, "is " + Quoting.quoted(id) + " like " + first + "; an id must be unique " + scope);
            }
        }
    }

    private record Window(Instant opensAt, Instant closesAt) {}

    private @Nullable Window window(@Nullable Object plain) {
        Map<String, Object> fields = plain == null ? null : reader.fields("window", plain, WINDOW_FIELDS);
        if (fields == null) {
            return null;
        }
        Instant opensAt = reader.time("window.opensAt", reader.required("window", fields, "opensAt"));
        Instant closesAt = reader.time("window.closesAt", reader.required("window", fields, "closesAt"));
        if (opensAt == null || closesAt == null) {
            return null;
        }
        if (!opensAt.isBefore(closesAt)) {
            reader.fault(
                    "window.closesAt",
                    "is " + closesAt + ", not after opensAt, " + opensAt + "; a ballot must close after it opens");
        }
        return new Window(opensAt, closesAt);
    }

    /** The bounds that are given; those that are not, or are faulty, are null. */
    private record Bounds(@Nullable Integer min, @Nullable Integer max, boolean sound) {}

    private Bounds bounds(String place, @Nullable Object plain, int leastMin) {
        if (plain == null) {
            return new Bounds(null, null, true);
        }
        int faultsBefore = reader.faultCount();
        Map<String, Object> fields = reader.fields(place, plain, PICKS_FIELDS);
        if (fields == null) {
            return new Bounds(null, null, false);
        }
        Integer min = reader.wholeNumber(FieldReader.within(place, "min"), fields.get("min"), leastMin);
        Integer max = reader.wholeNumber(FieldReader.within(place, "max"), fields.get("max"), 1);
        if (min != null && max != null && min > max) {
            reader.fault(
                    FieldReader.within(place, "min"),
                    "is " + min + ", above max, which is " + max + "; it must be at most max");
        }
        return new Bounds(min, max, reader.faultCount() == faultsBefore);
    }

    /** What is known of a section; all of it when the section has no fault. */
    private record ParsedSection(
            @Nullable String id, @Nullable Text title, @Nullable Range picks, int optionCount, List<Option> options) {
        Section whole() {
            return new Section(
                    Objects.requireNonNull(id), Objects.requireNonNull(title), Objects.requireNonNull(picks), options);
        }
    }

    private List<ParsedSection> sections(@Nullable Object plain) {
        List<ParsedSection> sections = new ArrayList<>();
        if (plain == null) {
            return sections;
        }
        if (!(plain instanceof List<?> list)) {
            reader.fault("sections", "is " + Quoting.described(plain) + "; it must be a list of sections");
            return sections;
        }
        if (list.isEmpty() || list.size() > Ballot.MAX_SECTIONS) {
            reader.fault("sections", "has " + list.size() + " sections; it must have 1 to " + Ballot.MAX_SECTIONS);
        }
        for (Object item : list) {
            if (reader.full() || sections.size() == Ballot.MAX_SECTIONS) {
                break;
            }
            sections.add(section("sections[" + sections.size() + "]", item));
        }
        return sections;
    }

    private ParsedSection section(String place, @Nullable Object plain) {
        Map<String, Object> fields = reader.fields(place, plain, SECTION_FIELDS);
        if (fields == null) {
            return new ParsedSection(null, null, null, 0, List.of());
        }
        String id = innerId(place, fields);
        claim(FieldReader.within(place, "id"), id, placesOfSections, "among the sections");
        Text title = reader.text(FieldReader.within(place, "title"), reader.required(place, fields, "title"), false);
        Bounds bounds = bounds(FieldReader.within(place, "picks"), fields.get("picks"), 0);
        Object optionList = reader.required(place, fields, "options");
        int count = optionList instanceof List<?> list ? list.size() : 0;
        Range picks = count == 0 ? null : sectionPicks(place, bounds, count);
        List<Option> options =
                optionList == null ? List.of() : options(FieldReader.within(place, "options"), optionList);
        return new ParsedSection(id, title, picks, count, options);
    }

    private @Nullable String innerId(String place, Map<String, Object> fields) {
        return reader.id(
                FieldReader.within(place, "id"),
                reader.required(place, fields, "id"),
                INNER_ID,
                "1 to 32 of A-Z, a-z, 0-9, _ and -");
    }

    private @Nullable Range sectionPicks(String place, Bounds bounds, int count) {
        int min = bounds.min() == null ? 0 : bounds.min();
        int max = bounds.max() == null ? count : bounds.max();
        if (min > count) {
            reader.fault(
                    FieldReader.within(place, "picks.min"),
                    "is " + min + ", above the number of the section's options, which is " + count
                            + "; it must be at most that");
            return null;
        }
        return bounds.sound() ? new Range(min, max) : null;
    }

    private List<Option> options(String place, Object plain) {
        List<Option> options = new ArrayList<>();
        if (!(plain instanceof List<?> list)) {
            reader.fault(place, "is " + Quoting.described(plain) + "; it must be a list of options");
            return options;
        }
        if (list.isEmpty()) {
            reader.fault(place, "has no options; it must have at least one");
        }
        int before = optionCount;
        optionCount = (int) Math.min(Integer.MAX_VALUE, (long) before + list.size());
        if (before <= Ballot.MAX_OPTIONS && optionCount > Ballot.MAX_OPTIONS) {
            reader.fault(
                    place,
                    "brings the ballot to " + optionCount + " options; it must have at most " + Ballot.MAX_OPTIONS
                            + " over all sections");
        }
        OptionTitles titles = new OptionTitles();
        int index = 0;
        for (Object item : list) {
            if (reader.full() || before + index >= Ballot.MAX_OPTIONS) {
                break;
            }
            Option option = option(place + "[" + index + "]", item, titles);
            if (option != null) {
                options.add(option);
            }
            index++;
        }
        if (proposed) {
            titles.faults(place).forEach(fault -> reader.fault(fault.place(), fault.problem()));
        }
        return options;
    }

    private @Nullable Option option(String place, @Nullable Object plain, OptionTitles titles) {
        Map<String, Object> fields = reader.fields(place, plain, OPTION_FIELDS);
        if (fields == null) {
            return null;
        }
        String id = innerId(place, fields);
        claim(FieldReader.within(place, "id"), id, placesOfOptions, "over the whole ballot");
        Text title = reader.text(FieldReader.within(place, "title"), reader.required(place, fields, "title"), false);
        if (proposed && title != null) {
            titles.add(FieldReader.within(place, "title"), title);
        }
        Text summary = reader.text(FieldReader.within(place, "summary"), fields.get("summary"), true);
        Text owner = reader.text(FieldReader.within(place, "owner"), fields.get("owner"), false);
        String link = reader.address(FieldReader.within(place, "link"), fields.get("link"));
        String image = reader.address(FieldReader.within(place, "image"), fields.get("image"));
        return id == null || title == null ? null : new Option(id, title, summary, owner, link, image);
    }

    private @Nullable Range overallPicks(@Nullable Object plain, List<ParsedSection> sections) {
        Bounds bounds = bounds("picks", plain, 1);
        if (sections.isEmpty() || sections.stream().anyMatch(section -> section.optionCount() == 0)) {
            return null;
        }
        if (bounds.max() != null && bounds.max() > optionCount) {
            reader.fault(
                    "picks.max",
                    "is " + bounds.max() + ", above the number of options, which is " + optionCount
                            + "; it must be at most that");
        }
        if (sections.stream().anyMatch(section -> section.picks() == null)) {
            return null;
        }
        int minima = 0;
        int room = 0;
        for (ParsedSection section : sections) {
            Range picks = Objects.requireNonNull(section.picks());
            minima += picks.min();
            room += Math.min(picks.max(), section.optionCount());
        }
        if (bounds.max() != null && bounds.max() < minima) {
            reader.fault(
                    "picks.max",
                    "is " + bounds.max() + ", below the sum of the sections' minima, which is " + minima
                            + "; it must be at least that");
        }
        if (bounds.min() != null && bounds.min() > room) {
            reader.fault(
                    "picks.min",
                    "is " + bounds.min() + ", but the sections have room for " + room
                            + " picks; it must be at most that");
        }
        int min = bounds.min() == null ? Math.max(1, minima) : bounds.min();
        int max = bounds.max() == null ? optionCount : bounds.max();
        return min <= max ? new Range(min, max) : null;
    }

    private @Nullable Visibility visibility(@Nullable Object plain) {
        if (plain == null) {
            return Visibility.LIVE;
        }
        Map<String, Object> fields = reader.fields("results", plain, RESULTS_FIELDS);
        return fields == null
                ? null
                : reader.symbol("results.visibility", fields.get("visibility"), Visibility.values(), Visibility.LIVE);
    }
}
