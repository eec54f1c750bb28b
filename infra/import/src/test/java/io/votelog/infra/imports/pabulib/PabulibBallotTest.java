// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.Ballot;
import io.votelog.rules.Option;
import io.votelog.rules.Range;
import io.votelog.rules.Section;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PabulibBallotTest {
    private static final Instant OPENS = Instant.parse("2026-12-05T00:00:00Z");

    private static Ballot ballot(PabulibFile file) {
        return ((Ballot.Definition.Valid)
                        Ballot.propose(PabulibBallot.of(file, "village-2026", OPENS, OPENS.plusSeconds(3600))))
                .ballot();
    }

    private static PabulibFile file(String projects) {
        return PabulibReader.read(
                ("META\nvote_type;approval\nPROJECTS\nproject_id;name\n" + projects + "VOTES\nvoter_id;vote\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldMakeTheBallotThatAFileWasVotedOn() throws Exception {
        Ballot ballot = ballot(PabulibReader.read(Files.readAllBytes(Path.of("src/test/resources/odd.pb"))));

        assertThat(ballot.title().byLanguage()).isEqualTo(Map.of("pl", "Small works; a vote of the village of Zażółć"));
        assertThat(ballot.organiser().byLanguage()).isEqualTo(Map.of("und", "Zażółć"));
        assertThat(ballot.picks()).isEqualTo(new Range(1, 3));
        assertThat(ballot.sections()).hasSize(1);
        Section section = ballot.sections().get(0);
        assertThat(section.title().byLanguage()).isEqualTo(Map.of("und", "Old Town"));
        assertThat(section.options())
                .extracting(Option::id)
                .containsExactly("BO-D1-7", "BO-D1-7-2", "3", "4", "a-project-s-id-that-is-longer-th", "-d-b-o");
        assertThat(section.options())
                .extracting(option -> option.title().byLanguage().get("pl"))
                .containsExactly(
                        "Benches; and shade",
                        "The \"Little Wood\"",
                        "Bicycle stands",
                        "Bicycle stands (4)",
                        "A well",
                        "Nothing");
    }

    @Test
    void shouldNameProjectsWithoutANameByTheirIds() {
        assertThat(ballot(file("1;\n2;\" \"\n3;\u202Eabc\n4;\u200B\n"))
                        .sections()
                        .get(0)
                        .options())
                .extracting(option -> option.title().byLanguage().get("und"))
                .containsExactly("1", "2", "abc", "4");
    }

    @Test
    void shouldGiveNoTwoProjectsOneOption() {
        OptionIds ids = new OptionIds(
                file("a/b;\na.b;\na-b-2;\na-b;\na,b".replace(",", ":") + ";\n").projects());

        assertThat(ids.changed()).isEqualTo(Map.of("a/b", "a-b-3", "a.b", "a-b-4", "a:b", "a-b-5"));
        assertThat(ids.of("a-b")).isEqualTo("a-b");
        assertThat(ids.of("a-b-3")).isEqualTo("no project: a-b-3");
    }

    @Test
    void shouldRefuseMoreProjectsThanABallotHasOptions() {
        PabulibFile file = file(IntStream.rangeClosed(1, 1025)
                .mapToObj(n -> n + ";P" + n + "\n")
                .collect(Collectors.joining()));

        assertThatThrownBy(() -> ballot(file))
                .isInstanceOf(PabulibException.class)
                .hasMessage("the file has 1025 projects; a ballot has at most 1024 options");
    }

    @ParameterizedTest
    @CsvSource({"polish,pl", "Polish,pl", "PL,pl", "pl-PL,pl-PL", "Klingon,''", "'',''", "chinese,zh", "en_GB,''"})
    void shouldKnowALanguageByItsTagAndByItsNameInEnglish(String name, String tag) {
        assertThat(PabulibBallot.language(name)).isEqualTo(tag);
    }

    @ParameterizedTest
    @CsvSource({
        "poland_warszawa_2017_praga-poludnie.pb,poland-warszawa-2017-praga-poludnie",
        "Zażółć 2026.PB,zazo-c-2026",
        "_.pb,pabulib-",
        "x,pabulib-x"
    })
    void shouldMakeABallotsIdOfAFilesName(String name, String id) {
        assertThat(PabulibBallot.idOf(name)).isEqualTo(id);
    }
}
