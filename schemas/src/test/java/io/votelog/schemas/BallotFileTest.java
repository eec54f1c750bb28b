package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import io.votelog.rules.Reason;
import io.votelog.rules.Violation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

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
                .startsWith("{\"ballotId\":\"gz-customs-2021\",\"order\":\"shuffled\",\"organiser\":");
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
