// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.schemas.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page that checks a proof is as a file; {@link CheckPageIT} has it checking. */
class CheckPageTest {
    static final Path PAGE = Path.of("src/main/resources/io/votelog/auditor/page/check.html");
    private static final int MOST_BYTES = 80 * 1024;
    private static final Pattern INLINE = Pattern.compile("<(script|style)[^>]*>(.*?)</\\1>", Pattern.DOTALL);

    private final String page = read();

    private static String read() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldBeSmall() {
        assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThan(MOST_BYTES);
    }

    /** A browser runs no other script in it, whoever hosts it. -Dvotelog.write=true writes the hashes anew. */
    @Test
    void shouldAllowItsOwnScriptsAndStylesAlone() throws IOException {
        List<String> hashes = new ArrayList<>();
        Matcher inline = INLINE.matcher(page);
        while (inline.find()) {
            byte[] text = inline.group(2).getBytes(StandardCharsets.UTF_8);
            hashes.add("'sha256-%s'"
                    .formatted(
                            Base64.getEncoder().encodeToString(Digests.sha256().digest(text))));
        }
        assertThat(hashes).hasSize(3);
        String policy =
                "default-src 'none'; script-src %s %s; style-src %s; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
                        .formatted(hashes.get(1), hashes.get(2), hashes.get(0));
        String wanted = page.replaceFirst("(?<=Content-Security-Policy\" content=\")[^\"]*", policy);
        if (Boolean.getBoolean("votelog.write")) {
            Files.writeString(PAGE, wanted);
        } else {
            assertThat(page).as("-Dvotelog.write=true writes the hashes anew").isEqualTo(wanted);
        }
    }

    @Test
    void shouldReferToNothingOutsideOfItself() {
        List<String> references = Stream.of(
                        "\\bsrc=",
                        "\\burl\\(",
                        "@import",
                        "import\\(",
                        "^import ",
                        "href=\"(?!data:)",
                        "XMLHttpRequest",
                        "WebSocket")
                .filter(reference -> Pattern.compile(reference, Pattern.MULTILINE)
                        .matcher(page)
                        .find())
                .toList();
        assertThat(references).isEmpty();
        assertThat(page.split("fetch\\(", -1))
                .as("one place that asks a server")
                .hasSize(2);
    }

    /** What is shown is always text: nothing that was given can become markup. */
    @Test
    void shouldMakeNoMarkupOfWhatItIsGiven() {
        assertThat(page)
                .doesNotContain(
                        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function");
    }

    @Test
    void shouldHaveEachSentenceThatItAsksFor() {
        Matcher words = Pattern.compile("^  (?:\"([^\"]+)\"|(\\w+)): \\[\"", Pattern.MULTILINE)
                .matcher(page);
        List<String> known = new ArrayList<>();
        while (words.find()) {
            known.add(words.group(1) == null ? words.group(2) : words.group(1));
        }
        assertThat(known).hasSizeGreaterThan(150).doesNotHaveDuplicates();
        String checker = page.substring(page.indexOf("<script"), page.indexOf("const WORDS"));
        List<String> asked = new ArrayList<>();
        for (String pattern : List.of(
                "refuse\\(\"([^\"]+)\"",
                "report\\.(?:pass|fail)\\([^,]+, \"([^\"]+)\"",
                "report\\.add\\([^,]+, \"[a-zA-Z]+\", \"([^\"]+)\"",
                "data-say=\"([^\"]+)\"",
                "(?:say|tell)\\((?:\"[^\"]+\", )?\"([a-z][^\"$]*)\"")) {
            Matcher matcher = Pattern.compile(pattern).matcher(page);
            while (matcher.find()) {
                asked.add(matcher.group(1));
            }
        }
        Matcher ids = Pattern.compile("report\\.(?:pass|fail|add|attempt)\\(\"([^\"]+)\"")
                .matcher(checker);
        while (ids.find()) {
            asked.add("step." + ids.group(1));
        }
        assertThat(asked).hasSizeGreaterThan(80);
        assertThat(known)
                .containsAll(
                        asked.stream().filter(key -> !key.endsWith("-said")).toList());
    }
}
