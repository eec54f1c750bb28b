// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of a ballot that is to be published, beyond what makes it one. */
class ProposedBallotTest {

    @Test
    void shouldTakeTheBallotOfTheAnnouncement() {
        assertThat(BallotFiles.faultsOfProposed(BallotFiles.gzCustoms2021())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", " A", "A\u00a0", "\u3000A\u200b", "A\u2060", "\ufe0fA", "\u00adA"})
    void shouldRefuseTwoTitlesThatReadAlike(String title) {
        Map<String, Object> file = titled("A", "B", title);

        assertThat(BallotFiles.faultsOfProposed(file)).singleElement().satisfies(fault -> {
            assertThat(fault.place()).isEqualTo("sections[0].options[2].title");
            assertThat(fault.problem())
                    .contains(", which reads like sections[0].options[0].title; a title must be unique in its section");
        });
    }

    @ParameterizedTest
    @CsvSource({"a b, a  b", "caf\u00e9, cafe\u0301", "a b, a\u2003b"})
    void shouldLookAtTitlesAsTheyAreSeen(String one, String other) {
        assertThat(BallotFiles.faultsOfProposed(titled(one, other))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"A, a", "AB, A B", "1, \uff11", "A, \u0410"})
    void shouldTellTitlesApartThatReadersCan(String one, String other) {
        assertThat(BallotFiles.faultsOfProposed(titled(one, other))).isEmpty();
    }

    /** Whether a joiner or a tag changes what is shown depends on the letters, the font and the device. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Yes\u200d",
                "Yes\u200c",
                "\u200dYes",
                "Yes\udb40\udc41",
                "Y\u180bes",
                "Yes\u180f",
                "Yes\u2800",
                "Yes\ud834\udd59",
                "Yes\ud81b\udfe4",
                "\ud80d\udc41Yes",
                "Yes\ud80d\udc42",
                "Y\u115fes"
            })
    void shouldNotTellTitlesApartByWhatIsNotSeenByItself(String title) {
        assertThat(BallotFiles.faultsOfProposed(titled("Yes", title)))
                .singleElement()
                .extracting(Fault::problem)
                .asString()
                .contains("which reads like sections[0].options[0].title");
        assertThat(BallotFiles.faultsOfProposed(titled("No", title))).isEmpty();
    }

    @Test
    void shouldCompareTitlesAsVotersOfEachLanguageSeeThem() {
        Map<String, Object> chinese = titled(
                BallotFiles.map("zh", "甲", "en", "First"),
                BallotFiles.map("zh", "乙", "en", "Second"),
                BallotFiles.map("zh", "乙", "en", "Third"));
        assertThat(BallotFiles.faultsOfProposed(chinese))
                .extracting(Fault::toString)
                .containsExactly("sections[0].options[2].title.zh: is \"乙\", which reads like"
                        + " sections[0].options[1].title.zh; a title must be unique in its section");

        assertThat(BallotFiles.faultsOfProposed(titled("甲", BallotFiles.map("zh", "甲", "en", "First"))))
                .as("who reads Chinese is shown the title that has no language")
                .extracting(Fault::place)
                .containsExactly("sections[0].options[1].title.zh");
        assertThat(BallotFiles.faultsOfProposed(titled(BallotFiles.map("fr", "X"), BallotFiles.map("de", "X"))))
                .as("who reads either is shown the other where it is missing")
                .extracting(Fault::place)
                .containsExactly("sections[0].options[1].title.de");
        assertThat(BallotFiles.faultsOfProposed(
                        titled(BallotFiles.map("zh-Hant", "甲"), BallotFiles.map("zh-Hans", "甲"))))
                .hasSize(1);
        assertThat(BallotFiles.faultsOfProposed(
                        titled(BallotFiles.map("zh", "甲", "en", "Case"), BallotFiles.map("zh", "乙", "en", "甲"))))
                .as("nobody sees the Chinese title of one beside the English title of the other")
                .isEmpty();
    }

    @Test
    void shouldLetTwoSectionsHaveTheSameTitles() {
        Map<String, Object> file = BallotFiles.smallest(1);
        file.put(
                "sections",
                BallotFiles.list(
                        BallotFiles.section("s1", "S", null, List.of(BallotFiles.map("id", "yes1", "title", "Yes"))),
                        BallotFiles.section("s2", "T", null, List.of(BallotFiles.map("id", "yes2", "title", "Yes")))));
        assertThat(BallotFiles.faultsOfProposed(file)).isEmpty();
    }

    @Test
    void shouldBoundTheLanguagesOfASection() {
        Object[] titles = IntStream.range(0, 65)
                .mapToObj(i -> BallotFiles.map("x" + (char) ('a' + i % 26) + (char) ('a' + i / 26), "T" + i))
                .toArray();
        assertThat(BallotFiles.faultsOfProposed(titled(titles)))
                .containsExactly(
                        new Fault("sections[0].options", "has titles in 65 languages; a section must have at most 64"));
        titles[64] = titles[0];
        assertThat(BallotFiles.faultsOfProposed(titled(titles)))
                .extracting(Fault::place)
                .containsExactly("sections[0].options[64].title.xaa");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\u202eb\u202c",
                "\u202ab\u202c",
                "a\u202b",
                "a\u202c",
                "a\u202d", // embeddings and overrides, closed or not
                "a\u2066b",
                "\u2067\u2068b\u2069",
                "a\u2069",
                "\u2066a\u2069\u2069", // isolates that are not in pairs
                "a\u2028b",
                "a\u2029b",
                "a\u206e",
                "\ufeffa",
                "\ufff9a\ufffab\ufffb",
                "a\uffff",
                "a\ufdd0",
                "\u200b",
                "\u00ad",
                "\u200d\u180b",
                "\udb40\udc41",
                "\u2800",
                "\u2800 \u200c",
                "\ud834\udd59"
            })
    void shouldRefuseTextsThatDoNotReadAsTheyAreWritten(String text) {
        for (String place : List.of(
                "organiser",
                "title",
                "noun",
                "sections[0].title",
                "sections[0].options[1].title",
                "sections[0].options[1].summary",
                "sections[0].options[1].owner")) {
            Map<String, Object> file = titled("A", "B");
            put(file, place, text);
            assertThat(BallotFiles.faultsOfProposed(file)).singleElement().satisfies(fault -> {
                assertThat(fault.place()).isEqualTo(place);
                assertThat(fault.toString().codePoints()).noneMatch(ShownText::controlsDisplay);
            });
            put(file, place, BallotFiles.map("en", "Plain", "ar", text));
            assertThat(BallotFiles.faultsOfProposed(file))
                    .extracting(Fault::place)
                    .containsExactly(place + ".ar");
            assertThat(BallotFiles.faults(file))
                    .as("one that stands in a log stays a ballot")
                    .isEmpty();
        }
    }

    @Test
    void shouldSayWhichCharacterItIsAndWhatWouldBeRight() {
        Map<String, Object> file = titled("A", "B", "C", "exe.\u202efdp");
        assertThat(BallotFiles.faultsOfProposed(file))
                .extracting(Fault::toString)
                .containsExactly(
                        "sections[0].options[3].title: has the character U+202E as its 5. character; it must have"
                                + " no embeddings and overrides of the writing direction; an isolate that is closed, U+2066 to U+2068"
                                + " with U+2069, serves");
        assertThat(BallotFiles.faultsOfProposed(titled("A", "\ud83d\ude00\ud83d\ude00\u202e")))
                .as("characters are counted as they are in user ids, not as a machine stores them")
                .singleElement()
                .extracting(Fault::problem)
                .asString()
                .startsWith("has the character U+202E as its 3. character;");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u2068\u05d0\u05d1\u2069 (1)",
                "\u2067a\u2066b\u2069c\u2069",
                "\u05d0\u200f!",
                "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
            })
    void shouldTakeWhatLanguagesWrittenFromTheRightNeed(String title) {
        assertThat(BallotFiles.faultsOfProposed(titled(title, "B"))).isEmpty();
    }

    @Test
    void shouldHaveIsolatesClosedOnTheirLine() {
        Map<String, Object> file = titled("A", "B");
        put(file, "sections[0].options[0].summary", "\u2067a\u2069\n\u2067b\u2069");
        assertThat(BallotFiles.faultsOfProposed(file)).isEmpty();
        put(file, "sections[0].options[0].summary", "\u2067a\nb\u2069");
        assertThat(BallotFiles.faultsOfProposed(file))
                .extracting(Fault::problem)
                .containsExactly(
                        "has the character U+2067 as its 1. character; an isolate must be closed by U+2069 on its line");
    }

    @Test
    void shouldRefuseAddressesThatDoNotReadAsTheyAreWritten() {
        Map<String, Object> file = titled("A", "B");
        put(file, "sections[0].options[0].link", "https://example.org/\u202etxt");
        assertThat(BallotFiles.faults(file)).isEmpty();
        assertThat(BallotFiles.faultsOfProposed(file))
                .extracting(Fault::place)
                .containsExactly("sections[0].options[0].link");
    }

    @Test
    void shouldNameBothKindsOfFaultsAtOnce() {
        Map<String, Object> file = titled("A", "A");
        put(file, "sections[0].options[0].id", "not an id");
        assertThat(BallotFiles.faultsOfProposed(file))
                .extracting(Fault::place)
                .containsExactly("sections[0].options[0].id", "sections[0].options[1].title");
    }

    @Test
    void shouldKeepABallotThatStandsInALog() {
        Map<String, Object> file = titled("A", "A");
        Ballot standing = BallotFiles.ballot(file);
        assertThat(standing.optionCount()).isEqualTo(2);
        assertThat(BallotFiles.faultsOfProposed(file)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "2030-01-01T00:00:00.000001Z, 2030-01-01T00:00:00.001Z",
        "2030-01-01T00:00:00.123456Z, 2030-01-01T00:00:00.124Z",
        "2030-01-01T08:00:00.999999999+08:00, 2030-01-01T00:00:01Z",
    })
    void shouldTakeTimesFinerThanAMillisecondForTheNextOne(String written, Instant taken) {
        Map<String, Object> file = BallotFiles.smallest(1);
        put(file, "window.opensAt", written);

        Ballot.Definition.Valid valid = (Ballot.Definition.Valid) Ballot.propose(file);

        assertThat(valid.ballot().opensAt()).isEqualTo(taken);
        assertThat(valid.notes())
                .containsExactly(
                        new Note(
                                "window.opensAt",
                                "is \"" + written + "\"; it was taken for " + taken
                                        + ", the next whole millisecond, as times in the log are. That changes nothing for any vote"));
        assertThat(Ballot.parse(valid.ballot().toPlain()))
                .as("what is published says it to the millisecond")
                .isEqualTo(new Ballot.Definition.Valid(valid.ballot(), List.of()));
        // Every time that a broker stamps is on the same side of both.
        Instant exact = java.time.OffsetDateTime.parse(written).toInstant();
        for (int offsetMs = -2; offsetMs <= 2; offsetMs++) {
            Instant stamp = taken.plusMillis(offsetMs);
            assertThat(stamp.isBefore(valid.ballot().opensAt())).isEqualTo(stamp.isBefore(exact));
        }
    }

    @Test
    void shouldNoteNothingWhereNothingWasRounded() {
        Map<String, Object> file = BallotFiles.smallest(1);
        put(file, "window.opensAt", "2030-01-01T00:00:00.120000000Z");
        assertThat(((Ballot.Definition.Valid) Ballot.propose(file)).notes()).isEmpty();
    }

    @Test
    void shouldRefuseAWindowInWhichNoMillisecondLies() {
        Map<String, Object> file = BallotFiles.smallest(1);
        put(file, "window.opensAt", "2030-01-01T12:00:00.000001Z");
        put(file, "window.closesAt", "2030-01-01T12:00:00.000002Z");
        assertThat(BallotFiles.faultsOfProposed(file)).extracting(Fault::place).containsExactly("window.closesAt");
    }

    private static Map<String, Object> titled(Object... titles) {
        Map<String, Object> file = BallotFiles.smallest(1);
        List<Object> options = new ArrayList<>();
        for (int i = 0; i < titles.length; i++) {
            options.add(BallotFiles.map("id", "o" + i, "title", titles[i]));
        }
        file.put("sections", BallotFiles.list(BallotFiles.section("only", "The only one", null, options)));
        return file;
    }

    private static void put(Map<String, Object> file, String place, Object value) {
        BallotFaultsTest.put(file, place, value);
    }
}
