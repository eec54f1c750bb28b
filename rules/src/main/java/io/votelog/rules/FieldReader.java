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
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the single fields of a ballot's plain form. Keeps the faults that they have, and the notes on what was read otherwise than it
 * stands.
 */
final class FieldReader {
    /** Most faults that are told of one ballot; past them nothing is read any more. */
    static final int MAX_FAULTS = 100;

    private static final int MAX_TEXT = 4096;
    private static final int MAX_ADDRESS = 2048;
    private static final int MAX_LANGUAGE = 35;
    private static final int MAX_LANGUAGES = 64;
    private static final int MAX_TIME = 64;

    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*");

    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final String WHOLE = "ballot";

    private final boolean proposed;
    private final List<Fault> faults = new ArrayList<>();
    private final List<Note> notes = new ArrayList<>();

    /** @param proposed whether texts must also read as they are written, as those of a ballot to be published must */
    FieldReader(boolean proposed) {
        this.proposed = proposed;
    }

    int faultCount() {
        return faults.size();
    }

    List<Note> notes() {
        return notes;
    }

    /** A symbol as ballot files write it: {@code after-close} for {@code AFTER_CLOSE}. */
    static String word(Enum<?> symbol) {
        return symbol.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The faults in the order in which the file names its fields, with what is at none of them last. */
    List<Fault> faults(List<String> topFields) {
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

    void fault(String place, String problem) {
        if (!full()) {
            faults.add(new Fault(place.isEmpty() ? WHOLE : place, problem));
        }
    }

    boolean full() {
        return faults.size() > MAX_FAULTS;
    }

    /** The known fields that are there, in the order of the file; null when the value has no fields. */
    @Nullable
    Map<String, Object> fields(String place, @Nullable Object plain, List<String> allowed) {
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

    @Nullable
    Object required(String place, Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        if (value == null) {
            fault(within(place, name), "is missing; it must be given");
        }
        return value;
    }

    static String within(String place, String name) {
        return place.isEmpty() ? name : place + "." + name;
    }

    private static String listed(List<String> words) {
        int last = words.size() - 1;
        return last == 0 ? words.get(0) : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }

    @Nullable
    String id(String place, @Nullable Object value, Predicate<String> allowed, String shape) {
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

    @Nullable
    Text text(String place, @Nullable Object value, boolean lines) {
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

    @Nullable
    String address(String place, @Nullable Object value) {
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

    @Nullable
    Instant time(String place, @Nullable Object value) {
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

    @Nullable
    Integer wholeNumber(String place, @Nullable Object value, int least) {
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

    <S extends Enum<S>> @Nullable S symbol(String place, @Nullable Object value, S[] symbols, S ifAbsent) {
        if (value == null) {
            return ifAbsent;
        }
        for (S symbol : symbols) {
            if (word(symbol).equals(value)) {
                return symbol;
            }
        }
        List<String> words = Stream.of(symbols).map(FieldReader::word).toList();
        fault(place, "is " + Quoting.described(value) + "; allowed are " + listed(words));
        return null;
    }
}
