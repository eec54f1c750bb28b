// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.votelog.infra.local.PagesSystem.ask;
import static io.votelog.infra.local.PagesSystem.pick;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Locator.ClickOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitUntilState;
import io.votelog.infra.local.AuditorProgram.Said;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.browser.Browser;
import io.votelog.infra.testing.browser.Browser.Screen;
import io.votelog.infra.testing.browser.Browser.Visitor;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What the pages do where things are not as they should be, after the vote, on each screen, and with ballots of each shape. */
@WholeSystem
class VoterPagesIT {
    private static final String BALLOT = "/ballots/gz-customs-2021";
    private static final String VOTES = "**/v1/ballots/*/votes";
    /** Shapes of so many options that axe takes long. */
    private static final Set<String> LARGE = Set.of("many", "most");

    private static final int LONGEST_ON_A_PHONE_PX = 5_000;

    /** Takes from an engine what those of 2020 do not have. */
    private static final String AS_IN_2020 =
            """
            delete AbortSignal.timeout; delete AbortSignal.any;
            delete HTMLDialogElement.prototype.showModal; delete HTMLDialogElement.prototype.close;
            delete Element.prototype.replaceChildren; delete Document.prototype.replaceChildren;
            delete Array.prototype.at; delete Array.prototype.findLast; delete String.prototype.replaceAll; delete Object.hasOwn;
            delete window.structuredClone; delete Intl.RelativeTimeFormat; delete Crypto.prototype.randomUUID;
            delete Navigator.prototype.clipboard; delete Navigator.prototype.share; delete Promise.any;
            """;

    @RegisterExtension
    static final PagesSystem SYSTEM = new PagesSystem(Running::start);

    private static Browser browser;
    private static Running up;

    @BeforeAll
    static void take() {
        browser = SYSTEM.browser();
        up = SYSTEM.up();
    }

    @Test
    void shouldTakeAVoteAndFollowResultsInAnEngineOf2020() {
        Visitor voter = visitor(Screen.PHONE);
        voter.beginWith(AS_IN_2020);
        Page results = voter.open(up.resultsPage());
        assertThat(results.locator("#freshness")).isVisible();
        Page ballot = voter.open(up.ballotPage(BALLOT));
        pick(ballot, "03", "27");
        ballot.locator("#send").click();
        // The dialog stands in the page's place.
        assertThat(ballot.locator("#confirm")).isVisible();
        assertThat(ballot.locator("#bar")).isHidden();
        Browser.assertAccessible(ballot);
        ballot.locator("#confirm [value=back]").click();
        assertThat(ballot.locator("#confirm")).isHidden();
        assertThat(ballot.locator("#bar")).isVisible();
        ballot.locator("#send").click();
        ballot.locator("#confirm-send").click();
        assertThat(ballot.locator("#outcome-title")).containsText("counts");
        assertThat(results.locator("tr[data-option='27'] .votes .value")).not().hasText("0");
        assertThat(voter.complaints()).isEmpty();
    }

    @Test
    void shouldSayThatItCannotVoteWhereItsScriptsDoNotLoad() {
        Visitor cutOff = visitor(Screen.PHONE);
        cutOff.answer("**/assets/ballot/*.js", Route::abort);
        Page page = cutOff.open(up.ballotPage(BALLOT));
        assertThat(page.locator("#unstarted")).isVisible();
        assertThat(page.locator("#unstarted")).containsText("Reload the page");
        assertThat(page.locator("#send")).isDisabled();
        Page scriptless = browser.withoutScripts(Screen.PHONE, "zh-CN").open(up.ballotPage(BALLOT));
        assertThat(scriptless.locator("#unstarted")).isVisible();
        assertThat(scriptless.locator("#send")).isDisabled();
        assertThat(scriptless.locator(".choice").first()).isVisible();
        assertThat(scriptless.locator(".window")).containsText("UTC");
    }

    /** On a slow line the page is there before its scripts. */
    @Test
    void shouldKeepWhatIsPickedBeforeItsScriptsHaveLoaded() {
        Visitor slow = visitor(Screen.PHONE);
        List<Route> held = new ArrayList<>();
        AtomicBoolean slowly = new AtomicBoolean(true);
        slow.answer("**/assets/ballot/*.js", route -> {
            if (slowly.get()) {
                held.add(route);
            } else {
                route.resume();
            }
        });
        Page page = slow.openAsItComes(up.ballotPage(BALLOT));
        pick(page, "03", "27");
        assertThat(page.locator("#count")).containsText("0 of");
        slowly.set(false);
        assertThat(held).isNotEmpty();
        held.forEach(Route::resume);
        assertThat(page.locator("#count")).hasText("2 of 10 picked.");
        assertThat(page.locator("#choice-03")).isChecked();
        page.reload();
        assertThat(page.locator("#count")).hasText("2 of 10 picked.");
    }

    static Stream<Arguments> answersThatAreNone() {
        return Stream.of(
                Arguments.of("trouble", "error (502)", fulfil(502, "text/html", "<h1>Bad gateway")),
                Arguments.of("trouble", "error (500)", fulfil(500, "application/json", "{}")),
                Arguments.of("foreign", "sign in to it", fulfil(200, "text/html", "<h1>Welcome to our network")),
                Arguments.of("foreign", "blocks this site", fulfil(403, "text/html", "<h1>Blocked by a firewall")),
                Arguments.of("foreign", "sign in to it", fulfil(511, "text/html", "<h1>Sign in first")),
                Arguments.of("again", "interrupted", (Consumer<Route>) Route::abort),
                Arguments.of("limited", "Many requests", fulfil(429, "text/html", "slow down")));
    }

    private static Consumer<Route> fulfil(int status, String type, String body) {
        return route -> route.fulfill(
                new FulfillOptions().setStatus(status).setContentType(type).setBody(body));
    }

    /** Whatever stands between, the page says which it is, goes on trying the same vote, and gets it through. */
    @ParameterizedTest
    @MethodSource("answersThatAreNone")
    void shouldTellApartWhatGoesWrong(String outcome, String words, Consumer<Route> answer) throws Exception {
        Visitor voter = visitor(Screen.DESKTOP);
        Page page = voter.open(up.ballotPage(BALLOT));
        long received = up.turnout("received");
        pick(page, "04", "28");
        voter.answer(VOTES, answer);
        page.locator("#send").click();
        page.locator("#confirm-send").click();
        assertThat(page.locator("#outcome")).hasAttribute("data-outcome", outcome);
        assertThat(page.locator("#outcome-text")).containsText(words);
        voter.answerNoMore(VOTES);
        page.locator("#outcome-more button").click();
        assertThat(page.locator("#outcome-title")).containsText("counts");
        up.awaitTurnoutReceived(received + 1);
    }

    @Test
    void shouldSayThatThisDeviceIsOffline() {
        Visitor voter = visitor(Screen.PHONE);
        Page page = voter.open(up.ballotPage(BALLOT));
        pick(page, "05", "29");
        page.locator("#send").click();
        voter.offline(true);
        page.locator("#confirm-send").click();
        assertThat(page.locator("#outcome")).hasAttribute("data-outcome", "offline");
        voter.offline(false);
        assertThat(page.locator("#outcome-title")).containsText("counts");
        assertThat(voter.complaints()).isEmpty();
    }

    @Test
    void shouldTakeAVoteOverASlowNetworkAndShowTheCasesBeforeTheScripts() {
        Visitor voter = visitor(Screen.PHONE);
        Page page = voter.open("about:blank");
        voter.slowDown(page, 400, 50_000);
        page.navigate(up.ballotPage(BALLOT), new Page.NavigateOptions().setWaitUntil(WaitUntilState.COMMIT));
        double cases = painted(page);
        double scripts = ((Number) page.evaluate(
                        "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js'))"
                                + ".reduce((last, one) => Math.max(last, one.responseEnd), 0)"))
                .doubleValue();
        assertThat(cases).as("what is seen first waits for no script").isLessThan(scripts);
        pick(page, "07", "31");
        page.locator("#send").click();
        page.locator("#confirm-send").click();
        assertThat(page.locator("#outcome-title")).containsText("counts");
        assertThat(voter.complaints()).isEmpty();
    }

    /** When something was seen first, once the page has loaded, in milliseconds since it was asked for. */
    private static double painted(Page page) {
        page.waitForLoadState();
        assertThat(page.locator("#voter button")).isVisible();
        return ((Number) page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
                .doubleValue();
    }

    @Test
    void shouldFetchThePicturesAloneThatComeIntoSight() throws Exception {
        String id = "pictures-" + ThreadLocalRandom.current().nextInt(1_000_000);
        up.publish(id, ballot(id, "pictures"));
        Visitor voter = visitor(Screen.PHONE);
        AtomicInteger fetched = new AtomicInteger();
        voter.answer("https://pictures.example/**", route -> {
            fetched.incrementAndGet();
            route.fulfill(new FulfillOptions()
                    .setContentType("image/svg+xml")
                    .setBody("<svg xmlns='http://www.w3.org/2000/svg' width='480' height='360'><rect width='480'"
                            + " height='360' fill='teal'/></svg>"));
        });
        voter.measureShifts();
        Page page = voter.open(up.ballotPage("/ballots/" + id));
        assertThat(page.locator("#voter button")).isVisible();
        Locator first = page.locator(".choice img").first();
        assertThat(first).hasJSProperty("naturalWidth", 480);
        assertThat(fetched.get()).isBetween(1, 60);
        assertThat(first).hasAttribute("alt", "");
        assertThat(Browser.shifted(page)).isLessThan(0.05);
        Locator last = page.locator(".choice img").last();
        last.scrollIntoViewIfNeeded();
        assertThat(last).hasJSProperty("naturalWidth", 480);
        assertThat(page.locator(".choice")).hasCount(200);
        Browser.assertFits(page);
        assertThat(voter.complaints()).isEmpty();
    }

    /** What a screen reader says: every choice by number and title, parts as groups, and each control by its words. */
    @Test
    void shouldNameEverythingForScreenReaders() {
        Page page = visitor(Screen.PHONE).open(up.ballotPage(BALLOT));
        assertThat(page.getByRole(AriaRole.CHECKBOX, named("\\d\\d .{5,}"))).hasCount(43);
        assertThat(page.getByRole(AriaRole.GROUP, named("Part one")))
                .hasAccessibleDescription("Pick at least one here.");
        assertThat(page.getByRole(AriaRole.CHECKBOX, named("12 .+")).locator("xpath=ancestor::fieldset"))
                .hasAccessibleName("Part one");
        assertThat(page.getByRole(AriaRole.BUTTON, named("Check and send"))).hasAttribute("aria-disabled", "true");
        Locator lookUp = page.getByRole(AriaRole.TEXTBOX, named("Look up a receipt"));
        assertThat(lookUp).hasAccessibleDescription(Pattern.compile("You were given it .+"));
        assertThat(page.getByRole(AriaRole.COMBOBOX)).hasCount(2);
        assertThat(page.getByRole(AriaRole.SEARCHBOX, named("Search"))).isVisible();
        assertThat(page.getByRole(AriaRole.STATUS).filter(new Locator.FilterOptions().setHasText("picked")))
                .hasText(Pattern.compile("0 of 10 picked\\. Pick 2 to 10 in all\\."));

        Page results = visitor(Screen.PHONE).open(up.resultsPage());
        assertThat(results.getByRole(AriaRole.TABLE, named("Part two"))).isVisible();
        assertThat(results.getByRole(AriaRole.ROWHEADER, named("\\d\\d .{5,}"))).hasCount(43);
        assertThat(results.getByRole(AriaRole.REGION, named("Turnout"))).isVisible();
        assertThat(results.getByRole(AriaRole.RADIO, named("By votes"))).isChecked();
        assertThat(results.getByRole(AriaRole.BUTTON, named("Share"))).isVisible();
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(Pattern.compile("^" + name + "$"));
    }

    @Test
    void shouldNotTryAgainWhatTheGatewayRefuses() {
        Visitor voter = visitor(Screen.PHONE);
        voter.answer(VOTES, fulfil(403, "application/problem+json", "{\"type\": \"urn:votelog:problem:forbidden\"}"));
        Page page = voter.open(up.ballotPage(BALLOT));
        pick(page, "06", "30");
        page.locator("#send").click();
        page.locator("#confirm-send").click();
        assertThat(page.locator("#outcome")).hasAttribute("data-outcome", "refused");
        assertThat(page.locator("#outcome-text")).containsText("does not allow you to vote");
    }

    @Test
    void shouldShowCasesOnTheFirstScreenOfAPhoneAndScoldNobody() {
        for (String locale : List.of("en-GB", "zh-CN")) {
            Visitor voter = browser.visitor(Screen.PHONE, ColorScheme.LIGHT, locale);
            voter.measureShifts();
            Page page = voter.open(up.ballotPage(BALLOT));
            assertThat(page.locator("#voter button")).isVisible();
            long whole = (Integer)
                    page.evaluate(
                            """
                    const bar = document.getElementById("bar").getBoundingClientRect().top;
                    [...document.querySelectorAll(".choice")].filter((card) => card.getBoundingClientRect().bottom <= bar).length""");
            assertThat(whole).as("cases that are seen at once, " + locale).isGreaterThanOrEqualTo(2);
            assertThat((Integer) page.evaluate("document.documentElement.scrollHeight"))
                    .as("height in " + locale)
                    .isLessThanOrEqualTo(LONGEST_ON_A_PHONE_PX);
            assertThat(page.locator("#missing")).hasText(Pattern.compile("Pick 2 to 10 in all\\.|合计选 2 至 10 项。"));
            assertThat(Browser.shifted(page)).as("layout shift").isLessThan(0.05);
            assertThat(page.locator(".window")).containsText(locale.startsWith("en") ? "CET" : "GMT+1");
        }
    }

    @Test
    void shouldFindCasesByPartOwnerWordsAndPicks() {
        Page page = visitor(Screen.DESKTOP).open(up.ballotPage(BALLOT));
        Locator cards = page.locator(".choice:visible");
        page.locator("#part").selectOption("B");
        assertThat(cards).hasCount(21);
        assertThat(page.locator("#found")).hasText("Showing 21 of 43.");
        page.locator("#part").selectOption("");
        String owner = String.valueOf(page.evaluate(
                "[...document.querySelectorAll('#owner option')].find((option) => option.value !== '').value"));
        page.locator("#owner").selectOption(owner);
        int owned = ((Number) page.evaluate(
                        "[...document.querySelectorAll('.choice')].filter((card) => card.dataset.owner === "
                                + "document.getElementById('owner').value).length"))
                .intValue();
        assertThat(cards).hasCount(owned);
        page.locator("#owner").selectOption("");
        // What is found in what is folded is unfolded, and folded again; what the voter unfolds stays so.
        page.locator("#choice-09")
                .locator("xpath=ancestor::li")
                .locator("details > summary")
                .click();
        page.locator("#search").fill("15,296");
        assertThat(cards).hasCount(1);
        assertThat(page.locator(".choice:visible .summary")).isVisible();
        page.locator("#search").fill("");
        assertThat(page.locator(".summary:visible")).hasCount(1);
        page.locator("#unfold").click();
        assertThat(page.locator(".summary:visible")).hasCount(43);
        pick(page, "09");
        page.locator("#only-picked").check();
        assertThat(cards).hasCount(1);
        // Who may not send yet is led to the part that lacks something, whatever is filtered.
        page.locator("#send").click(new ClickOptions().setForce(true));
        assertThat(cards).hasCount(43);
    }

    @Test
    void shouldShowWhatWasPickedAndTellOtherTabsAndDevices() {
        Visitor voter = visitor(Screen.PHONE);
        Page page = voter.open(up.ballotPage(BALLOT));
        Page otherTab = voter.open(up.ballotPage(BALLOT));
        String name = String.valueOf(page.evaluate("localStorage.getItem('votelog:made-up-voter')"));
        Visitor device = visitor(Screen.DESKTOP);
        device.beginWith(
                "try { localStorage.setItem('votelog:made-up-voter', %s); } catch { /* of a page that is not there yet */ }"
                        .formatted(quoted(name)));
        Page elsewhere = device.open(up.ballotPage(BALLOT));
        pick(elsewhere, "01", "43");

        pick(page, "10", "31");
        page.locator("#send").click();
        page.locator("#confirm-send").click();
        assertThat(page.locator("#outcome-title")).containsText("counts");
        String receipt = page.locator("#receipt").textContent();
        assertThat(page.locator(".choice:visible")).hasCount(2);
        assertThat(page.locator("#choice-10")).isChecked();
        Browser.assertAccessible(page);
        page.reload();
        assertThat(page.locator("#outcome-title")).hasText("You have voted");
        assertThat(page.locator("#choice-31")).isChecked();

        assertThat(otherTab.locator("#outcome-title")).hasText("You have voted");
        assertThat(otherTab.locator("#receipt")).hasText(receipt);
        assertThat(otherTab.locator("#outcome-text")).containsText("only the tab in which you voted knows it");
        assertThat(otherTab.locator("#choice-10")).not().isChecked();

        // The other device heard of nothing. What it sends does not count; what counts is told, with its receipt.
        elsewhere.locator("#send").click();
        elsewhere.locator("#confirm-send").click();
        assertThat(elsewhere.locator("#outcome-title")).hasText("You have voted");
        assertThat(elsewhere.locator("#outcome-text")).containsText("the earlier one does");
        assertThat(elsewhere.locator("#receipt")).hasText(receipt);
        assertThat(elsewhere.locator("#outcome")).hasClass(Pattern.compile(".*good.*"));
        assertThat(voter.complaints()).isEmpty();
        assertThat(device.complaints()).isEmpty();
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    @Test
    void shouldTellWhatBecameOfAVoteOnAPageOfItsOwn() throws Exception {
        Visitor voter = visitor(Screen.PHONE);
        Page page = voter.open(up.ballotPage(BALLOT));
        pick(page, "11", "32");
        page.locator("#send").click();
        page.locator("#confirm-send").click();
        assertThat(page.locator("#outcome-title")).containsText("counts");
        String receipt = page.locator("#receipt").textContent();
        page.locator(".links a").first().click();
        assertThat(page).hasURL(Pattern.compile(".*/ballots/gz-customs-2021/receipts/" + receipt + "\\?.*"));
        assertThat(page.locator("h1")).hasText("This vote counts");
        assertThat(page.locator(".verdict time")).containsText("CET");
        assertThat(page.locator(".qr")).isVisible();
        Browser.assertAccessible(page);
        Browser.assertFits(page);
        page.locator(".language-switch").click();
        assertThat(page.locator("h1")).hasText("这张选票已计入");

        // The same address tells programs as before, and browsers in HTML.
        String address = up.resultsSide("/v1/ballots/gz-customs-2021/receipts/" + receipt);
        assertThat(ask(address, "*/*").body()).startsWith("{\"voteId\":");
        HttpResponse<String> html = ask(address, "text/html,application/xhtml+xml,*/*;q=0.8");
        assertThat(html.body()).startsWith("<!doctype html>").contains("This vote counts");
        assertThat(html.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(html.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(html.headers().allValues("Vary").toString()).contains("Accept");
        assertThat(ask(address, "application/json, text/html;q=0.5").body()).startsWith("{");

        up.annul(new JsonMapper().createObjectNode().put("receipt", receipt), "<i>a test</i>");
        Page annulled = browser.withoutScripts(Screen.DESKTOP, "en-GB").open(address + "?lang=en");
        assertThat(annulled.locator("h1")).hasText("This vote was annulled");
        assertThat(annulled.locator(".verdict")).containsText("<i>a test</i>");
        assertThat(voter.complaints()).isEmpty();
    }

    /** What the voter has saved is a promise to the auditor too. */
    @Test
    void shouldLetTheVoterKeepThePromise(@TempDir Path dir) throws Exception {
        Visitor voter = visitor(Screen.PHONE);
        Page page = voter.open(up.ballotPage(BALLOT));
        pick(page, "13", "35");
        page.locator("#send").click();
        page.locator("#confirm-send").click();
        assertThat(page.locator("#outcome-title")).containsText("counts");
        Download download =
                page.waitForDownload(() -> page.locator("#save-promise").click());
        assertThat(download.suggestedFilename()).isEqualTo("gz-customs-2021.promise.json");
        Path file = dir.resolve("promise.json");
        download.saveAs(file);
        Said said = new AuditorProgram(dir)
                .run(
                        "promise",
                        file.toString(),
                        "--bootstrap-servers",
                        up.kafka(),
                        "--public-key-file",
                        up.secret("log-public-key").toString());
        assertThat(said.text())
                .contains("the log keeps this promise", page.locator("#receipt").textContent());
        assertThat(said.exitCode()).isZero();
        // It is there as long as the receipt is.
        page.reload();
        assertThat(page.locator("#outcome-title")).hasText("You have voted");
        assertThat(page.locator("#save-promise")).isVisible();
        Browser.assertFits(page);
        Browser.assertAccessible(page);
        assertThat(voter.complaints()).isEmpty();
    }

    @Test
    void shouldLookUpAReceiptThatIsEnteredOnEitherPage() throws Exception {
        String receipt = up.vote("looks-up", "01", "33").path("receipt").stringValue();
        Visitor visitor = visitor(Screen.DESKTOP);
        for (String from : List.of(up.ballotPage(BALLOT), up.resultsPage())) {
            Page page = visitor.open(from);
            page.locator("#receipt-to-look-up")
                    .fill("  " + receipt.substring(0, 20) + " " + receipt.substring(20) + " ");
            page.locator("#receipt-to-look-up").press("Enter");
            assertThat(page.locator("h1")).hasText("This vote counts");
            page.locator("#another").fill("not a receipt");
            page.locator("#another").press("Enter");
            assertThat(page.locator("h1")).hasText("This is no receipt");
            assertThat(page.locator("#another")).hasValue("not a receipt");
            Browser.assertAccessible(page);
            page.locator("#another").fill("A".repeat(43));
            page.locator("#another").press("Enter");
            assertThat(page.locator("h1")).hasText("No vote of this receipt is known");
            page.close();
        }
        HttpResponse<String> none = ask(up.resultsSide(BALLOT + "/receipts?receipt=x"), "text/html");
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(ask(up.resultsSide(BALLOT + "/receipts"), "text/html").statusCode())
                .isEqualTo(200);
        assertThat(ask(up.resultsSide(BALLOT + "/receipts/x"), "text/html").statusCode())
                .isEqualTo(400);
        assertThat(ask(up.resultsSide("/ballots/none-such/receipts/x"), "text/html")
                        .statusCode())
                .isEqualTo(404);
    }

    /** Each is looked at on a phone and on a desktop, by a voter and by a reader of its results. */
    @ParameterizedTest
    @ValueSource(strings = {"one", "two", "many", "most", "words", "hidden", "coming"})
    void shouldBeFitForBallotsOfEachShape(String shape) throws Exception {
        String id = "shape-" + shape + "-" + ThreadLocalRandom.current().nextInt(1_000_000);
        up.publish(id, ballot(id, shape));
        for (Screen screen : List.of(Screen.PHONE, Screen.DESKTOP)) {
            Visitor visitor = visitor(screen);
            for (String address : List.of(
                    up.ballotPage("/ballots/" + id),
                    up.resultsSide("/ballots/" + id + "/results"),
                    up.resultsSide("/ballots/" + id + "/results?view=wall"))) {
                Page page = visitor.open(address);
                assertThat(page.locator("h1")).isVisible();
                Browser.assertFits(page);
                if (screen == Screen.PHONE && !LARGE.contains(shape)) {
                    Browser.assertAccessible(page);
                }
                page.close();
            }
            assertThat(visitor.complaints()).isEmpty();
        }
    }

    private static String ballot(String id, String shape) {
        Instant now = Instant.now();
        boolean coming = shape.equals("coming");
        String options =
                switch (shape) {
                    case "one" -> options(1, "Yes");
                    case "many" -> options(300, "Title");
                    case "pictures" ->
                        IntStream.range(0, 200)
                                .mapToObj(n ->
                                        ("- {id: \"%1$03d\", title: \"Title %1$d\", summary: \"What it is about.\","
                                                        + " image: \"https://pictures.example/%1$d.svg\"}")
                                                .formatted(n))
                                .collect(Collectors.joining("\n      "));
                    case "words" ->
                        """
                        - {id: rtl, title: {ar: "الخيار الأول مع نص طويل من اليمين إلى اليسار"}, owner: {he: "בעלים"}}
                              - {id: emoji, title: "🗳️ 👩‍👩‍👧‍👦 A family, 🇨🇳 and a flag"}
                              - {id: long, title: "%s"}
                              - {id: unbroken, title: "%s", link: "https://example.org/%s", summary: "A summary"}"""
                                .formatted(
                                        "Twenty letters long. ".repeat(9) + "and so", "x".repeat(200), "y".repeat(150));
                    default -> options(2, "Title");
                };
        return """
                ballotId: %s
                title: "A ballot of the shape %s"
                noun: {en: Project, zh: 项目}
                window: {opensAt: "%s", closesAt: "%s"}
                picks: {min: 1}
                sections:
                  - id: A
                    title: Part
                    options:
                      %s
                results: {visibility: %s}
                """
                .formatted(
                        id,
                        shape,
                        coming ? now.plusSeconds(3_600) : now.minusSeconds(60),
                        now.plusSeconds(7_200),
                        options,
                        shape.equals("hidden") ? "after-close" : "live");
    }

    private static String options(int count, String title) {
        return IntStream.range(0, count)
                .mapToObj(n -> "- {id: \"%04d\", title: \"%s %d\"}".formatted(n, title, n))
                .collect(Collectors.joining("\n      "));
    }

    private static Visitor visitor(Screen screen) {
        return SYSTEM.visitor(screen);
    }
}
