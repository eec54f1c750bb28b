// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.nist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.testing.Seeds;
import io.votelog.infra.testing.standards.ElectionResultsSchema;
import io.votelog.rules.Ballot;
import io.votelog.rules.Option;
import io.votelog.rules.Section;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every report is one of the published schema's, and says what was counted and nothing else. */
class ElectionReportTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant AT = Instant.parse("2021-12-06T01:02:03.456Z");

    private static BallotDefinition ballot(String visibility) {
        String yaml =
                """
                ballotId: golden
                organiser: {zh: 广州海关, en: Guangzhou Customs}
                title: {zh: 评选, en: A vote}
                window: {opensAt: "2021-12-05T00:00:00+08:00", closesAt: "2021-12-12T00:00:00+08:00"}
                picks: {min: 2, max: 3}
                sections:
                  - id: A
                    title: Part A
                    picks: {min: 1, max: 1}
                    options:
                      - {id: "01", title: {zh: 甲, en: 'One, "first"'}}
                      - {id: "02", title: {zh: 乙, en: "Two, or 2"}}
                  - id: B
                    title: {en: Part B}
                    options:
                      - {id: "03", title: Third}
                      - {id: "04", title: Fourth}
                results: {visibility: %s}
                """
                        .formatted(visibility);
        return BallotDefinition.of(
                ((Ballot.Definition.Valid) BallotFile.YAML.read(yaml.getBytes(StandardCharsets.UTF_8))).ballot());
    }

    private static CountedBallot counted(CountProgress progress, @Nullable List<Long> votes) {
        return new CountedBallot(progress, AT, votes, 6, 3, 1);
    }

    private static JsonNode report(BallotDefinition definition, CountedBallot counted) {
        byte[] json = ElectionReport.json(definition, counted);
        assertThat(ElectionResultsSchema.faults(json))
                .as(new String(json, StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(ElectionReport.json(definition, counted)).isEqualTo(json);
        return JSON.readTree(json);
    }

    @Test
    void shouldWriteTheGoldenReport() throws IOException {
        JsonNode report = report(ballot("live"), counted(CountProgress.COMPLETE, List.of(4L, 2L, 6L, 0L)));

        assertThat(JSON.writerWithDefaultPrettyPrinter()
                                .writeValueAsString(report)
                                .replace("\r\n", "\n") + "\n")
                .isEqualTo(Files.readString(Path.of("src/test/resources/golden/nist-results.json")));
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_BEGUN, pre-election, not-processed",
        "UNDER_WAY, unofficial-partial, in-process",
        "COMPLETE, unofficial-complete, completed"
    })
    void shouldSayHowFarTheCountIs(CountProgress progress, String status, String countStatus) {
        JsonNode report = report(ballot("live"), counted(progress, List.of(4L, 2L, 6L, 0L)));

        assertThat(report.path("Status").stringValue()).isEqualTo(status);
        assertThat(report.findValues("CountStatus")).hasSize(4).allSatisfy(statuses -> {
            assertThat(statuses).hasSize(1);
            assertThat(statuses.path(0).path("Type").stringValue()).isEqualTo("total");
            assertThat(statuses.path(0).path("Status").stringValue()).isEqualTo(countStatus);
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = CountProgress.class,
            names = {"NOT_BEGUN", "UNDER_WAY"})
    void shouldShowNoCountThatIsHidden(CountProgress progress) {
        JsonNode report = report(ballot("after-close"), counted(progress, null));

        assertThat(report.findValues("VoteCounts")).isEmpty();
        assertThat(report.findValues("Count")).isEmpty();
        assertThat(report.path("Notes").stringValue())
                .isEqualTo("Counts of options are not shown until the result is final.");
        assertThat(report.findValues("CountStatus")).hasSize(4).allSatisfy(statuses -> {
            assertThat(statuses.path(1).path("Type").stringValue()).isEqualTo("other");
            assertThat(statuses.path(1).path("OtherType").stringValue()).isEqualTo("counts-shown");
            assertThat(statuses.path(1).path("Status").stringValue()).isEqualTo("not-processed");
        });
        assertThat(report.at("/Election/0/BallotCounts/0/BallotsCast").longValue())
                .isEqualTo(6);
        assertThatThrownBy(() -> report(ballot("after-close"), counted(progress, List.of(4L, 2L, 6L, 0L))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("hides them");
    }

    @Test
    void shouldShowCountsOnceTheyAreNoLongerHidden() {
        JsonNode report = report(ballot("after-close"), counted(CountProgress.COMPLETE, List.of(4L, 2L, 6L, 0L)));

        assertThat(report.findValues("Count")).extracting(JsonNode::longValue).containsExactly(4L, 2L, 6L, 0L);
        assertThat(report.has("Notes")).isFalse();
    }

    @Test
    void shouldRefuseCountsOfAnotherBallot() {
        assertThatThrownBy(() -> ElectionReport.json(ballot("live"), counted(CountProgress.COMPLETE, List.of(1L))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 counts for the 4 options of golden");
    }

    static LongStream seeds() {
        return Seeds.upTo(8);
    }

    @ParameterizedTest(name = "-Dvotelog.seed={0}")
    @MethodSource("seeds")
    void shouldSayOfAnyBallotWhatWasCounted(long seed) {
        Random random = new Random(seed);
        for (int n = 0; n < 10; n++) {
            int options = 1 + random.nextInt(40);
            assertSays(new DrawnBallot(random, 1 + random.nextInt(Math.min(options, 6)), options));
        }
        assertSays(new DrawnBallot(random, 1, 1));
        assertSays(new DrawnBallot(random, Ballot.MAX_SECTIONS, Ballot.MAX_OPTIONS));
    }

    private static void assertSays(DrawnBallot drawn) {
        Ballot ballot = drawn.definition.ballot();
        CountedBallot counted = drawn.counted;
        JsonNode report = report(drawn.definition, counted);
        JsonNode election = report.at("/Election/0");
        Map<String, JsonNode> candidates = new HashMap<>();
        election.path("Candidate")
                .forEach(each -> candidates.put(each.path("@id").stringValue(), each));

        List<String> ids = new ArrayList<>();
        List<Map<String, String>> titles = new ArrayList<>();
        List<Long> votes = new ArrayList<>();
        for (JsonNode contest : election.path("Contest")) {
            for (JsonNode selection : contest.path("ContestSelection")) {
                JsonNode candidate =
                        candidates.get(selection.path("CandidateIds").path(0).stringValue());
                ids.add(candidate.at("/ExternalIdentifier/0/Value").stringValue());
                titles.add(languages(candidate.path("BallotName")));
                selection
                        .path("VoteCounts")
                        .forEach(each -> votes.add(each.path("Count").longValue()));
            }
        }
        Stream<Option> options = ballot.sections().stream().flatMap(section -> section.options().stream());
        assertThat(ids).isEqualTo(options.map(Option::id).toList());
        assertThat(titles)
                .isEqualTo(ballot.sections().stream()
                        .flatMap(section -> section.options().stream())
                        .map(option -> option.title().byLanguage())
                        .toList());
        assertThat(votes).isEqualTo(counted.votes() == null ? List.of() : counted.votes());
        assertThat(election.path("Contest"))
                .extracting(contest -> languages(contest.path("BallotTitle")))
                .isEqualTo(ballot.sections().stream()
                        .map(section -> section.title().byLanguage())
                        .toList());
        for (int n = 0; n < ballot.sections().size(); n++) {
            Section section = ballot.sections().get(n);
            int allowed = election.path("Contest").path(n).path("VotesAllowed").intValue();
            assertThat(allowed)
                    .isBetween(1, section.options().size())
                    .isLessThanOrEqualTo(section.picks().max())
                    .isLessThanOrEqualTo(ballot.picks().max());
            assertThat(allowed == section.options().size()
                            || allowed == section.picks().max()
                            || allowed == ballot.picks().max())
                    .isTrue();
        }
        assertThat(languages(election.path("Name"))).isEqualTo(ballot.title().byLanguage());
        Instant from = Instant.parse(election.path("StartDate").stringValue() + "T00:00:00Z");
        Instant to = Instant.parse(election.path("EndDate").stringValue() + "T00:00:00Z")
                .plusSeconds(86_400);
        assertThat(from)
                .isBeforeOrEqualTo(ballot.opensAt())
                .isAfter(ballot.opensAt().minusSeconds(86_400));
        assertThat(to)
                .isAfterOrEqualTo(ballot.closesAt())
                .isBefore(ballot.closesAt().plusSeconds(86_400));
        assertThat(Instant.parse(report.path("GeneratedDate").stringValue()))
                .isBetween(counted.at().minusSeconds(1), counted.at());
        assertThat(election.at("/BallotCounts/0/BallotsCast").longValue()).isEqualTo(counted.counting());
        assertThat(election.at("/BallotCounts/0/BallotsRejected").longValue()).isEqualTo(counted.rejected());
        assertThat(report.at("/ExternalIdentifier/0/Value").stringValue()).isEqualTo(Long.toString(counted.revision()));
    }

    private static Map<String, String> languages(JsonNode text) {
        Map<String, String> languages = new HashMap<>();
        text.path("Text")
                .forEach(said -> languages.put(
                        said.path("Language").stringValue(),
                        said.path("Content").stringValue()));
        return languages;
    }
}
