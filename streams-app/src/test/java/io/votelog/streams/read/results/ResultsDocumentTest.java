// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class ResultsDocumentTest {
    private static final BallotDefinition LIVE = Documents.ballot("live");
    private static final BallotDefinition AFTER_CLOSE = Documents.ballot("after-close");
    private static final Instant OPENS_AT = LIVE.ballot().opensAt();
    private static final Instant CLOSES_AT = LIVE.ballot().closesAt();

    @Test
    void shouldWriteTheGoldenDocument() throws IOException {
        BallotResults results = Documents.results(LIVE, BallotStatus.OPEN, 15, 8L);
        String json = JsonMapper.builder()
                .build()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(ResultsDocument.of(LIVE, results, BallotPhase.CLOSED));
        assertThat(json.replace("\r\n", "\n") + "\n").isEqualTo(golden("results.json"));
    }

    @Test
    void shouldHideVotesUntilTheResultIsFinal() {
        BallotResults results = Documents.results(AFTER_CLOSE, BallotStatus.FINAL, 15, 8L);
        ResultsDocument hidden = ResultsDocument.of(AFTER_CLOSE, results, BallotPhase.CLOSED);
        assertThat(hidden.sections())
                .allSatisfy(section -> assertThat(section.options()).allSatisfy(option -> {
                    assertThat(option.votes()).isNull();
                    assertThat(option.rank()).isNull();
                }));
        ResultsDocument shown = ResultsDocument.of(AFTER_CLOSE, results, BallotPhase.FINAL);
        assertThat(shown.sections().get(0).options().get(0).votes()).isEqualTo(4);
    }

    @Test
    void shouldBeWhatTheClockAndTheRecordsSay() {
        assertThat(statusAt(OPENS_AT.minusMillis(1), null, false)).isEqualTo(BallotPhase.SCHEDULED);
        assertThat(statusAt(OPENS_AT, null, false)).isEqualTo(BallotPhase.OPEN);
        assertThat(statusAt(CLOSES_AT.minusMillis(1), null, false)).isEqualTo(BallotPhase.OPEN);
        assertThat(statusAt(CLOSES_AT, null, false)).isEqualTo(BallotPhase.CLOSED);
        assertThat(statusAt(OPENS_AT, null, true)).isEqualTo(BallotPhase.CLOSED);
        assertThat(statusAt(OPENS_AT, Documents.results(LIVE, BallotStatus.OPEN, 1, 8L), false))
                .isEqualTo(BallotPhase.CLOSED);
        assertThat(statusAt(OPENS_AT, Documents.results(LIVE, BallotStatus.FINAL, 1, 8L), false))
                .isEqualTo(BallotPhase.FINAL);
        assertThat(statusAt(OPENS_AT, Documents.results(LIVE, BallotStatus.SCHEDULED, 1, null), false))
                .isEqualTo(BallotPhase.OPEN);
    }

    @Test
    void shouldQuoteAsRfc4180Says() throws IOException {
        ResultsDocument document =
                ResultsDocument.of(LIVE, Documents.results(LIVE, BallotStatus.OPEN, 15, 8L), BallotPhase.OPEN);
        assertThat(new String(ResultsCsv.write(document, "en", ResultsCsv.Use.PROGRAM), StandardCharsets.UTF_8))
                .isEqualTo("section,option,title,votes,rank\r\n"
                        + "A,01,\"One, \"\"first\"\"\",4,1\r\n"
                        + "A,02,\"Two, or 2\",4,1\r\n"
                        + "B,03,Third,2,3\r\n");
        assertThat(ResultsCsv.quoted("plain")).isEqualTo("plain");
        assertThat(ResultsCsv.quoted("a\r\nb")).isEqualTo("\"a\r\nb\"");
        assertThat(ResultsCsv.language(document, "fr, zh-Hant;q=0.7, en;q=0.5")).isEqualTo("zh");
        assertThat(ResultsCsv.language(document, "fr")).isNull();
        assertThat(ResultsCsv.language(document, "%%%")).isNull();
        assertThat(ResultsCsv.language(document, null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@sum(1)", "\t1", "\r1", "\n1", "＝1", "＋1", "－1", "＠1", "=\"a\",b"})
    void shouldGiveSpreadsheetsNoFormula(String title) {
        String plain = table(title, ResultsCsv.Use.PROGRAM);
        assertThat(plain).isEqualTo("section,option,title,votes,rank\r\nA,-1," + ResultsCsv.quoted(title) + ",7,1\r\n");
        assertThat(table(title, ResultsCsv.Use.SPREADSHEET))
                .isEqualTo("\uFEFFsection,option,title,votes,rank\r\nA,'-1," + ResultsCsv.quoted("'" + title)
                        + ",7,1\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"One", "1-1", "a=b", "'=1", " =1", "中文", "\uFEFF"})
    void shouldGiveSpreadsheetsWhatIsNoFormulaAsItIs(String title) {
        assertThat(table(title, ResultsCsv.Use.SPREADSHEET))
                .isEqualTo("\uFEFFsection,option,title,votes,rank\r\nA,'-1," + ResultsCsv.quoted(title) + ",7,1\r\n");
    }

    /** A spreadsheet's list separator is a semicolon in half of Europe, and may be set to anything. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "a;=HYPERLINK(\"http://x\");~a;'=HYPERLINK(\"http://x\");",
                "a; \"=1~a; \"'=1",
                "a|+1;-2~a|'+1;'-2",
                "=1;@2~'=1;'@2",
                "a;＝1~a;'＝1",
                "a; b-1; c=2~a; b-1; c=2",
            })
    void shouldGiveSpreadsheetsOfAnotherSeparatorNoFormula(String title, String harmless) {
        assertThat(table(title, ResultsCsv.Use.SPREADSHEET)).contains("'-1," + ResultsCsv.quoted(harmless) + ",7,1");
        assertThat(table("a\t=1", ResultsCsv.Use.SPREADSHEET)).contains("a\t'=1");
        assertThat(table("a\r\n=1", ResultsCsv.Use.SPREADSHEET)).contains("a\r\n'=1");
        assertThat(table(title, ResultsCsv.Use.PROGRAM)).contains("-1," + ResultsCsv.quoted(title) + ",7,1");
    }

    private static String table(String title, ResultsCsv.Use use) {
        ResultsDocument document = new ResultsDocument(
                "golden",
                Map.of("und", "x"),
                BallotPhase.OPEN,
                1,
                0,
                null,
                "",
                new ResultsDocument.Turnout(0, 0, 0, 0, 0, 0, Map.of()),
                List.of(new ResultsDocument.SectionResults(
                        "A",
                        Map.of("und", "x"),
                        List.of(new ResultsDocument.OptionResults("-1", Map.of("und", title), 7L, 1)))),
                Map.of(),
                null);
        return new String(ResultsCsv.write(document, null, use), StandardCharsets.UTF_8);
    }

    private static BallotPhase statusAt(Instant now, @Nullable BallotResults results, boolean closing) {
        Ballot ballot = LIVE.ballot();
        return ResultsDocument.statusAt(now, ballot, results, closing);
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = ResultsDocumentTest.class.getResourceAsStream("/golden/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
