// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BallotFaultsTest {
    private static final String ID_SHAPE = "an id must be 2 to 63 of a-z, 0-9 and -, not - first";
    private static final String INNER_SHAPE = "an id must be 1 to 32 of A-Z, a-z, 0-9, _ and -";
    private static final String TIME =
            "it must be text: a time of ISO 8601 with its offset, such as 2021-12-05T00:00:00+08:00";
    private static final String ADDRESS =
            "it must be an absolute http or https address, such as https://example.org/case/01";

    /** A place in the seed's ballot, a value put there, and the only fault that it makes. */
    static Stream<Arguments> oneFault() {
        return Stream.of(
                at("ballotId", null, "is missing; it must be given"),
                at("ballotId", "A", "is \"A\"; " + ID_SHAPE),
                at("ballotId", "-a", "is \"-a\"; " + ID_SHAPE),
                at("ballotId", "a", "is \"a\"; " + ID_SHAPE),
                at("ballotId", "a".repeat(64), "is \"" + "a".repeat(64) + "\"; " + ID_SHAPE),
                at("ballotId", "ab\n", "is \"abU+000A\"; " + ID_SHAPE),
                at("ballotId", 2021, "is the number 2021; an id must be text in quotes, such as \"01\""),
                at("organiser", " \u3000", "is blank; it must say something"),
                at("title", null, "is missing; it must be given"),
                at("title", 2021, "is the number 2021; it must be text in quotes, or texts by language"),
                at("title", List.of("x"), "is a list; it must be text in quotes, or texts by language"),
                at("title", Map.of(), "has 0 languages; it must have 1 to 64"),
                at("title", "x".repeat(4097), "has 4097 characters; it must have at most 4096"),
                at(
                        "title",
                        "a\tb",
                        "has the character U+0009 as its 2. character;"
                                + " it must have no control characters and no line breaks"),
                at(
                        "title",
                        "a\ud800",
                        "has the character U+D800 as its 2. character;"
                                + " it must have no control characters and no line breaks"),
                at("title.zh", "", "is blank; it must say something"),
                at("title.en", null, "is empty; it must be text in quotes"),
                at(
                        "title.chinese simplified",
                        "x",
                        "is no language tag; it must be one of BCP 47, such as zh, en or zh-Hant"),
                at("title.EN", "x", "is the language en again; each language must be given once"),
                at("window", null, "is missing; it must be given"),
                at("window", "all day", "is \"all day\"; it must be a group of fields: opensAt and closesAt"),
                at("window.opensAt", null, "is missing; it must be given"),
                at("window.opensAt", "2021-12-05", "is \"2021-12-05\"; " + TIME),
                at("window.opensAt", "2021-12-05T00:00:00", "is \"2021-12-05T00:00:00\"; " + TIME),
                at("window.opensAt", "2021-02-29T00:00:00Z", "is \"2021-02-29T00:00:00Z\"; " + TIME),
                at("window.opensAt", LocalDate.EPOCH, "is a value of the type LocalDate; " + TIME),
                at("window.opensAt", 1638633600, "is the number 1638633600; " + TIME),
                at(
                        "window.opensAt",
                        "1969-12-31T23:59:59Z",
                        "is \"1969-12-31T23:59:59Z\";"
                                + " it must be from 1970-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z"),
                at(
                        "window.closesAt",
                        "2021-12-12T00:00:00.0000000001Z",
                        "is \"2021-12-12T00:00:00.0000000001Z\"; " + TIME),
                at(
                        "window.closesAt",
                        "2021-12-04T16:00:00.000Z",
                        "is 2021-12-04T16:00:00Z, not after opensAt, 2021-12-04T16:00:00Z;"
                                + " a ballot must close after it opens"),
                at(
                        "window.closesAt",
                        "2021-12-05T00:00:00+08:00",
                        "is 2021-12-04T16:00:00Z, not after opensAt, 2021-12-04T16:00:00Z;"
                                + " a ballot must close after it opens"),
                at("window.timezone", "PRC", "unknown field; allowed are opensAt and closesAt"),
                at("picks", 10, "is the number 10; it must be a group of fields: min and max"),
                at("picks.min", 0, "is the number 0; it must be from 1 to 1024"),
                at("picks.min", 2.0, "is the number 2.0; it must be a whole number, without quotes"),
                at("picks.max", "10", "is \"10\"; it must be a whole number, without quotes"),
                at("picks.max", BigInteger.ONE.shiftLeft(9999), "is a very large number; it must be from 1 to 1024"),
                at("picks.max", 4294967298L, "is the number 4294967298; it must be from 1 to 1024"),
                at("picks.min", 11, "is 11, above max, which is 10; it must be at most max"),
                at("picks.max", 44, "is 44, above the number of options, which is 43; it must be at most that"),
                at(
                        "sections[0].picks.min",
                        10,
                        "picks.max",
                        "is 10, below the sum of the sections' minima, which is 11; it must be at least that"),
                at(
                        "sections[0].picks.min",
                        23,
                        "is 23, above the number of the section's options, which is 22; it must be at most that"),
                at("sections[0].picks.min", -1, "is the number -1; it must be from 0 to 1024"),
                at("sections[0].picks.max", 0, "is the number 0; it must be from 1 to 1024"),
                at("sections", null, "is missing; it must be given"),
                at("sections", "A and B", "is \"A and B\"; it must be a list of sections"),
                at("sections", List.of(), "has 0 sections; it must have 1 to 64"),
                at("sections[1]", "B", "is \"B\"; it must be a group of fields: id, title, picks and options"),
                at("sections[1].id", "A", "is \"A\" like sections[0].id; an id must be unique among the sections"),
                at("sections[1].id", "第二部分", "is \"第二部分\"; " + INNER_SHAPE),
                at("sections[1].colour", "red", "unknown field; allowed are id, title, picks and options"),
                at("sections[1].options", null, "is missing; it must be given"),
                at("sections[1].options", List.of(), "has no options; it must have at least one"),
                at("sections[1].options", Map.of(), "is a group of fields; it must be a list of options"),
                at(
                        "sections[1].options[3]",
                        "26",
                        "is \"26\"; it must be a group of fields: id, title, summary, owner, link and image"),
                at(
                        "sections[1].options[3].id",
                        "01",
                        "is \"01\" like sections[0].options[0].id; an id must be unique over the whole ballot"),
                at("sections[1].options[3].id", 26, "is the number 26; an id must be text in quotes, such as \"01\""),
                at(
                        "sections[1].options[3].id",
                        false,
                        "is the truth value false; an id must be text in quotes, such as \"01\""),
                at("sections[1].options[3].id", "x".repeat(33), "is \"" + "x".repeat(33) + "\"; " + INNER_SHAPE),
                at("sections[1].options[3].title", null, "is missing; it must be given"),
                at(
                        "sections[1].options[3].votes",
                        7,
                        "unknown field; allowed are id, title, summary, owner, link and image"),
                at(
                        "sections[1].options[3].summary",
                        "a\r\nb",
                        "has the character U+000D as its 2. character;"
                                + " it must have no control characters other than line feeds"),
                at(
                        "sections[1].options[3].owner",
                        7,
                        "is the number 7; it must be text in quotes, or texts by language"),
                at("sections[1].options[3].link", "javascript:alert(1)", "is \"javascript:alert(1)\"; " + ADDRESS),
                at("sections[1].options[3].link", "/case/26", "is \"/case/26\"; " + ADDRESS),
                at("sections[1].options[3].link", "http://", "is \"http://\"; " + ADDRESS),
                at("sections[1].options[3].link", "http:case", "is \"http:case\"; " + ADDRESS),
                at(
                        "sections[1].options[3].image",
                        "https://example.org/a b",
                        "is \"https://example.org/a b\"; " + ADDRESS),
                at("order", "random", "is \"random\"; allowed are listed and shuffled"),
                at("order", true, "is the truth value true; allowed are listed and shuffled"),
                at("results", "live", "is \"live\"; it must be a group of fields: visibility"),
                at("results.visibility", "never", "is \"never\"; allowed are live and after-close"),
                at(
                        "quorum",
                        100,
                        "unknown field; allowed are ballotId, organiser, title, noun, window, picks, sections, order and"
                                + " results"));
    }

    private static Arguments at(String place, @Nullable Object value, String problem) {
        return at(place, value, place, problem);
    }

    private static Arguments at(String place, @Nullable Object value, String faultyPlace, String problem) {
        return arguments(place, value, new Fault(faultyPlace, problem));
    }

    @ParameterizedTest
    @MethodSource("oneFault")
    void shouldNameAFaultAtItsPlace(String place, @Nullable Object value, Fault fault) {
        Map<String, Object> file = BallotFiles.gzCustoms2021();
        put(file, place, value);
        assertThat(BallotFiles.faults(file)).containsExactly(fault);
    }

    /** Walks places such as {@code sections[1].options[3].id} and puts the value at their end. */
    @SuppressWarnings("unchecked")
    static void put(Object file, String place, @Nullable Object value) {
        String[] steps = place.split("[.\\[]", -1);
        Object here = file;
        for (int i = 0; i < steps.length; i++) {
            boolean last = i == steps.length - 1;
            Object next;
            if (steps[i].endsWith("]")) {
                int index = Integer.parseInt(steps[i].substring(0, steps[i].length() - 1));
                List<@Nullable Object> list = (List<@Nullable Object>) here;
                next = last ? list.set(index, value) : list.get(index);
            } else {
                Map<String, @Nullable Object> map = (Map<String, @Nullable Object>) here;
                if (!last) {
                    map.computeIfAbsent(steps[i], absent -> new HashMap<>());
                }
                next = last ? map.put(steps[i], value) : map.get(steps[i]);
            }
            if (!last) {
                here = Objects.requireNonNull(next);
            }
        }
    }

    @Test
    void shouldNameAllFaultsInTheOrderOfTheFile() {
        Map<String, Object> file = BallotFiles.map(
                "sections",
                BallotFiles.list(
                        BallotFiles.section("A", "A", BallotFiles.map("min", 3), BallotFiles.options(1, 2)),
                        BallotFiles.section("A", "", null, BallotFiles.options(2, 3))),
                "colour",
                "red",
                "picks",
                BallotFiles.map("max", 9),
                "title",
                "x",
                "window",
                BallotFiles.map("opensAt", "now", "closesAt", "later"));
        assertThat(BallotFiles.faults(file))
                .extracting(Fault::place)
                .containsExactly(
                        "sections[0].picks.min",
                        "sections[1].id",
                        "sections[1].title",
                        "sections[1].options[0].id",
                        "picks.max",
                        "window.opensAt",
                        "window.closesAt",
                        "colour",
                        "ballotId");
    }

    @Test
    void shouldRefuseBoundsThatTheSectionsHaveNoRoomFor() {
        Map<String, Object> file = BallotFiles.gzCustoms2021();
        put(file, "sections[0].picks.max", 3);
        put(file, "sections[1].picks.max", 4);
        put(file, "picks.min", 8);
        assertThat(BallotFiles.faults(file))
                .containsExactly(new Fault(
                        "picks.min", "is 8, but the sections have room for 7 picks; it must be at most that"));
        put(file, "picks.min", 7);
        assertThat(BallotFiles.ballot(file).picks()).isEqualTo(new Range(7, 10));
    }

    @Test
    void shouldRefuseWhatIsNoBallotAtAll() {
        for (Object plain : new Object[] {"vote", 1, List.of(), true, new Object[0]}) {
            assertThat(BallotFiles.faults(plain)).singleElement().satisfies(fault -> {
                assertThat(fault.place()).isEqualTo("ballot");
                assertThat(fault.problem()).contains("it must be a group of fields: ballotId, organiser, title");
            });
        }
        assertThat(BallotFiles.faults(null)).hasSize(1);
        assertThat(BallotFiles.faults(Map.of()))
                .extracting(Fault::place)
                .containsExactly("ballotId", "title", "window", "sections");
    }

    @Test
    void shouldNameFieldsWhoseNamesAreNoText() {
        Map<Object, Object> file = new HashMap<>(BallotFiles.gzCustoms2021());
        file.put(null, "x");
        assertThat(BallotFiles.faults(file)).singleElement().satisfies(fault -> assertThat(fault.toString())
                .startsWith("ballot: has a field whose name is empty; a field's name must be text"));

        // YAML 1.1 takes an unquoted no, the tag of Norwegian, for a truth value.
        Map<String, Object> norwegian = BallotFiles.gzCustoms2021();
        norwegian.put("title", new HashMap<>(Map.of("en", "A vote", false, "En avstemning")));
        assertThat(BallotFiles.faults(norwegian))
                .containsExactly(new Fault(
                        "title",
                        "has a language whose name is the truth value false;"
                                + " a language must be text in quotes, such as \"zh\" or \"no\""));
    }

    @Test
    void shouldHoldTheBoundsOfSectionsAndOptions() {
        Map<String, Object> file = BallotFiles.smallest(1025);
        assertThat(BallotFiles.faults(file))
                .containsExactly(new Fault(
                        "sections[0].options",
                        "brings the ballot to 1025 options; it must have at most 1024 over all sections"));

        List<Object> sections = new ArrayList<>();
        IntStream.range(1, 66)
                .forEach(i -> sections.add(BallotFiles.section("s" + i, "S", null, BallotFiles.options(i, i))));
        file.put("sections", sections);
        assertThat(BallotFiles.faults(file))
                .containsExactly(new Fault("sections", "has 65 sections; it must have 1 to 64"));
        sections.remove(64);
        assertThat(BallotFiles.ballot(file).sections()).hasSize(64);
    }

    @Test
    void shouldStopAfterAHundredFaults() {
        Map<String, Object> file = BallotFiles.smallest(1024);
        for (int i = 0; i < 1024; i++) {
            put(file, "sections[0].options[" + i + "].title", "");
        }
        List<Fault> faults = BallotFiles.faults(file);
        assertThat(faults).hasSize(101);
        assertThat(faults.get(99).place()).isEqualTo("sections[0].options[99].title");
        assertThat(faults.get(100)).isEqualTo(new Fault("ballot", "has more than 100 faults; the others are left out"));

        for (int i = 100; i < 1024; i++) {
            put(file, "sections[0].options[" + i + "].title", "good");
        }
        assertThat(BallotFiles.faults(file)).hasSize(100);
    }

    @Test
    void shouldSurviveListsThatHoldThemselvesAndListsThatAreHuge() {
        List<Object> loop = new ArrayList<>();
        loop.add(loop);
        Map<String, Object> map = BallotFiles.gzCustoms2021();
        map.put("title", map);
        map.put("sections", loop);
        map.put("picks", map);
        assertThat(BallotFiles.faults(map)).isNotEmpty();

        // Thirty lines of YAML with aliases make this: each section holds the same options.
        Map<String, Object> aliases = BallotFiles.smallest(1000);
        List<Object> sections = new ArrayList<>();
        Object section = BallotFiles.section("s", "S", null, BallotFiles.options(1, 1000));
        IntStream.range(0, 1_000_000).forEach(i -> sections.add(section));
        aliases.put("sections", sections);
        assertThat(BallotFiles.faults(aliases))
                .contains(
                        new Fault("sections", "has 1000000 sections; it must have 1 to 64"),
                        new Fault(
                                "sections[1].options",
                                "brings the ballot to 2000 options; it must have at most 1024 over all sections"))
                .hasSizeLessThan(100);
    }
}
