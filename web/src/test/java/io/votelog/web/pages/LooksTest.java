// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Colours that can be read (WCAG 2.2, success criteria 1.4.3 and 1.4.11), in both schemes. */
class LooksTest {
    private static final Pattern TOKEN = Pattern.compile("--([a-z-]+): #([0-9a-f]{6});");
    private static final List<String> GROUNDS = List.of("ground", "surface", "raised");

    @Test
    void shouldHaveTextThatStandsOut() {
        for (Map<String, Integer> scheme : schemes()) {
            for (String ground : GROUNDS) {
                for (String text : List.of("text", "quiet", "accent", "accent-strong", "good", "warning", "bad")) {
                    assertContrast(scheme, text, ground, 4.5);
                }
                assertContrast(scheme, "line-strong", ground, 3);
            }
            for (String kind : List.of("good", "warning", "bad", "accent")) {
                assertContrast(scheme, kind, kind + "-ground", 4.5);
                assertContrast(scheme, "text", kind + "-ground", 4.5);
            }
            assertContrast(scheme, "on-accent", "accent", 4.5);
            assertContrast(scheme, "on-accent", "accent-strong", 4.5);
        }
    }

    private static void assertContrast(Map<String, Integer> scheme, String text, String ground, double least) {
        double light = Math.max(luminance(scheme.get(text)), luminance(scheme.get(ground)));
        double dark = Math.min(luminance(scheme.get(text)), luminance(scheme.get(ground)));
        assertThat((light + 0.05) / (dark + 0.05)).as("%s on %s", text, ground).isGreaterThanOrEqualTo(least);
    }

    /** Relative luminance, as WCAG defines it. */
    private static double luminance(int rgb) {
        return 0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
    }

    private static double linear(int channel) {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static List<Map<String, Integer>> schemes() {
        String css = new String(Template.bytes(Template.class, "votelog.css"), StandardCharsets.UTF_8);
        int dark = css.indexOf("prefers-color-scheme: dark");
        assertThat(dark).isPositive();
        return List.of(tokens(css.substring(0, dark)), tokens(css.substring(dark)));
    }

    private static Map<String, Integer> tokens(String css) {
        Map<String, Integer> tokens = new HashMap<>();
        Matcher token = TOKEN.matcher(css);
        while (token.find()) {
            tokens.put(token.group(1), Integer.parseInt(token.group(2), 16));
        }
        return tokens;
    }
}
