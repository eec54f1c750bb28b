// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import io.votelog.rules.ShownText;
import java.text.Normalizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The ballot that a file was voted on: one section with an option for each project, and the bounds of {@code min_length} and {@code
 * max_length}. What the projects cost, and which of them are paid for, is nothing that a ballot says.
 */
public final class PabulibBallot {
    private static final int MAX_TITLE = 1000;
    private static final int MAX_ID = 63;
    private static final Pattern LANGUAGE_TAG = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*");

    private PabulibBallot() {}

    /** A ballot's id from a file's name: its letters and digits, small, with dashes for all else. */
    public static String idOf(String fileName) {
        String name = fileName.replaceFirst("\\.[A-Za-z]{1,4}$", "").toLowerCase(Locale.ROOT);
        String id = Normalizer.normalize(name, Normalizer.Form.NFD)
                .replaceAll("\\p{M}", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+", "");
        id = id.substring(0, Math.min(id.length(), MAX_ID)).replaceAll("-+$", "");
        return id.length() < 2 ? "pabulib-" + id : id;
    }

    /**
     * The ballot as a ballot file has it, as maps and lists.
     *
     * @throws PabulibException with every fault, where it cannot be published
     */
    public static Map<String, Object> of(PabulibFile file, String id, Instant opensAt, Instant closesAt) {
        int most = Ballot.MAX_OPTIONS;
        if (file.projects().size() > most) {
            throw new PabulibException("the file has %d projects; a ballot has at most %d options"
                    .formatted(file.projects().size(), most));
        }
        String language = language(file.said("language").orElse(""));
        Map<String, Object> ballot = new LinkedHashMap<>();
        ballot.put("ballotId", id);
        file.said("unit")
                .map(unit -> shown(unit, ""))
                .filter(unit -> !unit.isEmpty())
                .ifPresent(unit -> ballot.put("organiser", unit));
        ballot.put("title", text(shown(title(file), id), language));
        ballot.put("window", window(opensAt, closesAt));
        ballot.put("picks", bounds(file.minPicks(), file.maxPicks()));
        Map<String, Object> section = new LinkedHashMap<>();
        section.put("id", "projects");
        section.put(
                "title", shown(file.said("subunit").or(() -> file.said("unit")).orElse("Projects"), "Projects"));
        section.put("options", options(file, language));
        ballot.put("sections", List.of(section));
        if (Ballot.propose(ballot) instanceof Ballot.Definition.Faulty faulty) {
            throw new PabulibException("the ballot of this file could not be published: "
                    + faulty.faults().stream().map(Fault::toString).collect(Collectors.joining("; ")));
        }
        return ballot;
    }

    private static Map<String, Object> window(Instant opensAt, Instant closesAt) {
        Map<String, Object> window = new LinkedHashMap<>();
        window.put("opensAt", opensAt.toString());
        window.put("closesAt", closesAt.toString());
        return window;
    }

    private static Map<String, Object> bounds(int min, int max) {
        Map<String, Object> bounds = new LinkedHashMap<>();
        bounds.put("min", min);
        bounds.put("max", max);
        return bounds;
    }

    private static List<Map<String, Object>> options(PabulibFile file, String language) {
        OptionIds ids = new OptionIds(file.projects());
        Set<String> titles = new HashSet<>();
        List<Map<String, Object>> options = new ArrayList<>();
        for (Project project : file.projects()) {
            String id = ids.of(project.id());
            String name = project.name();
            String title = name == null ? id : shown(name, id);
            while (!titles.add(seen(title))) {
                title += " (" + id + ")";
            }
            Map<String, Object> option = new LinkedHashMap<>();
            option.put("id", id);
            option.put("title", name == null ? title : text(title, language));
            options.add(option);
        }
        return options;
    }

    /** About what an eye can tell of a title; two titles that look alike are one to a voter. */
    private static String seen(String title) {
        String shown = title.replaceAll("[\\p{Cf}\\p{Mn}&&[^\\p{L}]]", "")
                .replaceAll("[\\s\\p{Z}]+", " ")
                .strip();
        return Normalizer.normalize(shown, Normalizer.Form.NFC);
    }

    private static String title(PabulibFile file) {
        return file.said("description").orElseGet(() -> Stream.of("unit", "subunit", "instance")
                .flatMap(key -> file.said(key).stream())
                .distinct()
                .collect(Collectors.joining(", ")));
    }

    private static Object text(String text, String language) {
        return language.isEmpty() ? text : Map.of(language, text);
    }

    /** The BCP 47 tag of a language that META names by its tag or in English; empty where it names none. */
    static String language(String name) {
        String plain = name.strip();
        for (String tag : Locale.getISOLanguages()) {
            if (tag.equalsIgnoreCase(plain)
                    || Locale.forLanguageTag(tag)
                            .getDisplayLanguage(Locale.ENGLISH)
                            .equalsIgnoreCase(plain)) {
                return tag;
            }
        }
        return plain.contains("-") && LANGUAGE_TAG.matcher(plain).matches() ? plain : "";
    }

    /** A text as a page may show it: on one line, without what changes how others are shown, and not too long. */
    private static String shown(String text, String otherwise) {
        String line = text.replaceAll("[\\p{Cntrl}\\s\\u2028\\u2029]+", " ").strip();
        if (ShownText.faultOf(line).isPresent()) {
            line = line.replaceAll("[\\p{Cf}\\p{Cn}\\p{Co}\\p{Cs}]", "").strip();
        }
        if (line.length() > MAX_TITLE) {
            line = line.substring(0, line.offsetByCodePoints(0, line.codePointCount(0, MAX_TITLE) - 1)) + "…";
        }
        return line.isBlank() ? otherwise : line;
    }
}
