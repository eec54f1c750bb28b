// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BallotTest {
    @Test
    void shouldReadTheSeedsBallot() {
        Ballot ballot = BallotFiles.ballot(BallotFiles.gzCustoms2021());
        assertThat(ballot.id()).isEqualTo("gz-customs-2021");
        assertThat(ballot.organiser()).isEqualTo(Text.of("广州海关"));
        assertThat(ballot.title().byLanguage()).containsOnlyKeys("zh", "en").containsEntry("en", "Guangzhou Customs");
        assertThat(ballot.opensAt()).isEqualTo(Instant.parse("2021-12-04T16:00:00Z"));
        assertThat(ballot.closesAt()).isEqualTo(Instant.parse("2021-12-11T16:00:00Z"));
        assertThat(ballot.picks()).isEqualTo(new Range(2, 10));
        assertThat(ballot.sections()).extracting(Section::picks).containsExactly(new Range(1, 22), new Range(1, 21));
        assertThat(ballot.order()).isEqualTo(Order.SHUFFLED);
        assertThat(ballot.visibility()).isEqualTo(Visibility.LIVE);
        assertThat(ballot.optionId(0)).isEqualTo("01");
        assertThat(ballot.optionId(42)).isEqualTo("43");
        assertThat(ballot.optionIndex("23")).isEqualTo(22);
        assertThat(ballot.optionIndex("44")).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "-a",
                "Ab",
                "a_b",
                "a/b",
                "a\n",
                "ab\u0000",
                "\uFFFD\uFFFD",
                "\uFF41b",
                "gz\u2010customs",
                " ab",
                "ab "
            })
    void shouldKnowWhatIsNoId(String text) {
        assertThat(Ballot.isId(text)).isFalse();
    }

    @Test
    void shouldKnowIdsAsThePatternOfTheFormatDoes() {
        String letters = "az09-AZ_ /\u0000\u00e9\uFFFDm5";
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            String text = random.ints(random.nextInt(70), 0, seed % 2 == 0 ? 5 : letters.length())
                    .mapToObj(at -> letters.substring(at, at + 1))
                    .collect(Collectors.joining());
            assertThat(Ballot.isId(text))
                    .as("seed %d: '%s'", seed, text)
                    .isEqualTo(text.matches("[a-z0-9][a-z0-9-]{1,62}"));
        }
    }

    @Test
    void shouldWriteDefaultsOut() {
        assertThat(BallotFiles.ballot(BallotFiles.smallest(2)).toPlain())
                .isEqualTo(Map.of(
                        "ballotId", "b1",
                        "title", "A ballot",
                        "window", Map.of("opensAt", "2030-01-01T00:00:00Z", "closesAt", "2030-01-02T00:00:00Z"),
                        "picks", Map.of("min", 1, "max", 2),
                        "sections",
                                List.of(Map.of(
                                        "id",
                                        "only",
                                        "title",
                                        "The only one",
                                        "picks",
                                        Map.of("min", 0, "max", 2),
                                        "options",
                                        List.of(
                                                Map.of("id", "01", "title", "案例 1"),
                                                Map.of("id", "02", "title", "案例 2")))),
                        "order", "listed",
                        "results", Map.of("visibility", "live")));
    }

    @Test
    void shouldWriteItsFieldsAlwaysInTheSameOrder() {
        Map<String, Object> one = BallotFiles.gzCustoms2021();
        one.put("title", BallotFiles.map("zh", "评选", "en", "A vote"));
        Map<String, Object> other = BallotFiles.map();
        List<String> names = new ArrayList<>(one.keySet());
        for (int i = names.size() - 1; i >= 0; i--) {
            other.put(names.get(i), one.get(names.get(i)));
        }
        other.put("title", BallotFiles.map("en", "A vote", "zh", "评选"));

        assertThat(BallotFiles.ballot(other)).isEqualTo(BallotFiles.ballot(one));
        assertThat(BallotFiles.ballot(other)).hasSameHashCodeAs(BallotFiles.ballot(one));
        assertThat(BallotFiles.ballot(other).toPlain().toString())
                .isEqualTo(BallotFiles.ballot(one).toPlain().toString())
                .contains("title={en=A vote, zh=评选}");
        assertThat(BallotFiles.ballot(one).title().byLanguage().keySet()).containsExactly("zh", "en");
    }

    @Test
    void shouldKeepEveryOptionalField() {
        Map<String, Object> option = BallotFiles.map(
                "id", "01",
                "title", BallotFiles.map("zh", "案例", "und", "Case"),
                "summary", "Two\nlines",
                "owner", "内河海关",
                "link", "https://example.org/案例/01?x=1",
                "image", "HTTP://example.org:8080/01.png");
        Map<String, Object> file = BallotFiles.smallest(0);
        file.put("sections", BallotFiles.list(BallotFiles.section("S", "S", null, BallotFiles.list(option))));
        file.put("results", BallotFiles.map("visibility", "after-close"));

        Ballot ballot = BallotFiles.ballot(file);
        Option read = ballot.sections().get(0).options().get(0);
        assertThat(read.summary()).isEqualTo(Text.of("Two\nlines"));
        assertThat(read.owner()).isEqualTo(Text.of("内河海关"));
        assertThat(ballot.visibility()).isEqualTo(Visibility.AFTER_CLOSE);
        assertThat(ballot.toPlain().toString()).contains("summary=Two\nlines", "und=Case", "visibility=after-close");
        assertThat(BallotFiles.ballot(ballot.toPlain())).isEqualTo(ballot);
    }

    @Test
    void shouldTakeAnEmptyFieldForAnAbsentOne() {
        Map<String, Object> file = BallotFiles.smallest(2);
        Ballot without = BallotFiles.ballot(file);
        for (String field : List.of("organiser", "noun", "picks", "order", "results")) {
            file.put(field, null);
        }
        assertThat(BallotFiles.ballot(file)).isEqualTo(without);
    }

    @Test
    void shouldDeriveTheLeastPicksFromTheSections() {
        Map<String, Object> file = BallotFiles.gzCustoms2021();
        file.remove("picks");
        assertThat(BallotFiles.ballot(file).picks()).isEqualTo(new Range(2, 43));
    }

    @Test
    void shouldDifferByWhateverAVoterSees() {
        Ballot ballot = BallotFiles.ballot(BallotFiles.gzCustoms2021());
        for (Map.Entry<String, Object> change : Map.<String, Object>of(
                        "ballotId",
                        "another",
                        "organiser",
                        "another",
                        "title",
                        "another",
                        "noun",
                        "another",
                        "window",
                        BallotFiles.map("opensAt", "2021-12-05T00:00:00+08:00", "closesAt", "2022-01-01T00:00:00Z"),
                        "picks",
                        BallotFiles.map("min", 2, "max", 9),
                        "sections",
                        BallotFiles.smallest(43).get("sections"),
                        "order",
                        "listed",
                        "results",
                        BallotFiles.map("visibility", "after-close"))
                .entrySet()) {
            Map<String, Object> file = BallotFiles.gzCustoms2021();
            file.put(change.getKey(), change.getValue());
            assertThat(BallotFiles.ballot(file)).as(change.getKey()).isNotEqualTo(ballot);
        }
        assertThat(BallotFiles.ballot(BallotFiles.gzCustoms2021()))
                .isEqualTo(ballot)
                .hasSameHashCodeAs(ballot);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 1024})
    void shouldCheckVotesOnBallotsOfAnySize(int optionCount) {
        Ballot ballot = BallotFiles.ballot(BallotFiles.smallest(optionCount));
        assertThat(BallotFiles.ballot(ballot.toPlain())).isEqualTo(ballot);
        assertThat(ballot.optionCount()).isEqualTo(optionCount);

        List<String> all =
                IntStream.range(0, optionCount).mapToObj(ballot::optionId).toList();
        assertThat(ballot.check(all).wellFormed()).isTrue();
        assertThat(ballot.check(all).picks())
                .isEqualTo(Picks.of(IntStream.range(0, optionCount).toArray()));
        assertThat(ballot.check(all.subList(optionCount - 1, optionCount)).picks())
                .isEqualTo(Picks.of(optionCount - 1));
    }
}
