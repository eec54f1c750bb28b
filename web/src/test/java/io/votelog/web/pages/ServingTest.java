// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

class ServingTest {
    private static final String PATH = "/assets/both/";

    private final StaticFiles files = StaticFiles.common(PATH);

    @Test
    void shouldServeAFileForEverUnderAnAddressWithItsHash() {
        String address = files.address("votelog.css");
        assertThat(address).matches("/assets/both/votelog\\.[0-9a-f]{16}\\.css");
        ResponseEntity<byte[]> answer = get(address, new HttpHeaders());
        assertThat(answer.getStatusCode().value()).isEqualTo(200);
        assertThat(answer.getHeaders().getCacheControl()).isEqualTo("max-age=31536000, public, immutable");
        assertThat(answer.getHeaders().getFirst("Content-Type")).isEqualTo("text/css;charset=utf-8");
        assertThat(text(answer)).contains("prefers-color-scheme: dark");
    }

    @Test
    void shouldKnowNoFileByAnotherName() {
        for (String name : List.of("votelog.css", "votelog.0000000000000000.css", "", "../votelog.css")) {
            assertThat(files.answer(name, new HttpHeaders())).isEmpty();
        }
        assertThatThrownBy(() -> files.address("other.css")).hasMessageContaining("votelog.css");
        assertThatThrownBy(() -> StaticFiles.common(PATH).with(Template.class, "votelog.css", "votelog.exe"))
                .hasMessageContaining("*.exe");
    }

    @Test
    void shouldLinkModulesByTheirAddresses() {
        StaticFiles modules = StaticFiles.common(PATH)
                .with(ServingTest.class, "imported.js", "imported.js")
                .with(ServingTest.class, "importing.js", "importing.js");
        String imported = modules.address("imported.js");
        String served = text(modules.answer(modules.address("importing.js").substring(PATH.length()), new HttpHeaders())
                .orElseThrow());
        assertThat(served)
                .isEqualTo(
                        "import { one } from \"%1$s\";\nimport \"%1$s\";\nawait import(\"%1$s\");\nconst other = \"./imported.js\";\n"
                                .formatted(imported));
        assertThatThrownBy(() -> StaticFiles.common(PATH).with(ServingTest.class, "importing.js", "importing.js"))
                .hasMessageContaining("imported.js");
    }

    @Test
    void shouldSayThatAPageIsNotThere() {
        ResponseEntity<byte[]> answer = Content.html("<p>none").notFound(with("Accept-Encoding", "gzip"), "policy");
        assertThat(answer.getStatusCode().value()).isEqualTo(404);
        assertThat(answer.getHeaders().getFirst("Content-Security-Policy")).isEqualTo("policy");
        assertThat(answer.getHeaders().getFirst("Content-Encoding")).isEqualTo("gzip");
        assertThat(answer.getHeaders().getETag()).isNull();
        assertThat(answer.getHeaders().getCacheControl()).isEqualTo("no-store");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "GZIP"})
    void shouldCompressForWhoAsks(String accepted) throws IOException {
        Content page = Content.html("<p>" + "页面 ".repeat(200));
        ResponseEntity<byte[]> answer = page.answer(with("Accept-Encoding", accepted), "policy", Duration.ofSeconds(1));
        assertThat(answer.getHeaders().getFirst("Content-Encoding")).isEqualTo("gzip");
        assertThat(answer.getBody()).hasSizeLessThan(200);
        try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(answer.getBody()))) {
            assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8)).startsWith("<p>页面 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "br", "gzip;q=0", "gzip;q=0.0"})
    void shouldNotCompressForWhoDoesNot(String accepted) {
        ResponseEntity<byte[]> answer =
                Content.html("<p>页").answer(with("Accept-Encoding", accepted), "policy", Duration.ofSeconds(1));
        assertThat(answer.getHeaders().getFirst("Content-Encoding")).isNull();
        assertThat(text(answer)).isEqualTo("<p>页");
    }

    @Test
    void shouldNotSendWhatTheClientHas() {
        Content page = Content.html("<p>page");
        ResponseEntity<byte[]> first = page.answer(new HttpHeaders(), "policy", Duration.ofSeconds(1));
        String tag = first.getHeaders().getETag();
        for (String known : List.of(tag, "W/" + tag, "\"x\", " + tag, "*", "', W/, " + tag)) {
            ResponseEntity<byte[]> again = page.answer(with("If-None-Match", known), "policy", Duration.ofSeconds(1));
            assertThat(again.getStatusCode().value()).as(known).isEqualTo(304);
            assertThat(again.getBody()).isNull();
            assertThat(again.getHeaders().getFirst("Content-Security-Policy")).isEqualTo("policy");
        }
        ResponseEntity<byte[]> other =
                Content.html("<p>other").answer(with("If-None-Match", tag), "policy", Duration.ofSeconds(1));
        assertThat(other.getStatusCode().value()).isEqualTo(200);
        assertThat(first.getHeaders().getCacheControl()).isEqualTo("max-age=1");
        assertThat(first.getHeaders().getVary()).containsExactlyInAnyOrder("Accept-Encoding", "Accept-Language");
    }

    @Test
    void shouldLetAPageTalkToTheNamedOriginsAlone() {
        assertThat(ContentPolicy.of(
                        List.of(URI.create("https://results.example.org/x/y?z"), URI.create("http://[::1]:8081")),
                        false,
                        List.of(URI.create("https://results.example.org"))))
                .isEqualTo("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                        + " connect-src 'self' http://[::1]:8081 https://results.example.org;"
                        + " form-action 'self' https://results.example.org; base-uri 'none'; frame-ancestors 'none'");
        assertThat(ContentPolicy.of(List.of(), true, List.of()))
                .contains("img-src 'self' https:;", "form-action 'self';");
        assertThat(ContentPolicy.inFramesOf(List.of())).endsWith("; frame-ancestors 'none'");
        assertThat(ContentPolicy.inFramesOf(
                        List.of(URI.create("https://a.example"), URI.create("http://b.example:8000"))))
                .contains("connect-src 'self';")
                .endsWith("; frame-ancestors https://a.example http://b.example:8000");
    }

    @Test
    void shouldEscapeWhatFillsAGapAndMissNone() {
        Template template = Template.of(ServingTest.class, "page.mustache");
        Head head = Head.of("A < B", Language.CHINESE, files);
        assertThat(template.render(Map.of("head", head, "name", "<script>\"'")))
                .contains("<title>A &lt; B</title>", "&lt;script&gt;&quot;&#39;", files.address("votelog.css"))
                .contains("href=\"?lang=en\" lang=\"en\"", ">English<");
        assertThatThrownBy(() -> template.render(Map.of("head", head))).hasMessageContaining("name");
    }

    @Test
    void shouldEndTheStartWhenAWordIsMissing() {
        assertThat(Words.of(ServingTest.class, "words").in(Language.CHINESE)).containsEntry("hello", "你好");
        assertThatThrownBy(() -> Words.of(ServingTest.class, "lacking")).hasMessage("lacking lacks in zh: [goodbye]");
        assertThatThrownBy(() -> Words.of(ServingTest.class, "nothing")).hasMessageContaining("nothing-en.properties");
    }

    @Test
    void shouldFillTheGapsOfSentences() {
        Words words = Words.of(ServingTest.class, "words");
        assertThat(words.say(Language.ENGLISH, "votes", Map.of("n", 2, "of", "A")))
                .isEqualTo("2 votes for A");
        assertThat(words.say(Language.ENGLISH, "votes", Map.of("n", 1, "of", "A")))
                .isEqualTo("one vote for A");
        assertThat(words.say(Language.CHINESE, "votes", Map.of("n", 1, "of", "A")))
                .isEqualTo("A 得 1 票");
        assertThatThrownBy(() -> words.say(Language.ENGLISH, "nothing", Map.of()))
                .hasMessageContaining("nothing");
    }

    private ResponseEntity<byte[]> get(String address, HttpHeaders request) {
        return files.answer(address.substring(PATH.length()), request).orElseThrow();
    }

    private static HttpHeaders with(String name, String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(name, value);
        return headers;
    }

    private static String text(ResponseEntity<byte[]> answer) {
        byte[] body = answer.getBody();
        assertThat(body).isNotNull();
        return new String(body, StandardCharsets.UTF_8);
    }
}
