// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.votelog.infra.local.PagesSystem.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.browser.Browser;
import io.votelog.infra.testing.browser.Browser.Screen;
import io.votelog.infra.testing.browser.Browser.Visitor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the results page shows beyond its numbers: in frames of other sites, over time, on walls, and while it moves. */
@WholeSystem
class ResultsPagesIT {
    /** A site that may frame the results, and one that may not. */
    private static final HttpServer SITE = newSite();

    private static final HttpServer OTHER_SITE = newSite();

    @RegisterExtension
    static final PagesSystem SYSTEM = new PagesSystem(dir -> Running.startAt(
            dir,
            Running.freeOffset(),
            Map.of(
                    "VOTELOG_PAGES_FRAME_ANCESTORS",
                    siteOf(SITE),
                    "VOTELOG_PAGES_METHOD_URL",
                    "https://vote.example/method")));

    private static Browser browser;
    private static Running up;

    @BeforeAll
    static void take() {
        browser = SYSTEM.browser();
        up = SYSTEM.up();
    }

    @AfterAll
    static void closeSites() {
        SITE.stop(0);
        OTHER_SITE.stop(0);
    }

    /** A site whose every page is an article with what its query names in a frame. */
    private static HttpServer newSite() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                String framed = exchange.getRequestURI().getQuery();
                byte[] page =
                        """
                        <!doctype html><html lang="en"><title>News</title><h1>News</h1>
                        <iframe src="%s" title="Results" width="600" height="400"></iframe></html>"""
                                .formatted(framed)
                                .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
                exchange.sendResponseHeaders(200, page.length);
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(page);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another host than the results have, so that it is another site to the browser. */
    private static String siteOf(HttpServer server) {
        return "http://localhost:" + server.getAddress().getPort();
    }

    @Test
    void shouldLetTheNamedSitesAloneShowResultsInAFrame() throws Exception {
        String embed = up.resultsPage() + "?view=embed";
        HttpResponse<String> frame = ask(embed, "text/html");
        assertThat(frame.headers().firstValue("Content-Security-Policy").orElseThrow())
                .endsWith("frame-ancestors " + siteOf(SITE));
        assertThat(frame.headers().firstValue("X-Frame-Options")).isEmpty();
        HttpResponse<String> page = ask(up.resultsPage(), "text/html");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .endsWith("frame-ancestors 'none'");
        assertThat(page.headers().firstValue("X-Frame-Options")).contains("DENY");
        assertThat(page.body()).contains("&lt;iframe", "href=\"https://vote.example/method\"", "og:description");

        Visitor reader = visitor(Screen.DESKTOP);
        FrameLocator framed = reader.open(siteOf(SITE) + "/?" + embed).frameLocator("iframe");
        assertThat(framed.locator("#freshness")).isVisible();
        up.vote("embedded", "01", "34");
        assertThat(framed.locator("tr[data-option='34'] .votes .value")).not().hasText("0");
        assertThat(reader.complaints()).isEmpty();
        // The whole page is in nobody's frame, and the frame is in no other site's.
        for (String refused : List.of(siteOf(SITE) + "/?" + up.resultsPage(), siteOf(OTHER_SITE) + "/?" + embed)) {
            Page elsewhere = reader.open(refused);
            assertThat(elsewhere.locator("h1")).hasText("News");
            assertThat(elsewhere.frameLocator("iframe").locator("#results")).hasCount(0);
            assertThat(reader.complaints()).anyMatch(complaint -> complaint.contains("frame-ancestors"));
        }
        Page onAPhone = visitor(Screen.PHONE).open(embed);
        assertThat(onAPhone.locator("#lead")).isVisible();
        Browser.assertFits(onAPhone);
    }

    @Test
    void shouldFindOneCaseAmongTheResultsAndLinkToIt() {
        Visitor reader = visitor(Screen.DESKTOP);
        Page page = reader.open(up.resultsPage() + "#option-34");
        page.locator("#search").fill("freight");
        Locator rows = page.locator("tr[data-option]:visible");
        assertThat(rows.first()).containsText("freight");
        assertThat(page.locator("#found")).containsText("of 43.");
        page.locator("#search").fill("");
        assertThat(rows).hasCount(43);
        page.locator("tr[data-option='12'] a.number").click();
        assertThat(page).hasURL(Pattern.compile(".*#option-12$"));
        assertThat(reader.complaints()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Screen.class,
            names = {"PHONE", "DESKTOP"})
    void shouldShowHowTheVotesForACaseGrew(Screen screen) throws Exception {
        // Nobody else votes for 33, and this test waits for what it cast itself.
        long before = up.votes().getOrDefault("33", 0L) + 1;
        up.vote("grew-" + screen, "02", "33");
        Visitor reader = visitor(screen);
        Page page = reader.open(up.resultsPage());
        assertThat(page.locator("#freshness")).isVisible();
        Locator count = page.locator("tr[data-option='33'] button.value");
        assertThat(count).hasText(String.valueOf(before));
        count.focus();
        page.keyboard().press("Enter");
        Locator sheet = page.getByRole(
                AriaRole.REGION, new Page.GetByRoleOptions().setName(Pattern.compile("^Votes over time 33 .+")));
        assertThat(sheet).isVisible();
        assertThat(sheet).isFocused();
        assertThat(count).hasAttribute("aria-expanded", "true");
        assertThat(page.locator("#course-plot canvas")).isVisible();
        assertThat(page.locator("#course-text")).containsText(before + " by ");
        page.locator("#course-numbers summary").click();
        assertThat(page.locator("#course-rows tr").last().locator("td")).hasText(String.valueOf(before));
        Browser.assertAccessible(page);
        Browser.assertFits(page);
        up.vote("grew-more-" + screen, "02", "33");
        assertThat(page.locator("#course-text")).containsText((before + 1) + " by ");

        page.keyboard().press("Escape");
        assertThat(sheet).isHidden();
        assertThat(count).isFocused();
        page.locator("tr[data-option='02'] button.value").click();
        assertThat(page.locator("#course-number")).hasText("02");
        page.locator("tr[data-option='02'] button.value").press("Enter");
        assertThat(page.locator("#course")).isHidden();
        assertThat(reader.complaints()).isEmpty();
    }

    @Test
    void shouldSayWhenVotesOverTimeAreNotToBeHad() {
        Visitor reader = visitor(Screen.DESKTOP);
        reader.answer("**/turnout?*option=*", route -> route.abort());
        Page page = reader.open(up.resultsPage());
        page.locator("tr[data-option='33'] button.value").click();
        assertThat(page.locator("#course-text")).containsText("not to be had just now");
        reader.answerNoMore("**/turnout?*option=*");
        page.locator("#course-close").click();
        page.locator("tr[data-option='33'] button.value").click();
        assertThat(page.locator("#course-text")).not().containsText("not to be had");
    }

    /** Nothing is cut and nothing is below: 43 cases of two parts, in the largest letters that let them. */
    @ParameterizedTest
    @EnumSource(
            value = Screen.class,
            names = {"WALL", "LARGE_WALL"})
    void shouldShowEverythingOnAWall(Screen screen) throws Exception {
        up.vote("wall-" + screen, "01", "43");
        for (String locale : List.of("en-GB", "zh-CN")) {
            Page page = browser.visitor(screen, ColorScheme.DARK, locale).open(up.resultsPage() + "?view=wall");
            assertThat(page.locator("#freshness")).isVisible();
            assertThat(page.locator("#growth")).isVisible();
            assertThat(page.locator("html")).hasJSProperty("scrollHeight", screen.height());
            Browser.assertFits(page);
            assertThat(page.evaluate(
                            "[...document.querySelectorAll('.title, h1')].filter((title) => title.scrollWidth > title.clientWidth + 1"
                                    + " && getComputedStyle(title).overflow !== 'visible').length"))
                    .isEqualTo(0);
        }
    }

    @Test
    void shouldNotShiftWhileResultsMove() throws Exception {
        up.vote("moved", "22", "43");
        Visitor reader = visitor(Screen.DESKTOP);
        reader.measureShifts();
        Page page = reader.open(up.resultsPage());
        assertThat(page.locator("#freshness")).isVisible();
        assertThat(page.locator("#growth")).isVisible();
        page.waitForTimeout(1_500);
        assertThat(Browser.shifted(page)).as("while it begins").isLessThan(0.1);
        for (int n = 0; n < 6; n++) {
            up.vote("moves-" + n, "22", "43");
            page.waitForTimeout(500);
        }
        assertThat(page.locator("tr[data-option='22'] .rank")).not().hasText("–");
        assertThat(Browser.shifted(page)).isLessThan(0.02);
    }

    private static Visitor visitor(Screen screen) {
        return SYSTEM.visitor(screen);
    }
}
