// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.streams.read.http.WebSettings.PublicUrls;
import io.votelog.streams.read.pages.ResultsPage.View;
import io.votelog.streams.read.results.BallotPhase;
import io.votelog.streams.read.results.Documents;
import io.votelog.streams.read.results.ResultsDocument;
import io.votelog.streams.read.results.ResultsView;
import io.votelog.web.pages.BallotList;
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
import org.junit.jupiter.params.provider.ValueSource;
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
    private static final PublicUrls URLS =
            new PublicUrls(URI.create("https://vote.example.org"), URI.create("https://results.example.org"), null);

    private final ResultsPage page = new ResultsPage(files, words, URLS, new PageSettings(List.of(), null), JSON);

    @Test
    void shouldShowTheCountsWithoutAScript() {
        String html = page(LIVE, BallotPhase.OPEN, Language.ENGLISH);

        assertThat(rows(html))
                .containsExactly(
                        "01 | 1 | One, &quot;first&quot; | 4 | 66.7%",
                        "02 | 1 | Two, or 2 | 4 | 66.7%", "03 | 1 | Third | 2 | 33.3%");
        assertThat(html)
                .contains(
                        "<title>A vote – live results</title>",
                        "<h1 dir=\"auto\">A vote</h1>",
                        "<caption dir=\"auto\" lang=\"\">Part A</caption>")
                .contains("<rect width=\"50.00%\"")
                .contains("<dd data-figure=\"received\">10</dd>", "<dd data-figure=\"counting\">6</dd>")
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
                .contains("<html lang=\"zh\">", "<title>评选 – 实时结果</title>", "<h1 dir=\"auto\">评选</h1>", ">甲<")
                .contains("2021年12月6日 01:02 UTC", "投票中", "该用户已经投过票")
                .contains("<caption dir=\"auto\" lang=\"en\">Part B</caption>");
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
        boolean offersToVote = html.contains("href=\"https://vote.example.org/ballots/golden?lang=en\">Vote now</a>");
        assertThat(offersToVote).isTrue();
        assertThat(html.contains("id=\"vote\" hidden>")).isEqualTo(status != BallotPhase.OPEN);
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
        assertThat(text(page.of(LIVE.ballot(), view(null, live), Language.ENGLISH, View.PAGE)))
                .contains("id=\"still\" hidden>");
        assertThat(text(page.of(LIVE.ballot(), still, Language.ENGLISH, View.PAGE)))
                .contains("id=\"still\">These results are not live at the moment");
        assertThat(text(page.of(LIVE.ballot(), still, Language.CHINESE, View.WALL)))
                .contains("id=\"still\">结果暂时停止更新");
    }

    @Test
    void shouldHaveNoRanksBeforeTheFirstVote() {
        ResultsDocument document = ResultsDocument.of(LIVE, null, BallotPhase.OPEN);
        String html = text(page.of(LIVE.ballot(), view(null, document), Language.ENGLISH, View.PAGE));
        assertThat(rows(html)).contains("02 | – | Two, or 2 | 0 | 0.0%");
        assertThat(html)
                .contains("<span id=\"counted-at\" hidden>as of <time datetime=\"\"")
                .contains("<span id=\"nothing-counted\">nothing counted yet</span>");
    }

    @Test
    void shouldOrderByRankAndEqualOnesAsOnTheBallot() {
        BallotResults results = Documents.results(LIVE, BallotStatus.OPEN, 15, null, List.of(1L, 5L, 5L), 0);
        ResultsDocument document = ResultsDocument.of(LIVE, results, BallotPhase.OPEN);
        String html = text(page.of(LIVE.ballot(), view(results, document), Language.ENGLISH, View.PAGE));
        assertThat(rows(html)).extracting(row -> row.substring(0, 6)).containsExactly("02 | 1", "01 | 2", "03 | 1");
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
        String html = text(page.of(ballot, view(null, document), Language.ENGLISH, View.PAGE));
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
        String html = text(page.of(LIVE.ballot(), view(null, document), Language.ENGLISH, View.WALL));
        assertThat(html)
                .contains("<body class=\"wall\">")
                .doesNotContain("<input", "<nav", "<details", "results.csv", "<button");
        assertThat(rows(html)).hasSize(3);
    }

    @Test
    void shouldHaveNothingInlineAndNothingFromElsewhere() {
        String html = page(LIVE, BallotPhase.OPEN, Language.ENGLISH);
        assertThat(html).doesNotContain("<style", " style=", " onclick", "javascript:");
        assertThat(find(html, "<script[^>]*>")).isNotEmpty().allSatisfy(script -> assertThat(script.group())
                .contains(" src=\"/assets/results/"));
        assertThat(find(html, "<link rel=\"(?:icon|stylesheet)[^>]*>"))
                .allSatisfy(link -> assertThat(link.group()).contains(" href=\"/assets/results/"));
    }

    @Test
    void shouldRenderEachStateOnceForEachLanguageAndView() {
        ResultsView view = view(null, document(LIVE, BallotPhase.OPEN));
        Content first = page.of(LIVE.ballot(), view, Language.ENGLISH, View.PAGE);
        assertThat(page.of(LIVE.ballot(), view, Language.ENGLISH, View.PAGE)).isSameAs(first);
        assertThat(page.of(LIVE.ballot(), view, Language.CHINESE, View.PAGE)).isNotSameAs(first);
        assertThat(page.of(LIVE.ballot(), view, Language.ENGLISH, View.WALL)).isNotSameAs(first);
        ResultsView closed = view(null, document(LIVE, BallotPhase.CLOSED));
        assertThat(page.of(LIVE.ballot(), closed, Language.ENGLISH, View.PAGE)).isNotSameAs(first);
    }

    @Test
    void shouldPutBallotsWhereTheyBelongInTheList() {
        Map<BallotPhase, BallotList.Stage> stages = Map.of(
                BallotPhase.SCHEDULED, BallotList.Stage.COMING,
                BallotPhase.OPEN, BallotList.Stage.OPEN,
                BallotPhase.CLOSED, BallotList.Stage.OVER,
                BallotPhase.FINAL, BallotList.Stage.OVER);
        stages.forEach((phase, stage) -> assertThat(ResultsPage.entry(LIVE.ballot(), phase, Language.ENGLISH)
                        .stage())
                .isEqualTo(stage));
        String html = text(page.list(
                List.of(ResultsPage.entry(LIVE.ballot(), BallotPhase.OPEN, Language.ENGLISH)), Language.ENGLISH));
        assertThat(html).contains("href=\"/ballots/golden/results?lang=en\">A vote</a>");
    }

    /** Ranks are within a part: the third option of the ballot is the only one of its part. */
    @Test
    void shouldRankWithinEachPartAndSayWhatAShareIsOf() {
        String html = page(LIVE, BallotPhase.OPEN, Language.ENGLISH);
        assertThat(rows(html)).contains("03 | 1 | Third | 2 | 33.3%");
        assertThat(html)
                .contains("Ranks are within each part. A share is of all votes that count (6)")
                .contains(">Option</th>");
    }

    @Test
    void shouldSayWhoLeadsBeforeAnythingElse() {
        String html = page(LIVE, BallotPhase.OPEN, Language.ENGLISH);
        assertThat(html)
                .contains("<p>Part A: 01 “One, &quot;first&quot;” and 02 “Two, or 2” share the lead, 4 each.</p>")
                .contains("<p>Part B: Votes for 03 “Third”: 2.</p>");
        assertThat(html.indexOf("id=\"lead\"")).isLessThan(html.indexOf("<table"));
        assertThat(page(LIVE, BallotPhase.FINAL, Language.CHINESE)).contains("并列居首");
        ResultsPage ofHidden = new ResultsPage(files, words, URLS, new PageSettings(List.of(), null), JSON);
        assertThat(text(ofHidden.of(
                        AFTER_CLOSE.ballot(),
                        view(null, document(AFTER_CLOSE, BallotPhase.OPEN)),
                        Language.ENGLISH,
                        View.PAGE)))
                .contains("id=\"lead\" hidden>", "Who leads is hidden while people vote.")
                .doesNotContain("share the lead, 4 each.</p>");
    }

    @Test
    void shouldCountAnnulledVotesApart() {
        BallotResults results = Documents.results(LIVE, BallotStatus.OPEN, 15, null, List.of(3L, 3L, 2L), 2);
        ResultsDocument document = ResultsDocument.of(LIVE, results, BallotPhase.OPEN);
        assertThat(text(page.of(LIVE.ballot(), view(results, document), Language.ENGLISH, View.PAGE)))
                .contains("<dt>Votes that count</dt><dd data-figure=\"counting\">4</dd>")
                .contains("<dd data-figure=\"annulled\">2</dd>", "A share is of all votes that count (4)");
    }

    @Test
    void shouldFitInAFrameOfASiteThatMayShowIt() {
        ResultsDocument document = document(LIVE, BallotPhase.OPEN);
        String frame = text(page.of(LIVE.ballot(), view(null, document), Language.ENGLISH, View.EMBED));
        assertThat(frame)
                .contains("<body class=\"embed\">", "href=\"/ballots/golden/results?lang=en\" target=\"_blank\"")
                .doesNotContain("<nav", "<input", "id=\"growth\"", "og:title");
        assertThat(rows(frame)).hasSize(3);
        assertThat(page(LIVE, BallotPhase.OPEN, Language.ENGLISH)).doesNotContain("iframe");
        PageSettings named = new PageSettings(
                List.of(URI.create("https://news.example")), URI.create("https://vote.example.org/method"));
        ResultsPage framed = new ResultsPage(files, words, URLS, named, JSON);
        assertThat(text(framed.of(LIVE.ballot(), view(null, document), Language.ENGLISH, View.PAGE)))
                .contains("&lt;iframe src=&quot;https://results.example.org/ballots/golden/results?view=embed")
                .contains("<a href=\"https://vote.example.org/method\">Method and audit</a>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://news.example/",
                "https://news.example/a",
                "news.example",
                "ftp://news.example",
                "https://a@b.example?x"
            })
    void shouldRefuseFramesOfWhatIsNoOrigin(String origin) {
        assertThatThrownBy(() -> new PageSettings(List.of(URI.create(origin)), null))
                .hasMessageContaining("votelog.pages.frame-ancestors: " + origin);
    }

    private String page(BallotDefinition definition, BallotPhase status, Language language) {
        return text(page.of(definition.ballot(), view(null, document(definition, status)), language, View.PAGE));
    }

    private static ResultsDocument document(BallotDefinition definition, BallotPhase status) {
        return ResultsDocument.of(definition, Documents.results(definition, BallotStatus.OPEN, 15, 8L), status);
    }

    private static ResultsView view(@Nullable BallotResults source, ResultsDocument document) {
        return ResultsView.of(Documents.ballot("live"), source, document, new byte[0]);
    }

    /** Id, rank, title, votes and share of each row. */
    private static List<String> rows(String html) {
        return find(html, "<tr id=\"option-.*?</tr>").stream()
                .map(row -> find(
                                row.group(),
                                "rank count\">(.*?)</td>.*number\"[^>]*>(.*?)</(?:a|span)>.*class=\"title\"[^>]*>(.*?)</span>"
                                        + ".*class=\"value\"[^>]*>(.*?)</(?:button|span)>.*share count\">(.*?)</td>")
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
