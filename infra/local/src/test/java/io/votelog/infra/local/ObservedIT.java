// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.votelog.infra.system.observe.PrometheusProcess;
import io.votelog.infra.testing.PrometheusApi;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.browser.Browser;
import io.votelog.infra.testing.browser.Browser.Screen;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code infra/up --observe} scrapes all parts, and the dashboards ask for what is there. */
@WholeSystem
class ObservedIT {
    private static final Path OBSERVABILITY = Path.of("../observability");

    /** By which Grafana fills in an interval that has several samples. */
    private static final String INTERVAL = "$__rate_interval";

    private static final JsonMapper JSON = new JsonMapper();

    /** Words that are followed by a parenthesis or a brace, or stand alone, and are no metrics. */
    private static final Set<String> LANGUAGE =
            Set.of("sum", "max", "min", "rate", "increase", "histogram_quantile", "by", "and", "or", "on", "m", "h");

    @TempDir
    static Path dir;

    private static Running up;
    private static URI address;
    private static PrometheusApi prometheus;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(PrometheusProcess.program().isPresent(), "no Prometheus is installed");
        up = Running.start(dir, "--observe", "--demo", "20");
        up.awaitReady();
        // Proofs that nobody has asked for have no outcome.
        up.awaitProof(up.vote("ada", "01", "25"));
        address = URI.create("http://127.0.0.1:" + up.port(9090));
        prometheus = new PrometheusApi(address);
        await("a minute of everything")
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> prometheus
                                .query("count(count_over_time(up[2m]) >= 13 and up == 1) == 3")
                                .size()
                        == 1);
    }

    @AfterAll
    static void stop() throws Exception {
        if (up != null) {
            up.kill();
        }
    }

    @Test
    void shouldBeSaidWhereItIs() {
        assertThat(up.said())
                .anyMatch(line -> line.equals("Prometheus      %1$s, what fires: %1$s/alerts".formatted(address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"operators.json", "vote.json"})
    void dashboardsShouldAskForWhatIsThere(String file) throws Exception {
        Set<String> metrics = prometheus.metrics();
        Set<String> labels = prometheus.labels();
        for (Query query : queries(file)) {
            assertThat(query.title()).isNotBlank();
            assertThat(query.described()).as(query.title()).isNotBlank();
            assertThat(named("[a-z_]+(?=[{\\[ )/*>=]|$)", withoutLabels(query.expression())))
                    .as(query.expression())
                    .isNotEmpty()
                    .isSubsetOf(metrics);
            Set<String> asked = named("(?<=by \\()[a-z_, ]+(?=\\))", query.expression()).stream()
                    .flatMap(list -> Pattern.compile(", *").splitAsStream(list))
                    .collect(Collectors.toSet());
            asked.addAll(named("[a-z_]+(?=!?=~?\")", query.expression()));
            assertThat(asked).as(query.expression()).isSubsetOf(labels);
            assertThat(named("(?<=\\{\\{)[a-z_]+(?=}})", query.legend()))
                    .as("labels in the legend of " + query.title())
                    .isSubsetOf(asked);
            JsonNode answer = prometheus.query(query.expression().replace(INTERVAL, "1m"));
            // A proof that nobody asked for has no outcome, and a demo that casts what it may is refused nothing.
            if (!query.expression().contains("votelog_sealer_proofs_total")
                    && !query.expression().endsWith("> 0")) {
                assertThat(answer).as(query.expression()).isNotEmpty();
            }
        }
    }

    @Test
    void shouldBeSeen() throws Exception {
        List<Query> queries = queries("operators.json");
        List<String> drawn =
                List.of("Votes by answer", "Verdicts", "Acknowledgement by the log", "Records that are not counted");
        List<String> expressions = new ArrayList<>();
        for (String title : drawn) {
            expressions.add(queries.stream()
                    .filter(query -> query.title().equals(title))
                    .map(query -> query.expression().replace(INTERVAL, "1m"))
                    .reduce((first, last) -> last)
                    .orElseThrow());
        }
        String path = IntStream.range(0, expressions.size())
                .mapToObj(n -> "g%1$d.expr=%2$s&g%1$d.tab=0&g%1$d.range_input=2m"
                        .formatted(n, URLEncoder.encode(expressions.get(n), UTF_8)))
                .collect(Collectors.joining("&", "/graph?", ""));
        try (Browser browser = Browser.start()) {
            Page page = browser.visitor(Screen.DESKTOP, ColorScheme.LIGHT, "en-GB")
                    .open(address.resolve(path).toString());
            // Debian's Prometheus draws with paths, others' on a canvas.
            page.waitForFunction(
                    "[...document.querySelectorAll('.graph')].filter(it => it.querySelector('path, canvas')).length === "
                            + expressions.size());
            assertThat(page.locator("text=Error executing query").count()).isZero();
            if (Boolean.getBoolean("votelog.pictures")) {
                page.setViewportSize(1280, 1400);
                page.evaluate("window.scrollTo(0, 0)");
                page.screenshot(new ScreenshotOptions().setPath(OBSERVABILITY.resolve("operators.png")));
            }
        }
    }

    /** A panel's query. */
    private record Query(String title, String described, String expression, String legend) {}

    private static List<Query> queries(String dashboard) {
        List<Query> queries = JSON.readTree(
                        OBSERVABILITY.resolve("dashboards").resolve(dashboard).toFile())
                .path("panels")
                .valueStream()
                .flatMap(panel -> panel.path("targets")
                        .valueStream()
                        .map(target -> new Query(
                                panel.path("title").stringValue(),
                                panel.path("description").stringValue(""),
                                target.path("expr").stringValue(),
                                target.path("legendFormat").stringValue())))
                .toList();
        assertThat(queries).hasSizeGreaterThan(10);
        return queries;
    }

    /** Without what stands in braces, in brackets, and behind {@code by}. */
    private static String withoutLabels(String expression) {
        return expression
                .replaceAll("\\{[^}]*}", "")
                .replaceAll("\\[[^]]*]", "")
                .replaceAll("by \\([a-z_, ]+\\)", "");
    }

    private static Set<String> named(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> found.group().strip())
                .filter(word -> !LANGUAGE.contains(word))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
