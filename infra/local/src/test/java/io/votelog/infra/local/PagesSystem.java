// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.votelog.infra.testing.browser.Browser;
import io.votelog.infra.testing.browser.Browser.Screen;
import io.votelog.infra.testing.browser.Browser.Visitor;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.util.FileSystemUtils;

/** A whole system and a browser, from the first test of a class to its last; visitors leave after each test. */
final class PagesSystem implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private static final int PATIENCE_MS = 30_000;

    private final Starter starter;
    private Path dir;
    private Browser browser;
    private Running up;

    /** Starts a system in a folder. */
    interface Starter {
        Running start(Path dir) throws Exception;
    }

    PagesSystem(Starter starter) {
        this.starter = starter;
    }

    Running up() {
        return up;
    }

    Browser browser() {
        return browser;
    }

    /** Somebody new, who reads English, by day. */
    Visitor visitor(Screen screen) {
        return browser.visitor(screen, ColorScheme.LIGHT, "en-GB");
    }

    /** What is answered to who reads English and prefers that type. */
    static HttpResponse<String> ask(String address, String accept) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address))
                                .header("Accept", accept)
                                .header("Accept-Language", "en")
                                .build(),
                        BodyHandlers.ofString());
    }

    /** Picks options on a page of a ballot. */
    static void pick(Page ballot, String... options) {
        for (String option : options) {
            ballot.locator("label[for=choice-%s]".formatted(option)).click();
            assertThat(ballot.locator("#choice-" + option)).isChecked();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        browser = Browser.start();
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
        dir = Files.createTempDirectory("pages");
        up = starter.start(dir);
        up.awaitReady();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        browser.leave();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (up != null) {
            up.kill();
        }
        if (browser != null) {
            browser.close();
        }
        if (dir != null) {
            FileSystemUtils.deleteRecursively(dir);
        }
    }
}
