// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.RawHttp.Answer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with a request, and whoever finds it, the answer is a problem document; HEAD gets its head alone. */
@WithKafka(freshTopics = true)
class EveryErrorIsAProblemIT {
    @Test
    void shouldSayWhatIsWrong(KafkaBroker broker) {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("GET /" + "a".repeat(9000), "414 uri-too-long");
        expected.put("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(9000), "431 headers-too-large");
        expected.put(get("/ballots/%zz"), "400 malformed-request");
        expected.put(get("/ballots/%"), "400 malformed-request");
        expected.put(get("/?lang=%f"), "400 malformed-request");
        expected.put(get("/a//b"), "400 malformed-request");
        expected.put(get("/a;b"), "400 malformed-request");
        expected.put(get("/../a"), "400 malformed-request");
        expected.put("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "400 malformed-request");
        expected.put(get("/a%2fb"), "400 malformed-request");
        expected.put("GET / HTTP/1.1\r\n\r\n", "400 malformed-request");
        expected.put("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "400 malformed-request");
        expected.put("GET / HTTP/2.7\r\nHost: a\r\n\r\n", "400 malformed-request");
        expected.put(get("/assets/none.js"), "404 not-found");
        expected.put(get("/assets/none/none.js"), "404 not-found");
        expected.put(get("/none"), "404 not-found");
        expected.put(get("/v1/ballots/none"), "404 unknown-ballot");
        expected.put(get("/v1/ballots/a%00b"), "400 malformed-request");
        expected.put(get("/v1/ballots/%ff"), "404 unknown-ballot");
        expected.put("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", "405 method-not-allowed");
        expected.put("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", "400 malformed-request");
        expected.put("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "404 not-found");
        expected.put("GET /v1/ballots HTTP/1.1\r\nHost: a\r\nAccept: image/png\r\n\r\n", "406 not-acceptable");
        expected.put("GET /v1/ballots HTTP/1.1\r\nHost: a\r\nAccept: /\r\n\r\n", "406 not-acceptable");
        expected.put("PUT /v1/ballots/b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "401 unauthorized");
        try (Gateway gateway = Gateway.start(broker.bootstrapServers())) {
            String writer = gateway.token("operator", "ballots:write");
            expected.put(
                    "PUT /v1/ballots/b HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\n\r\n"
                            .formatted(writer),
                    "415 unsupported-media-type");
            expected.forEach((request, summary) -> {
                try (RawHttp http = RawHttp.to(gateway.at("/"))) {
                    http.send(request);
                    Answer answer = http.answer();
                    assertThat(answer.summary()).as(request).isEqualTo(summary);
                    assertThat(answer.json().path("detail").stringValue())
                            .as(request)
                            .isNotBlank();
                    assertThat(answer.json().path("status").intValue()).isEqualTo(answer.status());
                    assertThat(answer.headers())
                            .as(request)
                            .containsKeys(
                                    "x-content-type-options",
                                    "x-frame-options",
                                    "referrer-policy",
                                    "content-security-policy");
                    assertThat(answer.header("Vary").orElse("")).as(request).containsIgnoringCase("origin");
                    assertThat(answer.header("Cache-Control").orElse(""))
                            .as(request)
                            .contains("no-store");
                }
                if (!request.startsWith("GET ") || !request.endsWith("\r\n\r\n")) {
                    return;
                }
                try (RawHttp http = RawHttp.to(gateway.at("/"))) {
                    http.send("HEAD" + request.substring(3));
                    Answer answer = http.bodiless();
                    assertThat(answer.status())
                            .as("HEAD" + request.substring(3))
                            .isEqualTo(Integer.parseInt(summary.substring(0, 3)));
                    assertThat(answer.header("Content-Type")).hasValue("application/problem+json");
                    http.end();
                    assertThat(http.rest()).as("behind the head").isEmpty();
                }
            });
        }
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }
}
