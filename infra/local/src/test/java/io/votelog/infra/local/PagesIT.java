// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.votelog.infra.local.PagesSystem.pick;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Locator.ClickOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.LocatorOptions;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.browser.Browser;
import io.votelog.infra.testing.browser.Browser.Screen;
import io.votelog.infra.testing.browser.Browser.Visitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Both pages in a browser, against the whole system: the ballot is filled in, and the results move by themselves. */
@WholeSystem
class PagesIT {
    /** Of one page with all that it fetches, in bytes. */
    private static final int WIRE_LIMIT = 60_000;

    /** A small ballot, in a language that it does not name. */
    private static final String SECOND =
            """
            ballotId: second
            title: Second ballot
            window: {opensAt: "%s", closesAt: "%s"}
            sections:
              - {id: A, title: Only part, options: [{id: a1, title: One}, {id: a2, title: Two}]}
            """;

    @RegisterExtension
    static final PagesSystem SYSTEM = new PagesSystem(PagesIT::start);

    private static Browser browser;
    private static Running up;

    private static Running start(Path dir) throws Exception {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Path second = dir.resolve("second.yaml");
        Files.writeString(second, SECOND.formatted(now.minusSeconds(3600), now.plusSeconds(86_400)));
        return Running.start(dir, "--ballot", second.toString());
    }

    @BeforeAll
    static void take() {
        browser = SYSTEM.browser();
        up = SYSTEM.up();
    }

    @Test
    void shouldTakeAVoteFromTheFirstLookToTheResultsThatMove() {
        Visitor watcher = browser.visitor(Screen.DESKTOP, ColorScheme.LIGHT, "en-GB");
        Page results = watcher.open(up.resultsPage());
        long before = number(results.locator("[data-figure=counting]"));

        Visitor voter = browser.visitor(Screen.PHONE, ColorScheme.LIGHT, "en-GB");
        voter.weighAnswers();
        Page ballot = voter.open(up.ballotPage("/"));
        assertThat(ballot.locator(".ballots li")).hasCount(2);
        ballot.locator("a[href^='/ballots/gz-customs-2021']").click();
        assertThat(ballot).hasURL(Pattern.compile(".*/ballots/gz-customs-2021\\?lang=en$"));
        assertThat(ballot.locator("input[name=choice]")).hasCount(43);
        assertThat(ballot.locator("#count")).hasText("0 of 10 picked.");

        // Each rule stops the vote, with a sentence that says why.
        pick(ballot, "01");
        assertThat(ballot.locator("#count")).hasText("1 of 10 picked.");
        assertThat(ballot.locator("#missing")).containsText("at least one from Part two");
        assertNotSendable(ballot);
        for (int option = 2; option <= 10; option++) {
            pick(ballot, "%02d".formatted(option));
        }
        assertThat(ballot.locator("#missing")).containsText("at least one from Part two");
        pick(ballot, "25");
        assertThat(ballot.locator("#missing")).containsText("Take back one: at most 10 are allowed.");
        assertNotSendable(ballot);
        for (int option = 3; option <= 10; option++) {
            unpick(ballot, "%02d".formatted(option));
        }
        assertThat(ballot.locator("#count")).hasText("3 of 10 picked.");
        assertThat(ballot.locator("#missing")).hasText("Ready to send.");

        ballot.locator("#send").click();
        Locator dialog = ballot.locator("#confirm");
        assertThat(dialog).isVisible();
        assertThat(dialog).containsText("12360 hotline");
        Browser.assertAccessible(ballot);
        ballot.locator("#confirm-send").click();
        assertThat(ballot.locator("#outcome-title")).containsText("counts");
        Browser.assertAccessible(ballot);
        Browser.assertFits(ballot);

        assertThat(results.locator("[data-figure=counting]")).hasText(Long.toString(before + 1));
        assertThat(results.locator("tr[data-option='25'] .votes .value")).not().hasText("0");

        // Again: the page says when the voter voted, and takes nothing more.
        ballot.reload();
        assertThat(ballot.locator("#outcome-title")).containsText("voted");
        assertNotSendable(ballot);
        assertThat(voter.complaints()).isEmpty();
        assertThat(watcher.complaints()).isEmpty();
        assertThat(voter.wireBytes()).isLessThan(2 * WIRE_LIMIT);
    }

    /** What an earlier log said is shown first; everything that comes after it is what the system says. */
    @Test
    void shouldStartAnewWhenTheLogDid() throws Exception {
        Visitor watcher = browser.visitor(Screen.DESKTOP, ColorScheme.LIGHT, "en-GB");
        ObjectNode earlier = (ObjectNode) up.results();
        long accepted = earlier.at("/turnout/accepted").asLong();
        long annulled = earlier.at("/turnout/annulled").asLong();
        earlier.put("version", 1_000_000_000L);
        ((ObjectNode) earlier.get("turnout")).put("accepted", accepted + 4_711);
        String earlierFigure = String.format(Locale.UK, "%,d", accepted - annulled + 4_711);
        Page results = watcher.openWithFirstAnswer(
                up.resultsPage(),
                "**/results/stream",
                "text/event-stream",
                "event: results\nid: 1000000000\ndata: %s\n\n".formatted(earlier.toString()));
        Locator figure = results.locator("[data-figure=counting]");
        assertThat(figure).hasText(earlierFigure);
        // The stream ends; the next one is the system's, which lags, as far as the page can tell.
        results.waitForResponse("**/results/stream", () -> results.clock().runFor(2_000));
        assertThat(figure).hasText(earlierFigure);
        assertThat(results.locator("#anew")).isHidden();
        for (int minute = 0; minute < 3 && results.locator("#anew").isHidden(); minute++) {
            results.waitForResponse("**/results", () -> results.clock().fastForward(25_000));
        }
        assertThat(results.locator("#anew")).containsText("began anew");
        assertThat(figure).not().hasText(earlierFigure);
        assertThat(results.locator("#freshness")).isVisible();
    }

    @Test
    void shouldReadACompressedStream() {
        Visitor watcher = browser.visitor(Screen.DESKTOP, ColorScheme.LIGHT, "en-GB");
        Page results = watcher.open("about:blank");
        Response stream = results.waitForResponse("**/results/stream", () -> results.navigate(up.resultsPage()));
        assertThat(stream.allHeaders()).containsEntry("content-encoding", "gzip");
        // What came through it is shown as live; nothing else says so before it was asked.
        assertThat(results.locator("#freshness")).isVisible();
        assertThat(watcher.complaints()).isEmpty();
    }

    @Test
    void shouldSendTheSameVoteAgainWhenTheNetworkIsGoneInTheMiddle() throws Exception {
        Visitor voter = browser.visitor(Screen.DESKTOP, ColorScheme.DARK, "zh-CN");
        Page ballot = voter.open(up.ballotPage("/ballots/gz-customs-2021"));
        long received = up.turnout("received");
        pick(ballot, "12");
        pick(ballot, "43");
        ballot.locator("#send").click();
        voter.offline(true);
        ballot.locator("#confirm-send").click();
        assertThat(ballot.locator("#outcome-text")).containsText("不会重复计票");
        // Nor is it lost with the page.
        voter.offline(false);
        assertThat(ballot.locator("#outcome-title")).containsText("已计入");
        up.awaitTurnoutReceived(received + 1);
        assertThat(voter.complaints()).isEmpty();
    }

    @Test
    void shouldSayOfAnAnnulledVoteThatItNoLongerCounts() throws Exception {
        Visitor watcher = browser.visitor(Screen.DESKTOP, ColorScheme.LIGHT, "en-GB");
        Page results = watcher.open(up.resultsPage());
        Visitor voter = browser.visitor(Screen.PHONE, ColorScheme.LIGHT, "en-GB");
        Page ballot = voter.open(up.ballotPage("/ballots/gz-customs-2021"));
        pick(ballot, "19");
        pick(ballot, "43");
        ballot.locator("#send").click();
        ballot.locator("#confirm-send").click();
        assertThat(ballot.locator("#outcome-title")).containsText("counts");
        Locator votes = results.locator("tr[data-option='19'] .votes .value");
        assertThat(votes).hasText("1");
        assertThat(results.locator("#annulled-note")).isHidden();

        up.annul(receiptOn(ballot), "<b>a test</b>");

        assertThat(votes).hasText("0");
        assertThat(results.locator("#annulled-note")).containsText("Votes annulled after they had been counted: 1.");
        assertThat(results.locator("[data-figure=annulled]")).hasText("1");
        assertThat(results.locator("#announcement")).containsText("annulled");
        Browser.assertAccessible(results);
        Browser.assertFits(results);
        Page chinese = browser.visitor(Screen.PHONE, ColorScheme.DARK, "zh-CN").open(up.resultsPage());
        assertThat(chinese.locator("#annulled-note")).containsText("计入后又作废的选票：1 张");
        Browser.assertFits(chinese);

        // The voter who comes back is told, and may not vote again.
        ballot.reload();
        assertThat(ballot.locator("#outcome-text")).containsText("was annulled");
        assertNotSendable(ballot);
        assertThat(voter.complaints()).isEmpty();
        assertThat(watcher.complaints()).isEmpty();
    }

    private static JsonNode receiptOn(Page ballot) {
        return new JsonMapper()
                .createObjectNode()
                .put("receipt", ballot.locator("#receipt").textContent());
    }

    @Test
    void shouldBeDrivenByTheKeyboardAlone() {
        Page ballot = browser.visitor(Screen.DESKTOP, ColorScheme.LIGHT, "en-GB")
                .open(up.ballotPage("/ballots/gz-customs-2021"));
        ballot.keyboard().press("Tab");
        assertThat(ballot.locator(".skip")).isFocused();
        ballot.keyboard().press("Enter");
        tabTo(ballot, "choice-");
        ballot.keyboard().press("Space");
        assertThat(ballot.locator("#count")).hasText("1 of 10 picked.");
        ballot.locator("#part-B input[name=choice]").first().focus();
        ballot.keyboard().press("Space");
        assertThat(ballot.locator("#missing")).hasText("Ready to send.");
        ballot.keyboard().press("Enter");
        assertThat(ballot.locator("#confirm")).isVisible();
        ballot.keyboard().press("Escape");
        assertThat(ballot.locator("#confirm")).isHidden();
    }

    @ParameterizedTest
    @EnumSource(
            value = Screen.class,
            names = {"PHONE", "DESKTOP", "WALL"})
    void shouldBeFitForEveryScreenLanguageAndScheme(Screen screen) {
        for (String locale : List.of("en-GB", "zh-CN")) {
            ColorScheme scheme =
                    locale.startsWith("en") == (screen != Screen.DESKTOP) ? ColorScheme.LIGHT : ColorScheme.DARK;
            Visitor visitor = browser.visitor(screen, scheme, locale);
            visitor.weighAnswers();
            for (String address : List.of(
                    up.ballotPage("/"),
                    up.ballotPage("/ballots/gz-customs-2021"),
                    up.ballotPage("/ballots/there-is-none"),
                    up.resultsSide("/"),
                    up.resultsPage(),
                    up.resultsPage() + "?view=wall",
                    up.resultsSide("/ballots/there-is-none/results"))) {
                long before = visitor.wireBytes();
                Page page = visitor.open(address);
                assertThat(page.locator("html")).hasAttribute("lang", locale.substring(0, 2));
                Browser.assertAccessible(page);
                Browser.assertFits(page);
                assertThat(visitor.wireBytes() - before).as(address).isLessThan(WIRE_LIMIT);
                page.close();
            }
            assertThat(visitor.complaints().stream()
                            .filter(complaint -> !complaint.contains("status of 404"))
                            .toList())
                    .isEmpty();
        }
    }

    @Test
    void shouldListTheBallotsWhereThereAreSeveral() {
        Visitor visitor = browser.visitor(Screen.PHONE, ColorScheme.DARK, "zh-CN");
        for (String list : List.of(up.ballotPage("/"), up.resultsSide("/"))) {
            Page page = visitor.open(list);
            assertThat(page.locator(".ballots[data-stage=open] li")).hasCount(2);
            page.locator(".language-switch").click();
            assertThat(page.locator("html")).hasAttribute("lang", "en");
            page.locator("a", new LocatorOptions().setHasText("Second ballot")).click();
            assertThat(page.locator("h1")).containsText("Second ballot");
            assertThat(page.locator("html")).hasAttribute("lang", "en");
            Browser.assertAccessible(page);
        }
        assertThat(visitor.complaints()).isEmpty();
    }

    @Test
    void shouldSpeakTheOtherLanguageWhenAsked() {
        Page ballot = browser.visitor(Screen.PHONE, ColorScheme.LIGHT, "zh-CN")
                .open(up.ballotPage("/ballots/gz-customs-2021"));
        assertThat(ballot.locator("#title-01")).containsText("线上能查");
        pick(ballot, "01");
        ballot.locator(".language-switch").click();
        assertThat(ballot.locator("#title-01")).containsText("12360 hotline");
        assertThat(ballot.locator("#choice-01")).isChecked();
        ballot.locator("#search").fill("12360");
        assertThat(ballot.locator(".choice:visible")).hasCount(1, new HasCountOptions().setTimeout(5_000));
    }

    /** No sooner than the numbers are there is anything seen: they stand in what the server sends. */
    @Test
    void shouldShowTheNumbersWithoutScripts() throws Exception {
        String page = up.get(up.resultsPage());
        assertThat(page).contains("data-option=\"43\"", "data-figure=\"counting\">");
        assertThat(up.get(up.ballotPage("/ballots/gz-customs-2021"))).contains("id=\"choice-43\"");
    }

    private static void unpick(Page ballot, String option) {
        ballot.locator("label[for=choice-%s]".formatted(option)).click();
        assertThat(ballot.locator("#choice-" + option)).not().isChecked();
    }

    /** Neither the button nor the Enter key gets as far as the question whether to send. */
    private static void assertNotSendable(Page ballot) {
        if (ballot.locator("#send").isVisible()) {
            // It says that it is disabled and stays in the order of the Tab key; a person can press it all the same.
            ballot.locator("#send").click(new ClickOptions().setForce(true));
        }
        assertThat(ballot.locator("#confirm")).isHidden();
    }

    private static void tabTo(Page page, String idStart) {
        for (int i = 0; i < 40; i++) {
            page.keyboard().press("Tab");
            if (String.valueOf(page.evaluate("document.activeElement.id")).startsWith(idStart)) {
                return;
            }
        }
        throw new AssertionError("the Tab key does not lead to " + idStart);
    }

    private static long number(Locator figure) {
        return Long.parseLong(figure.textContent().replaceAll("\\D", ""));
    }
}
