// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.streams.read.results.BallotPhase;
import io.votelog.streams.read.results.Documents;
import io.votelog.streams.read.results.ResultsDocument;
import io.votelog.streams.read.results.ResultsView;
import io.votelog.web.pages.Content;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.StaticFiles;
import io.votelog.web.pages.Words;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ResultsPageTest {
    private static final BallotDefinition LIVE = Documents.ballot("live");
    private static final BallotDefinition AFTER_CLOSE = Documents.ballot("after-close");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PageConfiguration configuration = new PageConfiguration();
    private final StaticFiles files = configuration.staticFiles();
    private final Words words = configuration.pageWords();
    private final ResultsPage page = new ResultsPage(files, words, URI.create("https://vote.example.org"), JSON);

    @Test
    void shouldShowTheCountsWithoutAScript() {
        String html = page(LIVE, BallotPhase.OPEN, Language.ENGLISH);

        assertThat(rows(html))
                .containsExactly(
                        "01 | 1 | One, &quot;first&quot; | 4 | 66.7%",
                        "02 | 1 | Two, or 2 | 4 | 66.7%", "03 | 3 | Third | 2 | 33.3%");
        assertThat(html)
                .contains(
                        "<title>A vote – live results</title>",
                        "<h1>A vote</h1>",
                        "<caption lang=\"\">Part A</caption>")
                .contains("<rect width=\"50.00%\"")
                .contains("<dd data-figure=\"received\">10</dd>", "<dd data-figure=\"accepted\">6</dd>")
                .contains(
                        "as of <time datetime=\"2021-12-06T01:02:03.456Z\" data-shown=\"clock\">6 Dec 2021, 01:02 UTC</time>")
                .contains(
                        "<tr data-reason=\"ALREADY_VOTED\"><th scope=\"row\">The voter had already voted</th><td class=\"count\">2</td>")
                .contains("<tr data-reason=\"CLOSED\" hidden>")
                .contains("href=\"/v1/ballots/golden/results.csv?lang=en\"");
    }

    @Test
    void shouldSpeakChinese() {
        assertThat(page(LIVE, BallotPhase.OPEN, Language.CHINESE))
                .contains("<html lang=\"zh\">", "<title>评选 – 实时结果</title>", "<h1>评选</h1>", ">甲<")
                .contains("2021年12月6日 01:02 UTC", "投票中", "该用户已经投过票")
                .contains("<caption lang=\"en\">Part B</caption>");
    }

    @ParameterizedTest
    @EnumSource(BallotPhase.class)
    void shouldSayTheStatusInWords(BallotPhase status) {
        String html = page(LIVE, status, Language.ENGLISH);
        Map<BallotPhase, String> sentences = Map.of(
                BallotPhase.SCHEDULED, "Voting opens on <time datetime=\"2021-12-04T16:00:00Z\"",
                BallotPhase.OPEN, "Voting is open until <time datetime=\"2021-12-11T16:00:00Z\"",
                BallotPhase.CLOSED, "Voting has ended. The last votes are being counted.",
                BallotPhase.FINAL, "This is the final result.");
        sentences.forEach((other, sentence) -> {
            String phase = find(html, "<p class=\"phase\" data-status=\"" + other.word() + "\".*?</p>")
                    .get(0)
                    .group();
            assertThat(phase).contains(sentence);
            assertThat(phase.contains(" hidden>"))
                    .as("%s while %s", other, status)
                    .isEqualTo(other != status);
        });
        boolean offersToVote = html.contains("href=\"https://vote.example.org/ballots/golden?lang=en\">Vote</a>");
        assertThat(offersToVote).isEqualTo(status == BallotPhase.OPEN);
    }

    @Test
    void shouldShowNoCountAndNoRankWhileTheBallotHidesThem() {
        String html = page(AFTER_CLOSE, BallotPhase.CLOSED, Language.ENGLISH);
        assertThat(rows(html))
                .containsExactly(
                        "01 |  | One, &quot;first&quot; |  | ", "02 |  | Two, or 2 |  | ", "03 |  | Third |  | ");
        assertThat(html)
                .contains("<table class=\"uncounted\"", "Counts and ranks are shown once voting has closed, at ")
                .contains("<dd data-figure=\"received\">10</dd>")
                .doesNotContain("66.7%");
        assertThat(page(AFTER_CLOSE, BallotPhase.FINAL, Language.ENGLISH))
                .contains("66.7%")
                .doesNotContain("uncounted");
    }

    @Test
    void shouldSayInBothLanguagesThatResultsStandStill() {
        ResultsDocument live = document(LIVE, BallotPhase.OPEN);
        ResultsView still = view(null, live.goingOn(false));
        assertThat(text(page.of(LIVE.ballot(), view(null, live), Language.ENGLISH, false)))
                .contains("id=\"still\" hidden>");
        assertThat(text(page.of(LIVE.ballot(), still, Language.ENGLISH, false)))
                .contains("id=\"still\">These results are not live at the moment");
        assertThat(text(page.of(LIVE.ballot(), still, Language.CHINESE, true))).contains("id=\"still\">结果暂时停止更新");
    }

    @Test
    void shouldHaveNoRanksBeforeTheFirstVote() {
        ResultsDocument document = ResultsDocument.of(LIVE, null, BallotPhase.OPEN);
        String html = text(page.of(LIVE.ballot(), view(null, document), Language.ENGLISH, false));
        assertThat(rows(html)).contains("02 | – | Two, or 2 | 0 | 0.0%");
        assertThat(html)
                .contains("<span id=\"counted-at\" hidden>as of <time datetime=\"\"")
                .contains("<span id=\"nothing-counted\">nothing counted yet</span>");
    }

    @Test
    void shouldOrderByRankAndEqualOnesAsOnTheBallot() {
        BallotResults results = BallotResults.newBuilder(Documents.results(LIVE, BallotStatus.OPEN, 15, null))
                .setVotes(List.of(1L, 5L, 5L))
                .build();
        ResultsDocument document = ResultsDocument.of(LIVE, results, BallotPhase.OPEN);
        String html = text(page.of(LIVE.ballot(), view(results, document), Language.ENGLISH, false));
        assertThat(rows(html)).extracting(row -> row.substring(0, 6)).containsExactly("02 | 1", "01 | 3", "03 | 1");
    }

    @Test
    void shouldEscapeWhatABallotSays() {
        String yaml =
                """
                ballotId: hostile
                organiser: '<b>&'
                title: '<script>alert(1)</script>'
                window: {opensAt: "2021-12-05T00:00:00+08:00", closesAt: "2021-12-12T00:00:00+08:00"}
                picks: {min: 1, max: 1}
                sections:
                  - {id: A, title: '"><img>', options: [{id: "1", title: "' onclick='"}]}
                """;
        Ballot.Definition read = BallotFile.YAML.read(yaml.getBytes(StandardCharsets.UTF_8));
        Ballot ballot = ((Ballot.Definition.Valid) read).ballot();
        ResultsDocument document = ResultsDocument.of(BallotDefinition.of(ballot), null, BallotPhase.OPEN);
        String html = text(page.of(ballot, view(null, document), Language.ENGLISH, false));
        assertThat(html)
                .contains("&lt;script&gt;alert(1)", "&lt;b&gt;&amp;", "&quot;&gt;&lt;img&gt;", "&#39; onclick")
                .doesNotContain("<script>", "<b>", "<img", "' onclick");
    }

    @Test
    void shouldGiveTheScriptsWhatTheyBeginWith() {
        String html = page(LIVE, BallotPhase.OPEN, Language.ENGLISH);
        String data = find(html, "data-page=\"([^\"]*)\"").get(0).group(1);
        JsonNode given =
                JSON.readTree(data.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&"));
        assertThat(given.at("/ballotId").asString()).isEqualTo("golden");
        assertThat(given.at("/version").asLong()).isEqualTo(15);
        assertThat(given.at("/status").asString()).isEqualTo("open");
        assertThat(given.at("/statuses").values())
                .extracting(JsonNode::asString)
                .containsExactly("scheduled", "open", "closed", "final");
        assertThat(given.at("/words/live").asString()).isEqualTo("live");
    }

    @Test
    void shouldHaveNothingToTouchOnTheWall() {
        ResultsDocument document = document(LIVE, BallotPhase.OPEN);
        String html = text(page.of(LIVE.ballot(), view(null, document), Language.ENGLISH, true));
        assertThat(html).contains("<body class=\"wall\">").doesNotContain("<input", "<nav", "<details", "results.csv");
        assertThat(rows(html)).hasSize(3);
    }

    @Test
    void shouldHaveNothingInlineAndNothingFromElsewhere() {
        String html = page(LIVE, BallotPhase.OPEN, Language.ENGLISH);
        assertThat(html).doesNotContain("<style", " style=", " onclick", "javascript:");
        assertThat(find(html, "<script[^>]*>")).isNotEmpty().allSatisfy(script -> assertThat(script.group())
                .contains(" src=\"/assets/results/"));
        assertThat(find(html, "<link[^>]*>"))
                .allSatisfy(link -> assertThat(link.group()).contains(" href=\"/assets/results/"));
    }

    @Test
    void shouldRenderEachStateOnceForEachLanguageAndView() {
        ResultsView view = view(null, document(LIVE, BallotPhase.OPEN));
        Content first = page.of(LIVE.ballot(), view, Language.ENGLISH, false);
        assertThat(page.of(LIVE.ballot(), view, Language.ENGLISH, false)).isSameAs(first);
        assertThat(page.of(LIVE.ballot(), view, Language.CHINESE, false)).isNotSameAs(first);
        assertThat(page.of(LIVE.ballot(), view, Language.ENGLISH, true)).isNotSameAs(first);
        ResultsView closed = view(null, document(LIVE, BallotPhase.CLOSED));
        assertThat(page.of(LIVE.ballot(), closed, Language.ENGLISH, false)).isNotSameAs(first);
    }

    @Test
    void shouldListTheBallotsThatGoOnFirst() {
        BallotsPage list = new BallotsPage(files, words);
        String html = text(list.of(
                List.of(
                        new BallotsPage.Entry(LIVE.ballot(), BallotPhase.FINAL),
                        new BallotsPage.Entry(LIVE.ballot(), BallotPhase.OPEN)),
                Language.ENGLISH));
        assertThat(find(html, "class=\"badge\">(\\w+)<"))
                .extracting(badge -> badge.group(1))
                .containsExactly("Open", "Final");
        assertThat(html).contains("href=\"/ballots/golden/results?lang=en\">A vote</a>");
        assertThat(text(list.of(List.of(), Language.ENGLISH))).contains("No ballot has been published yet.");
    }

    private String page(BallotDefinition definition, BallotPhase status, Language language) {
        return text(page.of(definition.ballot(), view(null, document(definition, status)), language, false));
    }

    private static ResultsDocument document(BallotDefinition definition, BallotPhase status) {
        return ResultsDocument.of(definition, Documents.results(definition, BallotStatus.OPEN, 15, 8L), status);
    }

    private static ResultsView view(@Nullable BallotResults source, ResultsDocument document) {
        return ResultsView.of(source, document, new byte[0]);
    }

    /** Id, rank, title, votes and share of each row. */
    private static List<String> rows(String html) {
        return find(html, "<tr data-option.*?</tr>").stream()
                .map(row -> find(
                                row.group(),
                                "rank count\">(.*?)</td>.*number\">(.*?)</span>.*class=\"title\"[^>]*>(.*?)</span>"
                                        + ".*value\">(.*?)</span>.*share count\">(.*?)</td>")
                        .get(0))
                .map(row -> String.join(" | ", row.group(2), row.group(1), row.group(3), row.group(4), row.group(5)))
                .toList();
    }

    private static List<MatchResult> find(String html, String regex) {
        return Pattern.compile(regex, Pattern.DOTALL).matcher(html).results().toList();
    }

    private static String text(Content content) {
        byte[] body = Objects.requireNonNull(
                content.answer(new HttpHeaders(), null, Duration.ZERO).getBody());
        return new String(body, StandardCharsets.UTF_8);
    }
}
