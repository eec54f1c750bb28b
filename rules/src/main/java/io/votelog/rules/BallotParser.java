// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns plain maps and lists into a ballot, or into the faults that they have. It asks each value for no more than its
 * own level and never recurses into what it does not know, so that neither depth nor size nor cycles can harm it.
 */
final class BallotParser {
    static final int MAX_FAULTS = 100;

    private static final int MAX_TEXT = 4096;
    private static final int MAX_ADDRESS = 2048;
    private static final int MAX_LANGUAGE = 35;
    private static final int MAX_LANGUAGES = 64;
    private static final int MAX_TIME = 64;

    private static final Predicate<String> BALLOT_ID = Ballot::isId;
    private static final Predicate<String> INNER_ID =
            Pattern.compile("[A-Za-z0-9_-]{1,32}").asMatchPredicate();
    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*");

    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final String WHOLE = "ballot";
    private static final List<String> BALLOT_FIELDS =
            List.of("ballotId", "organiser", "title", "window", "picks", "sections", "order", "results");
    private static final List<String> WINDOW_FIELDS = List.of("opensAt", "closesAt");
    private static final List<String> PICKS_FIELDS = List.of("min", "max");
    private static final List<String> SECTION_FIELDS = List.of("id", "title", "picks", "options");
    private static final List<String> OPTION_FIELDS = List.of("id", "title", "summary", "owner", "link", "image");
    private static final List<String> RESULTS_FIELDS = List.of("visibility");

    private final boolean proposed;
    private final List<Fault> faults = new ArrayList<>();
    private final List<Note> notes = new ArrayList<>();
    private final Map<String, String> placesOfSections = new HashMap<>();
    private final Map<String, String> placesOfOptions = new HashMap<>();
    private int optionCount;

    private BallotParser(boolean proposed) {
        this.proposed = proposed;
    }

    /** What is a ballot: as much is asked of one that stands in a log. */
    static Ballot.Definition parse(@Nullable Object plain) {
        return new BallotParser(false).ballot(plain);
    }

    /** What is a ballot and may be published. */
    static Ballot.Definition propose(@Nullable Object plain) {
        return new BallotParser(true).ballot(plain);
    }

    /** A symbol as ballot files write it: {@code after-close} for {@code AFTER_CLOSE}. */
    static String word(Enum<?> symbol) {
        return symbol.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Ballot.Definition ballot(@Nullable Object plain) {
        Map<String, Object> fields = fields("", plain, BALLOT_FIELDS);
        if (fields == null) {
            return new Ballot.Definition.Faulty(faults);
        }
        String id =
                id("ballotId", required("", fields, "ballotId"), BALLOT_ID, "2 to 63 of a-z, 0-9 and -, not - first");
        Text organiser = text("organiser", fields.get("organiser"), false);
        Text title = text("title", required("", fields, "title"), false);
        Window window = window(required("", fields, "window"));
        List<ParsedSection> sections = sections(required("", fields, "sections"));
        Range picks = overallPicks(fields.get("picks"), sections);
        Order order = symbol("order", fields.get("order"), Order.values(), Order.LISTED);
        Visibility visibility = visibility(fields.get("results"));

        if (!faults.isEmpty()) {
            return new Ballot.Definition.Faulty(inOrderOf(List.copyOf(fields.keySet())));
        }
        return new Ballot.Definition.Valid(
                new Ballot(
                        Objects.requireNonNull(id),
                        organiser,
                        Objects.requireNonNull(title),
                        Objects.requireNonNull(window).opensAt(),
                        window.closesAt(),
                        Objects.requireNonNull(picks),
                        sections.stream().map(ParsedSection::whole).toList(),
                        Objects.requireNonNull(order),
                        Objects.requireNonNull(visibility)),
                notes);
    }

    /** The faults in the order in which the file names its fields, with what is at none of them last. */
    private List<Fault> inOrderOf(List<String> topFields) {
        Comparator<Fault> byField = Comparator.comparingInt(fault -> {
            int rank = topFields.indexOf(fault.place().split("[.\\[]", 2)[0]);
            return rank < 0 ? topFields.size() : rank;
        });
        List<Fault> sorted = faults.stream().limit(MAX_FAULTS).sorted(byField).collect(Collectors.toList());
        if (faults.size() > MAX_FAULTS) {
            sorted.add(new Fault(WHOLE, "has more than " + MAX_FAULTS + " faults; the others are left out"));
        }
        return sorted;
    }

    private void fault(String place, String problem) {
        if (!full()) {
            faults.add(new Fault(place.isEmpty() ? WHOLE : place, problem));
        }
    }

    private boolean full() {
        return faults.size() > MAX_FAULTS;
    }

    /** The known fields that are there, in the order of the file; null when the value has no fields. */
    private @Nullable Map<String, Object> fields(String place, @Nullable Object plain, List<String> allowed) {
        if (!(plain instanceof Map<?, ?> map)) {
            fault(place, "is " + Quoting.described(plain) + "; it must be a group of fields: " + listed(allowed));
            return null;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (full()) {
                break;
            }
            Object value = entry.getValue();
            if (!(entry.getKey() instanceof String name)) {
                fault(
                        place,
                        "has a field whose name is " + Quoting.described(entry.getKey())
                                + "; a field's name must be text, and allowed are " + listed(allowed));
            } else if (!allowed.contains(name)) {
                // In YAML a comma ends a plain text in braces, and what follows it becomes a field without a value.
                String hint = value == null || value.equals("")
                        ? "; it has no value, so if it is the end of the text before it, that text belongs in quotes"
                        : "";
                fault(within(place, Quoting.shown(name)), "unknown field; allowed are " + listed(allowed) + hint);
            } else if (value != null) {
                fields.put(name, value);
            }
        }
        return fields;
    }

    private @Nullable Object required(String place, Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        if (value == null) {
            fault(within(place, name), "is missing; it must be given");
        }
        return value;
    }

    private static String within(String place, String name) {
        return place.isEmpty() ? name : place + "." + name;
    }

    private static String listed(List<String> words) {
        int last = words.size() - 1;
        return last == 0 ? words.get(0) : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }

    private @Nullable String id(String place, @Nullable Object value, Predicate<String> allowed, String shape) {
        if (value == null) {
            return null;
        }
        if (!(value instanceof String id)) {
            fault(place, "is " + Quoting.described(value) + "; an id must be text in quotes, such as \"01\"");
            return null;
        }
        if (!allowed.test(id)) {
            fault(place, "is " + Quoting.quoted(id) + "; an id must be " + shape);
            return null;
        }
        return id;
    }

    /** Faults an id that already has a place. */
    private void claim(String place, @Nullable String id, Map<String, String> places, String scope) {
        if (id != null) {
            String first = places.putIfAbsent(id, place);
            if (first != null) {
                fault(place, "is " + Quoting.quoted(id) + " like " + first + "; an id must be unique " + scope);
            }
        }
    }

    private @Nullable Text text(String place, @Nullable Object value, boolean lines) {
        if (value == null) {
            return null;
        }
        if (!(value instanceof Map<?, ?> map)) {
            String text = string(place, value, lines, MAX_TEXT, "text in quotes, or texts by language");
            return text == null ? null : Text.of(text);
        }
        if (map.isEmpty() || map.size() > MAX_LANGUAGES) {
            fault(place, "has " + map.size() + " languages; it must have 1 to " + MAX_LANGUAGES);
            return null;
        }
        Map<String, String> byLanguage = new LinkedHashMap<>();
        Map<String, String> spellings = new HashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String language)) {
                fault(
                        place,
                        "has a language whose name is " + Quoting.described(entry.getKey())
                                + "; a language must be text in quotes, such as \"zh\" or \"no\"");
                continue;
            }
            String at = within(place, Quoting.shown(language));
            if (language.length() > MAX_LANGUAGE || !LANGUAGE.matcher(language).matches()) {
                fault(at, "is no language tag; it must be one of BCP 47, such as zh, en or zh-Hant");
            }
            String spelling = spellings.putIfAbsent(language.toLowerCase(Locale.ROOT), language);
            if (spelling != null) {
                fault(at, "is the language " + Quoting.shown(spelling) + " again; each language must be given once");
            }
            String text = string(at, entry.getValue(), lines, MAX_TEXT, "text in quotes");
            if (text != null) {
                byLanguage.put(language, text);
            }
        }
        return byLanguage.isEmpty() ? null : new Text(byLanguage);
    }

    private @Nullable String string(String place, @Nullable Object value, boolean lines, int maxLength, String kind) {
        if (!(value instanceof String text)) {
            fault(place, "is " + Quoting.described(value) + "; it must be " + kind);
            return null;
        }
        if (text.length() > maxLength) {
            fault(place, "has " + text.length() + " characters; it must have at most " + maxLength);
            return null;
        }
        if (text.isBlank()) {
            fault(place, "is blank; it must say something");
            return null;
        }
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (Quoting.isUnprintable(c) && !(lines && c == '\n')) {
                fault(
                        place,
                        "has the character " + Quoting.codePoint(c) + " as its " + (i + 1)
                                + ". character; it must have no control characters"
                                + (lines ? " other than line feeds" : " and no line breaks"));
                return null;
            }
            i += Character.charCount(c);
        }
        if (proposed) {
            Optional<String> problem = ShownText.faultOf(text);
            if (problem.isPresent()) {
                fault(place, problem.get());
                return null;
            }
        }
        return text;
    }

    private @Nullable String address(String place, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        String address = string(place, value, false, MAX_ADDRESS, "text: an http or https address");
        if (address != null && !isWeb(address)) {
            fault(
                    place,
                    "is " + Quoting.quoted(address)
                            + "; it must be an absolute http or https address, such as https://example.org/case/01");
            return null;
        }
        return address;
    }

    private static boolean isWeb(String address) {
        try {
            URI uri = new URI(address);
            String scheme = uri.getScheme();
            return ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme)) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private record Window(Instant opensAt, Instant closesAt) {}

    private @Nullable Window window(@Nullable Object plain) {
        Map<String, Object> fields = plain == null ? null : fields("window", plain, WINDOW_FIELDS);
        if (fields == null) {
            return null;
        }
        Instant opensAt = time("window.opensAt", required("window", fields, "opensAt"));
        Instant closesAt = time("window.closesAt", required("window", fields, "closesAt"));
        if (opensAt == null || closesAt == null) {
            return null;
        }
        if (!opensAt.isBefore(closesAt)) {
            fault(
                    "window.closesAt",
                    "is " + closesAt + ", not after opensAt, " + opensAt + "; a ballot must close after it opens");
        }
        return new Window(opensAt, closesAt);
    }

    private @Nullable Instant time(String place, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof String text && text.length() <= MAX_TIME) {
            try {
                Instant time = OffsetDateTime.parse(text).toInstant();
                if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
                    fault(place, "is " + Quoting.quoted(text) + "; it must be from " + EARLIEST + " to " + LATEST);
                    return null;
                }
                Instant cut = time.truncatedTo(ChronoUnit.MILLIS);
                if (cut.equals(time)) {
                    return time;
                }
                // A vote's time is a whole millisecond: it is at or after the bound when it is at or after the next
                // one.
                Instant next = cut.plusMillis(1);
                notes.add(
                        new Note(
                                place,
                                "is " + Quoting.quoted(text) + "; it was taken for " + next
                                        + ", the next whole millisecond, as times in the log are. That changes nothing for any vote"));
                return next;
            } catch (DateTimeException e) {
                // Told below, like everything else that is not a time.
            }
        }
        fault(
                place,
                "is " + Quoting.described(value)
                        + "; it must be text: a time of ISO 8601 with its offset, such as 2021-12-05T00:00:00+08:00");
        return null;
    }

    /** The bounds that are given; those that are not, or are faulty, are null. */
    private record Bounds(@Nullable Integer min, @Nullable Integer max, boolean sound) {}

    private Bounds bounds(String place, @Nullable Object plain, int leastMin) {
        if (plain == null) {
            return new Bounds(null, null, true);
        }
        int faultsBefore = faults.size();
        Map<String, Object> fields = fields(place, plain, PICKS_FIELDS);
        if (fields == null) {
            return new Bounds(null, null, false);
        }
        Integer min = wholeNumber(within(place, "min"), fields.get("min"), leastMin);
        Integer max = wholeNumber(within(place, "max"), fields.get("max"), 1);
        if (min != null && max != null && min > max) {
            fault(within(place, "min"), "is " + min + ", above max, which is " + max + "; it must be at most max");
        }
        return new Bounds(min, max, faults.size() == faultsBefore);
    }

    private @Nullable Integer wholeNumber(String place, @Nullable Object value, int least) {
        if (value == null) {
            return null;
        }
        boolean whole = value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger;
        if (!whole) {
            fault(place, "is " + Quoting.described(value) + "; it must be a whole number, without quotes");
            return null;
        }
        BigInteger number = value instanceof BigInteger big ? big : BigInteger.valueOf(((Number) value).longValue());
        if (number.compareTo(BigInteger.valueOf(least)) < 0
                || number.compareTo(BigInteger.valueOf(Ballot.MAX_OPTIONS)) > 0) {
            fault(
                    place,
                    "is " + Quoting.described(number) + "; it must be from " + least + " to " + Ballot.MAX_OPTIONS);
            return null;
        }
        return number.intValue();
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
            fault("sections", "is " + Quoting.described(plain) + "; it must be a list of sections");
            return sections;
        }
        if (list.isEmpty() || list.size() > Ballot.MAX_SECTIONS) {
            fault("sections", "has " + list.size() + " sections; it must have 1 to " + Ballot.MAX_SECTIONS);
        }
        for (Object item : list) {
            if (full() || sections.size() == Ballot.MAX_SECTIONS) {
                break;
            }
            sections.add(section("sections[" + sections.size() + "]", item));
        }
        return sections;
    }

    private ParsedSection section(String place, @Nullable Object plain) {
        Map<String, Object> fields = fields(place, plain, SECTION_FIELDS);
        if (fields == null) {
            return new ParsedSection(null, null, null, 0, List.of());
        }
        String id = innerId(place, fields);
        claim(within(place, "id"), id, placesOfSections, "among the sections");
        Text title = text(within(place, "title"), required(place, fields, "title"), false);
        Bounds bounds = bounds(within(place, "picks"), fields.get("picks"), 0);
        Object optionList = required(place, fields, "options");
        int count = optionList instanceof List<?> list ? list.size() : 0;
        Range picks = count == 0 ? null : sectionPicks(place, bounds, count);
        List<Option> options = optionList == null ? List.of() : options(within(place, "options"), optionList);
        return new ParsedSection(id, title, picks, count, options);
    }

    private @Nullable String innerId(String place, Map<String, Object> fields) {
        return id(within(place, "id"), required(place, fields, "id"), INNER_ID, "1 to 32 of A-Z, a-z, 0-9, _ and -");
    }

    private @Nullable Range sectionPicks(String place, Bounds bounds, int count) {
        int min = bounds.min() == null ? 0 : bounds.min();
        int max = bounds.max() == null ? count : bounds.max();
        if (min > count) {
            fault(
                    within(place, "picks.min"),
                    "is " + min + ", above the number of the section's options, which is " + count
                            + "; it must be at most that");
            return null;
        }
        return bounds.sound() ? new Range(min, max) : null;
    }

    private List<Option> options(String place, Object plain) {
        List<Option> options = new ArrayList<>();
        if (!(plain instanceof List<?> list)) {
            fault(place, "is " + Quoting.described(plain) + "; it must be a list of options");
            return options;
        }
        if (list.isEmpty()) {
            fault(place, "has no options; it must have at least one");
        }
        int before = optionCount;
        optionCount = (int) Math.min(Integer.MAX_VALUE, (long) before + list.size());
        if (before <= Ballot.MAX_OPTIONS && optionCount > Ballot.MAX_OPTIONS) {
            fault(
                    place,
                    "brings the ballot to " + optionCount + " options; it must have at most " + Ballot.MAX_OPTIONS
                            + " over all sections");
        }
        OptionTitles titles = new OptionTitles();
        int index = 0;
        for (Object item : list) {
            if (full() || before + index >= Ballot.MAX_OPTIONS) {
                break;
            }
            Option option = option(place + "[" + index + "]", item, titles);
            if (option != null) {
                options.add(option);
            }
            index++;
        }
        if (proposed) {
            titles.faults(place).forEach(fault -> fault(fault.place(), fault.problem()));
        }
        return options;
    }

    private @Nullable Option option(String place, @Nullable Object plain, OptionTitles titles) {
        Map<String, Object> fields = fields(place, plain, OPTION_FIELDS);
        if (fields == null) {
            return null;
        }
        String id = innerId(place, fields);
        claim(within(place, "id"), id, placesOfOptions, "over the whole ballot");
        Text title = text(within(place, "title"), required(place, fields, "title"), false);
        if (proposed && title != null) {
            titles.add(within(place, "title"), title);
        }
        Text summary = text(within(place, "summary"), fields.get("summary"), true);
        Text owner = text(within(place, "owner"), fields.get("owner"), false);
        String link = address(within(place, "link"), fields.get("link"));
        String image = address(within(place, "image"), fields.get("image"));
        return id == null || title == null ? null : new Option(id, title, summary, owner, link, image);
    }

    private @Nullable Range overallPicks(@Nullable Object plain, List<ParsedSection> sections) {
        Bounds bounds = bounds("picks", plain, 1);
        if (sections.isEmpty() || sections.stream().anyMatch(section -> section.optionCount() == 0)) {
            return null;
        }
        if (bounds.max() != null && bounds.max() > optionCount) {
            fault(
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
            fault(
                    "picks.max",
                    "is " + bounds.max() + ", below the sum of the sections' minima, which is " + minima
                            + "; it must be at least that");
        }
        if (bounds.min() != null && bounds.min() > room) {
            fault(
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
        Map<String, Object> fields = fields("results", plain, RESULTS_FIELDS);
        return fields == null
                ? null
                : symbol("results.visibility", fields.get("visibility"), Visibility.values(), Visibility.LIVE);
    }

    private <S extends Enum<S>> @Nullable S symbol(String place, @Nullable Object value, S[] symbols, S ifAbsent) {
        if (value == null) {
            return ifAbsent;
        }
        for (S symbol : symbols) {
            if (word(symbol).equals(value)) {
                return symbol;
            }
        }
        List<String> words = Stream.of(symbols).map(BallotParser::word).toList();
        fault(place, "is " + Quoting.described(value) + "; allowed are " + listed(words));
        return null;
    }
}
