// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.google.gson.JsonObject;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.RouteOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitUntilState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Chromium of this machine, driven as a person would drive it. */
public final class Browser implements AutoCloseable {
    /** Environment variable: the Chromium to use. */
    private static final String CHROMIUM = "VOTELOG_TEST_CHROMIUM";

    private static final List<String> USUAL_PLACES =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

    /** Nothing but the pages under test may be asked for anything. */
    private static final List<String> QUIET = List.of(
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private static final String MEASURE_SHIFTS =
            """
            window.shifted = 0;
            new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
              if (!entry.hadRecentInput) { window.shifted += entry.value; }
            })).observe({ type: "layout-shift", buffered: true });
            """;

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;
    private final List<Visitor> visitors = new ArrayList<>();

    private Browser(Path chromium) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new LaunchOptions()
                        .setExecutablePath(chromium)
                        .setChromiumSandbox(false)
                        .setArgs(QUIET));
    }

    /** Starts it; where there is none, the test that asks is skipped, and a line says so. */
    public static Browser start() {
        Optional<Path> chromium = Optional.ofNullable(System.getenv(CHROMIUM))
                .map(Path::of)
                .or(() -> USUAL_PLACES.stream()
                        .map(Path::of)
                        .filter(Files::isExecutable)
                        .findFirst());
        if (chromium.isEmpty()) {
            System.out.println(
                    "pages skipped: no Chromium at " + String.join(", ", USUAL_PLACES) + ", and no " + CHROMIUM);
        }
        assumeTrue(chromium.isPresent());
        return new Browser(chromium.get());
    }

    /** Has all visitors leave, so that their pages take no more of the machine. */
    public void leave() {
        visitors.forEach(Visitor::leave);
        visitors.clear();
    }

    /** What a visitor looks through. */
    public enum Screen {
        PHONE(360, 740),
        DESKTOP(1280, 900),
        WALL(1920, 1080),
        LARGE_WALL(3840, 2160);

        private final int width;
        private final int height;

        Screen(int width, int height) {
            this.width = width;
            this.height = height;
        }

        /** In CSS pixels. */
        public int height() {
            return height;
        }
    }

    /** Somebody new, who was never here before. */
    public Visitor visitor(Screen screen, ColorScheme scheme, String locale) {
        return visitor(screen, scheme, locale, true);
    }

    /** Somebody new whose browser runs no scripts. */
    public Visitor withoutScripts(Screen screen, String locale) {
        return visitor(screen, ColorScheme.LIGHT, locale, false);
    }

    private Visitor visitor(Screen screen, ColorScheme scheme, String locale, boolean scripts) {
        BrowserContext context = browser.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(screen.width, screen.height)
                .setColorScheme(scheme)
                .setLocale(locale)
                .setJavaScriptEnabled(scripts)
                .setTimezoneId("Europe/Berlin"));
        Visitor visitor = new Visitor(context);
        visitors.add(visitor);
        return visitor;
    }

    /** One browser profile, and what its pages complained of. */
    public static final class Visitor {
        private final BrowserContext context;
        private final List<String> complaints = new ArrayList<>();
        private long wireBytes;
        private boolean left;

        private Visitor(BrowserContext context) {
            this.context = context;
            context.onConsoleMessage(message -> {
                if (Stream.of("error", "warning").anyMatch(message.type()::equals)) {
                    complaints.add(message.type() + ": " + message.text() + " at " + message.location());
                }
            });
            context.onWebError(error -> complaints.add("uncaught: " + error.error()));
        }

        /** Weighs what comes over the network from now on, the streams of results aside. */
        public void weighAnswers() {
            context.onRequestFinished(request -> {
                // The last requests of who has left may be told of while somebody else is here; nobody knows their
                // sizes any more.
                if (!left && !request.url().contains("/stream")) {
                    wireBytes += request.sizes().responseBodySize + request.sizes().responseHeadersSize;
                }
            });
        }

        private void leave() {
            left = true;
            context.close();
        }

        public Page open(String address) {
            Page page = context.newPage();
            page.setDefaultTimeout(20_000);
            page.navigate(address);
            return page;
        }

        /** Opens a page and returns as soon as its answer has begun, before its scripts have run. */
        public Page openAsItComes(String address) {
            Page page = context.newPage();
            page.setDefaultTimeout(20_000);
            page.navigate(address, new Page.NavigateOptions().setWaitUntil(WaitUntilState.COMMIT));
            return page;
        }

        /**
         * Opens a page whose clock the test may put forward.
         *
         * @param pattern the first request that matches gets this answer, and nothing else is made up
         */
        public Page openWithFirstAnswer(String address, String pattern, String type, String body) {
            Page page = context.newPage();
            page.setDefaultTimeout(20_000);
            page.clock().install();
            page.route(
                    pattern,
                    route -> route.fulfill(
                            new FulfillOptions().setContentType(type).setBody(body)),
                    new RouteOptions().setTimes(1));
            page.navigate(address);
            return page;
        }

        /** Has each of its pages run this before its own scripts, as an engine that lacks something would. */
        public void beginWith(String script) {
            context.addInitScript(script);
        }

        /** Adds up the layout shifts of each of its pages, by the measure of the web's vitals. */
        public void measureShifts() {
            beginWith(MEASURE_SHIFTS);
        }

        /** Answers requests whose addresses match in the server's place. */
        public void answer(String pattern, Consumer<Route> handler) {
            context.route(pattern, handler);
        }

        /** Lets the server answer again. */
        public void answerNoMore(String pattern) {
            context.unroute(pattern);
        }

        /**
         * Lets a page's network be as slow as a crowded cell of a mobile one, for what it loads from now on.
         *
         * @param latencyMs what each request takes before its answer begins, in milliseconds
         * @param bytesPerSecond in each direction
         */
        public void slowDown(Page page, int latencyMs, int bytesPerSecond) {
            CDPSession session = context.newCDPSession(page);
            session.send("Network.enable");
            JsonObject conditions = new JsonObject();
            conditions.addProperty("offline", false);
            conditions.addProperty("latency", latencyMs);
            conditions.addProperty("downloadThroughput", bytesPerSecond);
            conditions.addProperty("uploadThroughput", bytesPerSecond);
            session.send("Network.emulateNetworkConditions", conditions);
        }

        /**
         * Lets a page's processor be so many times slower.
         *
         * @param times 6 makes of a desktop's a cheap phone's
         */
        public void slowProcessor(Page page, int times) {
            JsonObject rate = new JsonObject();
            rate.addProperty("rate", times);
            context.newCDPSession(page).send("Emulation.setCPUThrottlingRate", rate);
        }

        public void offline(boolean off) {
            context.setOffline(off);
        }

        /** Errors and warnings of the console since the last call. A request that fails with the network is not the page's fault. */
        public List<String> complaints() {
            List<String> said = complaints.stream()
                    .filter(complaint -> !complaint.contains("net::ERR_INTERNET_DISCONNECTED"))
                    .toList();
            complaints.clear();
            return said;
        }

        /** What has come over the network since it is weighed, in bytes. */
        public long wireBytes() {
            return wireBytes;
        }
    }

    /** How far things have shifted on a page of a visitor whose shifts are measured, since it began or since the last call. */
    public static double shifted(Page page) {
        double shifted = ((Number) page.evaluate("window.shifted")).doubleValue();
        page.evaluate("window.shifted = 0");
        return shifted;
    }

    /** Asserts that axe-core finds nothing to mend (WCAG 2.0 to 2.2, A and AA, and its best practices). */
    public static void assertAccessible(Page page) {
        // No page has frames, for which axe would open a page of its own each time.
        List<Rule> violations = new AxeBuilder(page)
                .setLegacyMode(true)
                .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"))
                .analyze()
                .getViolations();
        if (!violations.isEmpty()) {
            throw new AssertionError(violations.stream()
                    .map(rule -> rule.getId() + ": " + rule.getHelp() + " "
                            + rule.getNodes().stream()
                                    .map(node -> node.getHtml())
                                    .limit(3)
                                    .toList())
                    .collect(Collectors.joining("\n", page.url() + "\n", "")));
        }
    }

    /** Asserts that nothing sticks out to the side. */
    public static void assertFits(Page page) {
        if (!Boolean.TRUE.equals(
                page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))) {
            throw new AssertionError("sideways scrolling at " + page.url());
        }
    }

    @Override
    public void close() {
        leave();
        browser.close();
        playwright.close();
    }
}
