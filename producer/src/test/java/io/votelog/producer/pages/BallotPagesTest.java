// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.producer.Gateway;
import io.votelog.producer.ballots.ListedBallot;
import io.votelog.producer.ballots.PublicUrls;
import io.votelog.rules.Ballot;
import io.votelog.rules.Reason;
import io.votelog.schemas.BallotFile;
import io.votelog.web.pages.Language;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;

class BallotPagesTest {
    private static final Instant OPENS = Instant.parse("2021-12-04T16:00:00Z");
    private static final Instant CLOSES = Instant.parse("2021-12-11T16:00:00Z");
    private static final SignInSettings NO_SIGN_IN = new SignInSettings(null, null, "openid", List.of(), List.of());

    /** A ballot in both languages, one option with everything that an option may have, and one with only a title. */
    private static final String SMALL =
            """
            {"ballotId": "small", "organiser": "机构",
             "title": {"zh": "评选", "en": "Best & <b>bold</b>"},
             "window": {"opensAt": "%s", "closesAt": "%s"},
             "picks": {"min": 2, "max": 3}, "order": "shuffled",
             "sections": [
               {"id": "A", "title": {"zh": "第一部分", "en": "Part one"}, "picks": {"min": 1},
                "options": [
                  {"id": "01", "title": {"fr": "\\"Un\\""}, "owner": {"zh": "海关", "en": "Customs"},
                   "summary": "</span><script>alert(1)</script>", "link": "https://example.org/?a=1&b=2",
                   "image": "https://example.org/1.png"},
                  {"id": "02", "title": "Two", "image": "http://example.org/2.png"}]},
               {"id": "B", "title": {"zh": "第二部分", "en": "Part two"},
                "options": [{"id": "03", "title": "Three"}, {"id": "04", "title": "Four"}]}]}
            """
                    .formatted(OPENS, CLOSES);

    private final BallotPages pages = pages(NO_SIGN_IN, true);

    @Test
    void shouldSayAllOfABallotInTheReadersLanguage() {
        String english = html(pages.ballot(listed(SMALL), BallotPhase.OPEN, Language.ENGLISH));
        assertThat(english)
                .contains("<html lang=\"en\">", "<title>Best &amp; &lt;b&gt;bold&lt;/b&gt;</title>")
                .contains("<p class=\"organiser\" dir=\"auto\" lang=\"\">机构</p>")
                .contains("<h1 dir=\"auto\">Best &amp; &lt;b&gt;bold&lt;/b&gt;</h1>")
                .contains("id=\"title-01\" lang=\"fr\">&quot;Un&quot;</span>")
                .contains("<p class=\"owner\" dir=\"auto\">Customs</p>")
                .contains(
                        "<p class=\"summary\" dir=\"auto\" lang=\"\">&lt;/span&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>")
                .contains("href=\"https://example.org/?a=1&amp;b=2\"", "src=\"https://example.org/1.png\"")
                .contains("<span>Pick 2 to 3 in all.</span>", "Pick at least one here.")
                .contains(
                        "datetime=\"2021-12-04T16:00:00Z\">2021-12-04 16:00</time>",
                        "2021-12-11T16:00:00Z\">12-11 16:00</time> <span>UTC</span>")
                .contains("<strong id=\"count\" class=\"figures\">0 of 3 picked.</strong>")
                .contains("data-start=\"Pick 2 to 3 in all.\">Pick 2 to 3 in all.</span>")
                .contains(
                        "id=\"unstarted\" class=\"unstarted\">Voting needs this page&#39;s script",
                        "id=\"send\"",
                        " disabled>")
                .contains("<meta property=\"og:title\" content=\"Best &amp; &lt;b&gt;bold&lt;/b&gt;\">")
                .contains("content=\"机构 · Choices: 4. Pick 2 to 3 in all.\"")
                .contains("action=\"https://results.example/ballots/small/receipts\" method=\"get\"")
                .contains("href=\"https://results.example/ballots/small/results?lang=en\"")
                .contains("href=\"?lang=zh\"", "no ranking")
                .doesNotContain("<script>", "http://example.org/2.png", "style=");
        String chinese = html(pages.ballot(listed(SMALL), BallotPhase.OPEN, Language.CHINESE));
        assertThat(chinese)
                .contains("<html lang=\"zh\">", "<h1 dir=\"auto\">评选</h1>", ">第一部分</h2>", "合计选 2 至 3 项", "海关")
                .contains("href=\"https://results.example/ballots/small/results?lang=zh\"");
    }

    /** The rules in the form that the page's script reads. */
    @Test
    void shouldTellTheScriptTheRules() {
        String page = html(pages.ballot(listed(SMALL), BallotPhase.OPEN, Language.ENGLISH));
        assertThat(page)
                .contains("data-ballot=\"small\" data-stage=\"open\" data-order=\"shuffled\"")
                .contains("data-read-side=\"https://results.example\"")
                .contains("<form id=\"choose\" data-min=\"2\" data-max=\"3\"")
                .contains("data-part=\"A\" data-title=\"Part one\" data-min=\"1\" data-max=\"2\"")
                .contains("data-part=\"B\" data-title=\"Part two\" data-min=\"0\" data-max=\"2\"");
        assertThat(page.split("type=\"checkbox\"[^>]* name=\"choice\"", -1)).hasSize(5);
    }

    @ParameterizedTest
    @EnumSource(BallotPhase.class)
    void shouldLetNobodyPickWhenNothingCanComeOfIt(BallotPhase phase) {
        String page = html(pages.ballot(listed(SMALL), phase, Language.ENGLISH));
        boolean mayPick = phase == BallotPhase.OPEN || phase == BallotPhase.SCHEDULED;
        assertThat(page.contains("data-max=\"2\" disabled>")).isEqualTo(!mayPick);
        assertThat(page).contains("data-stage=\"" + phase.word() + "\"");
        assertThat(page.contains("This vote is over.</p>") || page.contains("This vote is over. <a"))
                .isEqualTo(phase == BallotPhase.CLOSED);
    }

    @Test
    void shouldShowPicturesOnlyWhereThereAreSome() {
        assertThat(pages.ballot(listed(SMALL), BallotPhase.OPEN, Language.ENGLISH)
                        .policy())
                .contains("img-src 'self' https:;");
        String plain = Gateway.ballot("plain", "Plain", OPENS, CLOSES);
        assertThat(pages.ballot(listed(plain), BallotPhase.OPEN, Language.ENGLISH)
                        .policy())
                .isEqualTo("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                        + " connect-src 'self' https://results.example; form-action 'self' https://results.example;"
                        + " base-uri 'none';"
                        + " frame-ancestors 'none'");
    }

    @Test
    void shouldSayHowVotersAreKnown() {
        assertThat(html(pages.ballot(listed(SMALL), BallotPhase.OPEN, Language.ENGLISH)))
                .contains("data-voters=\"made-up\" data-words=")
                .doesNotContain("\"null\"");
        assertThat(html(pages(NO_SIGN_IN, false).ballot(listed(SMALL), BallotPhase.OPEN, Language.ENGLISH)))
                .contains("data-voters=\"none\"");
        SignInSettings provider = new SignInSettings(
                URI.create("https://login.example/realms/vote"),
                "ballot-page",
                "openid vote",
                List.of(URI.create("https://tokens.example")),
                List.of("audience=https://vote.example", "prompt=select account"));
        BallotPages signingIn = pages(provider, true);
        BallotPages.Page page = signingIn.ballot(listed(SMALL), BallotPhase.OPEN, Language.ENGLISH);
        assertThat(html(page))
                .contains("data-voters=\"provider\" data-issuer=\"https://login.example/realms/vote\""
                        + " data-client-id=\"ballot-page\" data-scope=\"openid vote\""
                        + " data-parameters=\"audience=https%3A%2F%2Fvote.example&amp;prompt=select+account\"");
        assertThat(page.policy())
                .contains("connect-src 'self' https://login.example https://results.example https://tokens.example;");
        assertThat(signingIn.signIn(Language.ENGLISH).policy()).isEqualTo(pagePolicyWithoutPictures(page));
        assertThat(pages.signsIn()).isFalse();
    }

    private static String pagePolicyWithoutPictures(BallotPages.Page page) {
        return page.policy()
                .replace("img-src 'self' https:", "img-src 'self'")
                .replace("form-action 'self' https://results.example", "form-action 'self'");
    }

    @Test
    void shouldRenderOnceForAllUntilTheBallotChanges() {
        ListedBallot listed = listed(SMALL);
        BallotPages.Page page = pages.ballot(listed, BallotPhase.OPEN, Language.ENGLISH);
        assertThat(pages.ballot(listed, BallotPhase.OPEN, Language.ENGLISH)).isSameAs(page);
        assertThat(pages.ballot(listed, BallotPhase.CLOSED, Language.ENGLISH)).isNotSameAs(page);
        assertThat(pages.ballot(listed, BallotPhase.OPEN, Language.CHINESE)).isNotSameAs(page);
    }

    @Test
    void shouldListBallotsWithTheirStages() {
        ListedBallot over = listed(Gateway.ballot("over", "Over", OPENS, CLOSES));
        ListedBallot later = listed(Gateway.ballot("later", "Later", CLOSES, CLOSES.plusSeconds(60)));
        Instant now = CLOSES.minusSeconds(1);
        String list = html(pages.list(
                List.of(pages.entry(later, now, Language.ENGLISH), pages.entry(over, now, Language.ENGLISH)),
                Language.ENGLISH));
        assertThat(list)
                .contains("<a href=\"/ballots/later?lang=en\" lang=\"\">Later</a>")
                .containsSubsequence("data-stage=\"open\"", ">Over</a>", "data-stage=\"coming\"", ">Later</a>");
        // Of what is over, the results are what there is to see.
        assertThat(pages.entry(over, CLOSES, Language.ENGLISH).address())
                .isEqualTo("https://results.example/ballots/over/results");
        assertThat(html(pages.list(List.of(), Language.CHINESE))).contains("目前没有投票。");
        assertThat(html(pages.unknownBallot(Language.ENGLISH)))
                .contains("There is no such vote", "href=\"/ballots?lang=en\"");
    }

    @Test
    void shouldHoldTheLargestBallotThatThereIs() {
        String options = IntStream.range(0, 16)
                .mapToObj("{\"id\": \"%%1$s-%1$s\", \"title\": \"Title %1$s\"}"::formatted)
                .collect(Collectors.joining(", "));
        String sections = IntStream.range(0, 64)
                .mapToObj(s ->
                        "{\"id\": \"s%1$s\", \"title\": \"Part %1$s\", \"picks\": {\"max\": 1}, \"options\": [%2$s]}"
                                .formatted(s, options.replace("%1$s", "o" + s)))
                .collect(Collectors.joining(", "));
        String large =
                """
                {"ballotId": "large", "title": "Large", "window": {"opensAt": "%s", "closesAt": "%s"}, "sections": [%s]}"""
                        .formatted(OPENS, CLOSES, sections);
        BallotPages.Page page = pages.ballot(listed(large), BallotPhase.OPEN, Language.ENGLISH);
        assertThat(html(page).split("name=\"choice\"", -1)).hasSize(1025);
        assertThat(html(page).split("Pick at most one here.", -1)).hasSize(65);
        assertThat(html(page)).doesNotContain("aria-describedby=\"about-");
    }

    /** The page has a word for everything that the script says, and no word that it never says. */
    @Test
    void shouldHaveTheWordsThatTheScriptSays() throws IOException {
        String page = html(pages.ballot(listed(SMALL), BallotPhase.OPEN, Language.ENGLISH));
        Matcher data = Pattern.compile("data-words=\"([^\"]*)\"").matcher(page);
        assertThat(data.find()).isTrue();
        JsonNode words = Gateway.JSON.readTree(
                data.group(1).replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&"));
        StringBuilder scripts = new StringBuilder();
        for (String script :
                List.of("ballot.js", "outcome.js", "choices.js", "signed-in.js", "rules.js", "sending.js")) {
            try (InputStream in = BallotPages.class.getResourceAsStream(script)) {
                scripts.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        Matcher said = Pattern.compile("\\bsay\\(\"([\\w.-]+)\"").matcher(scripts);
        TreeSet<String> all = new TreeSet<>();
        while (said.find()) {
            all.add(said.group(1));
        }
        Matcher told = Pattern.compile("\\btell\\(\"(\\w+)\"").matcher(scripts);
        while (told.find()) {
            all.add(told.group(1) + ".title");
        }
        for (String pause : List.of("offline", "again", "foreign", "limited", "busy", "unknown", "away", "trouble")) {
            all.addAll(List.of(pause + ".title", pause + ".text"));
        }
        assertThat(all).hasSizeGreaterThan(30);
        assertThat(words.propertyNames()).containsAll(all);
        assertThat(words.propertyNames())
                .filteredOn(key -> !key.matches("(reason|problem|stage)\\..*"))
                .allMatch(key -> scripts.indexOf('"' + key.replaceAll("\\.(one|title|text)$", "")) >= 0);
        for (Reason reason : Reason.values()) {
            assertThat(words.has("reason." + reason)).as(reason.name()).isTrue();
        }
    }

    /** The size of the real ballot's page, as a browser with an empty cache gets it. */
    @Test
    void shouldBeLight() throws IOException {
        String seed = Files.readString(Path.of("../infra/local/ballots/gz-customs-2021.yaml"));
        Ballot.Definition read = BallotFile.YAML.read(seed.getBytes(StandardCharsets.UTF_8));
        BallotPages.Page page =
                pages.ballot(listed(((Ballot.Definition.Valid) read).ballot()), BallotPhase.OPEN, Language.CHINESE);
        HttpHeaders gzip = new HttpHeaders();
        gzip.set("Accept-Encoding", "gzip");
        int bytes = body(page.content().answer(gzip, page.policy(), Duration.ZERO)).length;
        Matcher asset =
                Pattern.compile("(?:src|href)=\"/assets/ballot/([\\w.-]+)").matcher(html(page));
        while (asset.find()) {
            bytes += body(pages.files().answer(asset.group(1), gzip).orElseThrow()).length;
        }
        // The bound is 60 KB with the headers of some fifteen answers; those who sign in fetch one more script.
        assertThat(bytes).isBetween(10_000, 50_000);
    }

    private static BallotPages pages(SignInSettings signIn, boolean madeUpVoters) {
        return new BallotPages(
                new PublicUrls(URI.create("https://vote.example"), URI.create("https://results.example")),
                signIn,
                madeUpVoters);
    }

    private static ListedBallot listed(String json) {
        Ballot.Definition read = BallotFile.JSON.read(json.getBytes(StandardCharsets.UTF_8));
        assertThat(read).isInstanceOf(Ballot.Definition.Valid.class);
        return listed(((Ballot.Definition.Valid) read).ballot());
    }

    private static ListedBallot listed(Ballot ballot) {
        return BallotPhaseTest.listed(ballot, true, false, null);
    }

    private static String html(BallotPages.Page page) {
        return new String(
                body(page.content().answer(new HttpHeaders(), page.policy(), Duration.ZERO)), StandardCharsets.UTF_8);
    }

    private static byte[] body(ResponseEntity<byte[]> answer) {
        byte @Nullable [] body = answer.getBody();
        assertThat(body).isNotNull();
        return body;
    }
}
