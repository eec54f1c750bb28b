// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.votelog.infra.testing.browser.Browser;
import io.votelog.infra.testing.browser.Browser.Screen;
import io.votelog.infra.testing.browser.Browser.Visitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Makes the pictures of the README, and the one that is shown where a page is shared; on request alone. */
@EnabledIfSystemProperty(named = "votelog.pictures", matches = "true")
class PicturesIT {
    private static final Path PICTURES = Path.of("pictures");
    private static final Path SHARED = Path.of("../../web/src/main/resources/io/votelog/web/pages/votelog.png");

    @Test
    void shouldBeTakenOfTheRunningSystem(@TempDir Path dir) throws Exception {
        PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
        Running up = Running.start(dir, "--demo", "30");
        try (Browser browser = Browser.start()) {
            up.awaitReady();
            Awaitility.await().atMost(Duration.ofMinutes(4)).until(() -> up.turnout("accepted") > 2_500);
            Page results =
                    browser.visitor(Screen.DESKTOP, ColorScheme.LIGHT, "en-GB").open(up.resultsPage());
            assertThat(results.locator("[data-figure=rate]")).not().hasText("–");
            take(results, "results.png");
            Visitor voter = browser.visitor(Screen.PHONE, ColorScheme.LIGHT, "en-GB");
            Page ballot = voter.open(up.ballotPage("/ballots/gz-customs-2021"));
            for (String option : new String[] {"01", "25"}) {
                ballot.locator("label[for=choice-%s]".formatted(option)).click();
            }
            ballot.locator("#choice-01").evaluate("(box) => box.closest('li').scrollIntoView({ block: 'center' })");
            take(ballot, "ballot.png");
            ballot.locator("#send").click();
            ballot.locator("#confirm-send").click();
            assertThat(ballot.locator("#outcome-title")).containsText("counts");
            ballot.locator(".links a").first().click();
            assertThat(ballot.locator("h1")).hasText("This vote counts");
            take(ballot, "receipt.png");

            Page shared =
                    browser.visitor(Screen.DESKTOP, ColorScheme.LIGHT, "en-GB").open("about:blank");
            shared.setViewportSize(1200, 630);
            shared.setContent("<style>body { margin: 0 } svg { display: block }</style>"
                    + Files.readString(PICTURES.resolve("share.svg")));
            shared.screenshot(new ScreenshotOptions().setPath(SHARED));
        } finally {
            up.kill();
        }
    }

    private static void take(Page page, String name) {
        page.screenshot(new ScreenshotOptions().setPath(PICTURES.resolve(name)));
    }
}
