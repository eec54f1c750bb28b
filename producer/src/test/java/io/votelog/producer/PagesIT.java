// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.ballot;
import static io.votelog.producer.Gateway.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.web.headers.SafetyHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages and files that a browser gets from a running gateway, besides the API. */
@WithKafka(freshTopics = true)
class PagesIT {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @Test
    void shouldLeadVotersToTheirBallot(KafkaBroker broker) {
        try (Gateway gateway = Gateway.start(broker.bootstrapServers())) {
            assertThat(page(gateway, "/", 200).body()).contains("There is no ballot here at the moment.");
            String operator = gateway.token("operator", "ballots:write");
            gateway.put(operator, "later", ballot("later", "Later", NOW.plusSeconds(3600), NOW.plusSeconds(7200)));
            assertThat(gateway.get("/").headers().firstValue("Location")).hasValue("/ballots/later");
            assertThat(page(gateway, "/ballots", 200).body())
                    .contains("href=\"/ballots/later?lang=en\"", "data-stage=\"coming\"");

            gateway.publishOpen("first");
            HttpResponse<String> toTheOne = gateway.get("/?lang=zh");
            assertThat(toTheOne.statusCode()).isEqualTo(302);
            assertThat(toTheOne.headers().firstValue("Location")).hasValue("/ballots/first?lang=zh");
            assertThat(toTheOne.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(page(gateway, "/ballots/first?lang=zh", 200).body())
                    .contains("<html lang=\"zh\">", "data-stage=\"open\"", "进行中");
            assertThat(page(gateway, "/ballots/later", 200).body()).contains("data-stage=\"scheduled\"");

            gateway.publishOpen("second");
            assertThat(page(gateway, "/", 200).body())
                    .contains("/ballots/first?", "/ballots/second?", "/ballots/later?");
            gateway.close(operator, "second");
            assertThat(gateway.get("/").statusCode()).isEqualTo(302);
            assertThat(page(gateway, "/ballots/second", 200).body())
                    .contains("data-stage=\"closed\"", "https://results.example/ballots/second/results");

            shouldServeWhatThePageNames(gateway);
            shouldSpeakTheBrowsersLanguage(gateway);
            shouldSayInHtmlWhatIsNotThere(gateway);
        }
    }

    private static void shouldServeWhatThePageNames(Gateway gateway) {
        HttpResponse<String> page = page(gateway, "/ballots/first", 200);
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("max-age=5");
        assertThat(page.headers().firstValue("Vary").orElseThrow()).contains("Accept-Language");
        String tag = page.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> again = gateway.send(
                HttpRequest.newBuilder(gateway.at("/ballots/first")).header("If-None-Match", tag));
        assertThat(again.statusCode()).isEqualTo(304);
        HttpResponse<String> head = gateway.send(
                HttpRequest.newBuilder(gateway.at("/ballots/first")).method("HEAD", BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();

        Matcher asset =
                Pattern.compile("(?:src|href)=\"(/assets/ballot/[^\"]+)\"").matcher(page.body());
        int found = 0;
        while (asset.find()) {
            HttpResponse<String> file = gateway.get(asset.group(1));
            assertThat(file.statusCode()).as(asset.group(1)).isEqualTo(200);
            assertThat(file.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
            assertThat(file.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            // Modules import one another by addresses that are served too.
            Matcher imported =
                    Pattern.compile("(?:from|import)[ (]*\"([^\"]+)\"").matcher(file.body());
            while (imported.find()) {
                assertThat(imported.group(1)).startsWith("/assets/ballot/");
                assertThat(gateway.get(imported.group(1)).statusCode()).isEqualTo(200);
            }
            found++;
        }
        assertThat(found).isGreaterThan(8);
    }

    private static void shouldSpeakTheBrowsersLanguage(Gateway gateway) {
        HttpResponse<String> chinese = gateway.send(HttpRequest.newBuilder(gateway.at("/ballots/first"))
                .header("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8"));
        assertThat(chinese.body()).contains("<html lang=\"zh\">");
        HttpResponse<String> switched = gateway.send(
                HttpRequest.newBuilder(gateway.at("/ballots/first?lang=en")).header("Accept-Language", "zh-CN"));
        assertThat(switched.body()).contains("<html lang=\"en\">");
    }

    private static void shouldSayInHtmlWhatIsNotThere(Gateway gateway) {
        for (String path : List.of("/ballots/none", "/ballots/%3Cscript%3E", "/sign-in")) {
            assertThat(page(gateway, path, 404).body())
                    .contains("There is no such vote")
                    .doesNotContain("<script>");
        }
        for (String path : List.of("/assets/ballot/ballot.js", "/assets/ballot/none", "/ballots/first/more")) {
            problem(gateway.get(path), 404, "not-found");
        }
        HttpResponse<String> api = gateway.get("/v1/ballots/first");
        assertThat(api.headers().firstValue("Content-Security-Policy")).hasValue(SafetyHeaders.CONTENT_SECURITY_POLICY);
    }

    @Test
    void shouldServeThePageOnWhichASignInEnds(KafkaBroker broker) {
        try (Gateway gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.sign-in.issuer=https://login.example",
                "--votelog.sign-in.client-id=ballot-page")) {
            HttpResponse<String> page = page(gateway, "/sign-in?code=x&state=%3Cb%3E", 200);
            assertThat(page.body()).contains("Completing your sign-in.").doesNotContain("<b>");
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("connect-src 'self' https://login.example https://results.example");
        }
    }

    /** A page; asserts the headers that keep browsers safe. */
    private static HttpResponse<String> page(Gateway gateway, String path, int status) {
        HttpResponse<String> answer = gateway.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
        assertThat(answer.headers().allValues("Content-Security-Policy")).hasSize(1);
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        return answer;
    }
}
