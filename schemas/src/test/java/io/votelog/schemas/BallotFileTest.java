// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import io.votelog.rules.Note;
import io.votelog.rules.Reason;
import io.votelog.rules.Text;
import io.votelog.rules.Violation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BallotFileTest {
    private static final Path SEED = Path.of("../infra/local/ballots/gz-customs-2021.yaml");

    @Test
    void shouldReadTheSeedsBallot() throws Exception {
        Ballot ballot = seed();

        assertThat(ballot.id()).isEqualTo("gz-customs-2021");
        assertThat(ballot.optionCount()).as("43 cases").isEqualTo(43);
        assertThat(ballot.sections()).as("典型案例分为两部分").hasSize(2);
        assertThat(ballot.picks().max()).as("合计投票不超过10项").isEqualTo(10);
        assertThat(ballot.opensAt()).as("12月5日, Beijing time").isEqualTo(Instant.parse("2021-12-04T16:00:00Z"));
        assertThat(ballot.closesAt())
                .as("12月11日, its last minute included")
                .isEqualTo(Instant.parse("2021-12-11T16:00:00Z"));
        assertThat(ballot.violations(List.of("01", "02")))
                .as("两部分典型案例均需投选方可提交")
                .extracting(Violation::code)
                .containsExactly(Reason.SECTION_TOO_FEW);
    }

    @Test
    void shouldGiveTheSameDefinitionForTheSameBallotInYamlAndInJson() throws Exception {
        BallotDefinition fromYaml = BallotDefinition.of(seed());
        BallotDefinition fromJson =
                BallotDefinition.of(valid(BallotFile.JSON.read(fromYaml.json().getBytes(StandardCharsets.UTF_8))));

        assertThat(fromJson).isEqualTo(fromYaml);
        assertThat(BallotDefinition.parse(fromYaml.json())).isEqualTo(fromYaml);
        assertThat(fromYaml.json())
                .startsWith(
                        "{\"ballotId\":\"gz-customs-2021\",\"noun\":{\"en\":\"Case\",\"zh\":\"案例\"},\"order\":\"shuffled\",");
        assertThat(fromYaml.digestHex())
                .isEqualTo(BallotDefinition.hex(Digests.sha256(fromYaml.json().getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void shouldRefuseADefinitionThatIsNotCanonical() throws Exception {
        String json = BallotDefinition.of(seed()).json();

        assertThatThrownBy(() -> BallotDefinition.parse(json.replace("{\"ballotId\"", "{ \"ballotId\"")))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("canonical");
        assertThatThrownBy(() -> BallotDefinition.parse("{}"))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("ballotId");
    }

    @Test
    void shouldNameTheLineThatIsNotYaml() {
        List<Fault> faults = faults(BallotFile.YAML, "ballotId: a\ntitle: [unclosed\n");

        assertThat(faults).singleElement().satisfies(fault -> {
            assertThat(fault.place()).startsWith("line 2");
            assertThat(fault.problem()).startsWith("not well-formed YAML");
        });
    }

    @Test
    void shouldSayThatATextIsCutByACommaThatIsNotInQuotes() throws Exception {
        String option = "- id: \"07\"\n";
        String cut = Files.readString(SEED)
                .replace(option, "- {id: \"07a\", title: 创新税款担保机制 支持企业“先提货,后缴税”}\n      " + option);

        assertThat(faults(BallotFile.YAML, cut))
                .extracting(Fault::toString)
                .containsExactly(
                        "sections[0].options[6].后缴税”: unknown field; allowed are id, title, summary, owner, link"
                                + " and image; it has no value, so if it is the end of the text before it, that text belongs in"
                                + " quotes");
    }

    @Test
    void shouldRefuseAFieldThatStandsTwice() {
        assertThat(faults(BallotFile.YAML, "ballotId: a1\nballotId: b1\n"))
                .singleElement()
                .satisfies(fault -> assertThat(fault.problem()).containsIgnoringCase("duplicate"));
        assertThat(faults(BallotFile.JSON, "{\"ballotId\":\"a1\",\"ballotId\":\"b1\"}"))
                .singleElement()
                .satisfies(fault -> assertThat(fault.problem()).containsIgnoringCase("duplicate"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "organiser: *t|line 3, column 12|is an alias, *t; a ballot must be written out",
                "organiser: &t Town|line 3, column 12|has an anchor, &t; a ballot must be written out",
                "&t organiser: Town|line 3, column 1|has an anchor, &t;",
                "*t : Town|line 3, column 1|is an alias, *t;",
                "organiser: !!str 2021|line 3, column 12|has a tag, tag:yaml.org,2002:str;",
                "organiser: !town Town|line 3, column 12|has a tag, !town;",
                "organiser: ! Town|line 3, column 12|has a tag, !;",
                "<<: {order: listed}|line 3, column 1|is a merge key, <<;",
                "picks: &p {max: 1}|line 3, column 8|has an anchor, &p;",
                "picks: !!map {max: 1}|line 3, column 8|has a tag, tag:yaml.org,2002:map;",
                "picks: {max: 010}|line 3, column 14|is 010, which YAML may take for another number than it looks;",
                "picks: {max: 0x10}|line 3, column 14|is 0x10,",
                "picks: {max: 1_0}|line 3, column 14|is 1_0,",
                "picks: {max: +1}|line 3, column 14|is +1,",
                "--- {}|line 3, column 1|begins another document; a file must hold one ballot",
            })
    void shouldRefuseYamlThatSaysSomethingInAnotherWayThanItLooks(String line, String place, String problem) {
        String file = "title: Some title\norder: listed\n" + line + "\n";

        assertThat(faults(BallotFile.YAML, file)).singleElement().satisfies(fault -> {
            assertThat(fault.place()).isEqualTo(place);
            assertThat(fault.problem()).startsWith(problem);
        });
    }

    @Test
    void shouldNameEveryAnchorAndAlias() {
        assertThat(faults(BallotFile.YAML, "organiser: &t Town\ntitle: *t\norder: *u\n"))
                .extracting(Fault::place)
                .containsExactly("line 1, column 12", "line 2, column 8", "line 3, column 8");
        assertThat(faults(BallotFile.YAML, "%YAML 1.2\n---\norganiser: Town\n"))
                .singleElement()
                .satisfies(fault -> assertThat(fault.problem()).startsWith("has directives"));
        assertThat(faults(BallotFile.YAML, "a: *\u202e" + "x".repeat(100) + "\n"))
                .singleElement()
                .satisfies(fault -> assertThat(fault.problem())
                        .startsWith("is an alias, *?xxx")
                        .hasSizeLessThan(200));
        assertThat(faults(BallotFile.YAML, "? [a, b]\n: c\n")).hasSize(1);
        assertThat(faults(BallotFile.YAML, "a: [" + "*x, ".repeat(1000) + "*x]\n"))
                .hasSize(100);
    }

    @Test
    void shouldTakeTextsInQuotesThatLookLikeThese() throws Exception {
        String seed = Files.readString(SEED);
        String title = seed.lines()
                .filter(line -> line.startsWith("organiser: "))
                .findFirst()
                .orElseThrow();
        for (String text : List.of("'*t'", "'&t Town'", "'!town'", "'<<'", "\"010\"", "A & B * C ! <<")) {
            Ballot ballot = valid(BallotFile.YAML.read(
                    seed.replace(title, "organiser: " + text).getBytes(StandardCharsets.UTF_8)));
            assertThat(ballot.organiser()).isEqualTo(Text.of(text.replaceAll("^['\"]|['\"]$", "")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseBytesThatAreNotUtf8(BallotFile form) {
        for (byte[] bytes : List.of(
                new byte[] {'{', '}', (byte) 0xff}, "{}".getBytes(StandardCharsets.UTF_16), new byte[] {(byte) 0xc0})) {
            assertThat(form.read(bytes)).isInstanceOf(Ballot.Definition.Faulty.class);
        }
    }

    @Test
    void shouldReadAFileThatBeginsWithAByteOrderMark() throws Exception {
        assertThat(valid(BallotFile.YAML.read(("\ufeff" + Files.readString(SEED)).getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(seed());
        String json = BallotDefinition.of(seed()).json();
        assertThat(valid(BallotFile.JSON.read(("\ufeff" + json).getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(seed());
    }

    @Test
    void shouldKeepInALogWhatMayNoLongerBePublished() throws Exception {
        BallotDefinition seed = BallotDefinition.of(seed());
        Map<String, Object> plain = seed.ballot().toPlain();
        plain.put("organiser", "\u202eTown");
        BallotDefinition standing = BallotDefinition.of(valid(Ballot.parse(plain)));
        byte[] bytes = standing.json().getBytes(StandardCharsets.UTF_8);

        assertThat(faults(BallotFile.JSON, standing.json()))
                .extracting(Fault::place)
                .containsExactly("organiser");
        assertThat(BallotFile.JSON.readPublished(bytes))
                .isEqualTo(new Ballot.Definition.Valid(standing.ballot(), List.of()));
        assertThat(BallotDefinition.parse(standing.json())).isEqualTo(standing);
    }

    /** What an earlier build made of a file is what it made of it, when its ballot stands. */
    @Test
    void shouldUnderstandAFileThatWasPublishedAsItWasThen() throws Exception {
        String seed = Files.readString(SEED);
        String hidden = seed.replace("title: ", "title: &t ").replace("order: shuffled", "order: *shuffled");
        assertThat(hidden).isNotEqualTo(seed);

        assertThat(faults(BallotFile.YAML, hidden)).isNotEmpty();
        assertThat(valid(BallotFile.YAML.readPublished(hidden.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(seed());
    }

    @Test
    void shouldPublishAFinerTimeToTheMillisecondAndNeverFindOneInALog() throws Exception {
        String fine =
                Files.readString(SEED).replace("2021-12-12T00:00:00+08:00", "2021-12-11T23:59:59.999000001+08:00");

        Ballot.Definition.Valid read =
                (Ballot.Definition.Valid) BallotFile.YAML.read(fine.getBytes(StandardCharsets.UTF_8));

        assertThat(read.notes()).extracting(Note::at).containsExactly("window.closesAt");
        assertThat(BallotDefinition.of(read.ballot()))
                .as("the digest that everybody makes of that file")
                .isEqualTo(BallotDefinition.of(seed()));
        String json = BallotDefinition.of(seed()).json();
        String notCanonical = json.replace("2021-12-11T16:00:00Z", "2021-12-11T15:59:59.999000001Z");
        assertThat(notCanonical).isNotEqualTo(json);
        assertThatThrownBy(() -> BallotDefinition.parse(notCanonical))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("canonical");
    }

    @Test
    void shouldRefuseWhatIsNoBallotAtAll() {
        assertThat(faults(BallotFile.JSON, "")).isNotEmpty();
        assertThat(faults(BallotFile.JSON, "null")).isNotEmpty();
        assertThat(faults(BallotFile.JSON, "[1,2]")).isNotEmpty();
        assertThat(faults(BallotFile.JSON, "{} {}")).isNotEmpty();
        assertThat(faults(BallotFile.YAML, "")).isNotEmpty();
        assertThat(faults(BallotFile.YAML, "--- a\n--- b\n")).isNotEmpty();
        assertThat(faults(BallotFile.JSON, "[".repeat(100_000))).isNotEmpty();
        assertThat(faults(BallotFile.YAML, "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"))
                .isNotEmpty();
        assertThat(faults(BallotFile.JSON, " ".repeat(BallotFile.MAX_BYTES + 1)))
                .singleElement()
                .satisfies(fault -> assertThat(fault.problem()).contains("at most 524288"));
    }

    private static Ballot seed() throws IOException {
        return valid(BallotFile.YAML.read(Files.readAllBytes(SEED)));
    }

    private static Ballot valid(Ballot.Definition definition) {
        assertThat(definition).isInstanceOf(Ballot.Definition.Valid.class);
        return ((Ballot.Definition.Valid) definition).ballot();
    }

    private static List<Fault> faults(BallotFile form, String text) {
        Ballot.Definition definition = form.read(text.getBytes(StandardCharsets.UTF_8));
        assertThat(definition).isInstanceOf(Ballot.Definition.Faulty.class);
        return ((Ballot.Definition.Faulty) definition).faults();
    }
}
