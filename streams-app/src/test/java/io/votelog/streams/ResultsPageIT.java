// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The pages over HTTP; what they do in a browser is tested where the whole system runs. */
@WithKafka(freshTopics = true)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ResultsPageIT {
    private static final int WIRE_LIMIT = 150 * 1024;

    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(
                broker.bootstrapServers(),
                "results-page-it",
                state,
                "--votelog.public-urls.producer=https://vote.example.org");
        log = new LogWriter(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @Test
    @Order(1)
    void shouldLeadFromTheStartToWhatThereIs() {
        assertThat(app.get("/").body()).contains("There is no ballot here at the moment.");
        log.publishOpen("first");
        awaitPage("/ballots/first/results");
        HttpResponse<String> one = app.get("/?lang=zh");
        assertThat(one.statusCode()).isEqualTo(302);
        assertThat(one.headers().firstValue("Location")).contains("/ballots/first/results?lang=zh");
        log.publishOpen("second");
        awaitPage("/ballots/second/results");
        assertThat(app.get("/").body())
                .contains("href=\"/ballots/first/results?lang=en\"", "href=\"/ballots/second/results?lang=en\"");
    }

    @Test
    @Order(2)
    void shouldServeThePageWithAllThatItNeeds() {
        log.publishOpen("paged");
        log.vote("paged", "a1", "b1");
        ResultsIT.awaitReceived(app, "paged", 1);

        HttpResponse<String> page = app.get("/ballots/paged/results", "Accept-Language", "en");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(page.headers().firstValue("Cache-Control")).contains("max-age=1");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.body())
                .contains("<dd data-figure=\"counting\">1</dd>", "https://vote.example.org/ballots/paged?lang=en");

        int bytes = wireBytes("/ballots/paged/results");
        Matcher asset = Pattern.compile("\"(/assets/results/[^\"]+)\"").matcher(page.body());
        while (asset.find()) {
            HttpResponse<String> file = app.get(asset.group(1));
            assertThat(file.statusCode()).as(asset.group(1)).isEqualTo(200);
            assertThat(file.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
            assertThat(file.body()).doesNotContain(" from \"./");
            bytes += wireBytes(asset.group(1));
        }
        assertThat(bytes).isBetween(20 * 1024, WIRE_LIMIT);
        ReceiptsIT.assertProblem(app.get("/assets/results/results.js"), 404, "not-found");
    }

    @Test
    @Order(3)
    void shouldNotSendAPageAgainThatTheBrowserHas() {
        log.publishOpen("kept");
        awaitPage("/ballots/kept/results");
        String tag = ResultsIT.awaitTag(app, "/ballots/kept/results");
        log.vote("kept", "a1", "b1");
        ResultsIT.awaitReceived(app, "kept", 1);
        assertThat(app.get("/ballots/kept/results", "If-None-Match", tag).statusCode())
                .isEqualTo(200);
        assertThat(send("HEAD", "/ballots/kept/results", "identity").statusCode())
                .isEqualTo(200);
    }

    @Test
    @Order(4)
    void shouldSayInTheReadersLanguageThatThereIsNoSuchBallot() {
        HttpResponse<String> page = app.get("/ballots/nowhere/results", "Accept-Language", "zh-CN");
        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("style-src 'self'");
        assertThat(page.body()).contains("没有这个投票");
        ReceiptsIT.assertProblem(app.get("/v1/ballots/nowhere/results.csv"), 404, "unknown-ballot");
    }

    @Test
    @Order(5)
    void shouldGiveTheCountsAsAFile() {
        log.publishOpen("filed");
        log.vote("filed", "a1", "b1");
        ResultsIT.awaitReceived(app, "filed", 1);
        ResultsIT.awaitTag(app, "/v1/ballots/filed/results.csv?lang=zh");
        HttpResponse<String> file = app.get("/v1/ballots/filed/results.csv?lang=zh", "Accept-Language", "en");
        assertThat(file.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"filed-results.csv\"");
        assertThat(file.headers().firstValue("Content-Type")).contains("text/csv;charset=UTF-8");
        HttpResponse<String> asCsv =
                app.get("/v1/ballots/filed/results", "Accept", "text/csv", "Accept-Language", "zh");
        // Programs get plain CSV; spreadsheets get the byte-order mark by which they know UTF-8.
        assertThat(asCsv.body()).startsWith("section,").contains("A,a1,甲,1,1\r\n");
        assertThat(file.body()).isEqualTo("\uFEFF" + asCsv.body());
        String tag = file.headers().firstValue("ETag").orElseThrow();
        assertThat(asCsv.headers().firstValue("ETag").orElseThrow()).isNotEqualTo(tag);
        assertThat(app.get("/v1/ballots/filed/results.csv?lang=zh", "If-None-Match", tag)
                        .statusCode())
                .isEqualTo(304);
    }

    private static void awaitPage(String path) {
        Awaitility.await(path)
                .atMost(Duration.ofSeconds(30))
                .until(() -> app.get(path).statusCode() == 200);
    }

    private static int wireBytes(String path) {
        HttpResponse<byte[]> answer = send("GET", path, "gzip");
        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
        return answer.body().length;
    }

    private static HttpResponse<byte[]> send(String method, String path, String encoding) {
        URI uri = app.uri(path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Accept-Encoding", encoding)
                .build();
        return RunningApp.HTTP.sendAsync(request, BodyHandlers.ofByteArray()).join();
    }
}
