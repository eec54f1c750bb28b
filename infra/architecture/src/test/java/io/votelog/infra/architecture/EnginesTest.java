// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scripts and styles of the pages do without what Chromium 80 and WebKit of Safari 13.1 lack, where a page would do less without it. Since
 * when engines have something: <a href="https://github.com/mdn/browser-compat-data">MDN's browser-compat-data</a>.
 */
class EnginesTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final List<String> ROOMS = List.of("web", "producer", "streams-app");

    /** What is not there in an engine of 2020, by what it looks like in a script. */
    private static final Map<String, Pattern> SCRIPT = Map.of(
            "Array.prototype.at",
            Pattern.compile("\\.at\\("),
            "Array.prototype.findLast",
            Pattern.compile("\\.findLast(?:Index)?\\("),
            "replaceChildren",
            Pattern.compile("\\.replaceChildren\\("),
            "String.prototype.replaceAll",
            Pattern.compile("\\.replaceAll\\("),
            "logical assignment",
            Pattern.compile("(?:\\?\\?|\\|\\||&&)="),
            "AbortSignal.timeout, AbortSignal.any",
            Pattern.compile("AbortSignal\\.(?:timeout|any)\\("),
            "structuredClone, Object.hasOwn, Promise.any, crypto.randomUUID",
            Pattern.compile("structuredClone\\(|Object\\.hasOwn\\(|Promise\\.any\\(|\\.randomUUID\\("),
            "private and static members",
            Pattern.compile("(?m)^\\s+(?:static\\s+\\w+\\s*=|#\\w+)"),
            "top-level await",
            Pattern.compile("(?m)^await "));

    /** The same in a style; what such an engine leaves out must not be what a page's order hangs on. */
    private static final Map<String, Pattern> STYLE = Map.of(
            "logical properties",
                    Pattern.compile(
                            "(?:padding|margin|border|inset|scroll-padding|scroll-margin)-(?:block|inline)|\\binset:"),
            "selectors :is, :where, :has", Pattern.compile(":(?:is|where|has)\\("),
            "colours without commas", Pattern.compile("rgba?\\([^,)]*[ /][^,)]*\\)"),
            "nesting, layers, containers", Pattern.compile("(?m)^\\s*&|@layer|@container"));

    @Test
    void shouldUseNothingThatEnginesOf2020DoNotHave() throws IOException {
        List<String> found = new ArrayList<>();
        int read = 0;
        for (String room : ROOMS) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(room).resolve("src/main/resources"))) {
                for (Path file : files.filter(EnginesTest::isOurs).toList()) {
                    read++;
                    String text = Files.readString(file);
                    Map<String, Pattern> newer = file.toString().endsWith(".js") ? SCRIPT : STYLE;
                    newer.forEach((name, pattern) -> pattern.matcher(withoutComments(text))
                            .results()
                            .map(MatchResult::group)
                            .forEach(use ->
                                    found.add("%s: %s: %s".formatted(ROOT.relativize(file), name, use.strip()))));
                }
            }
        }
        assertThat(read).isGreaterThan(20);
        assertThat(found).isEmpty();
    }

    /** The patterns find what they are for. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "list.at(-1)",
                "a ??= b",
                "a ||= b",
                "AbortSignal.timeout(5)",
                "place.replaceChildren()",
                "  #secret = 1",
                "x.findLast(f)"
            })
    void shouldFindWhatIsNewerInScripts(String use) {
        assertThat(SCRIPT.values()).anyMatch(pattern -> pattern.matcher(use).find());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "padding-inline: 1rem",
                "inset: 0",
                "li:has(input)",
                "color: rgb(1 2 3 / 0.5)",
                "border-block-end: 0",
                "a:is(b, c)"
            })
    void shouldFindWhatIsNewerInStyles(String use) {
        assertThat(STYLE.values()).anyMatch(pattern -> pattern.matcher(use).find());
    }

    /** Whoever signs in fetches the vendor's script, whose engines the README names. */
    private static boolean isOurs(Path file) {
        String name = file.toString();
        return !name.contains("vendor") && (name.endsWith(".js") || name.endsWith(".css"));
    }

    private static String withoutComments(String text) {
        return text.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)//.*$", "");
    }
}
