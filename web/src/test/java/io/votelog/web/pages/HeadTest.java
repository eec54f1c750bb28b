// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HeadTest {
    @Test
    void shouldRunLibrariesBeforeModules() {
        StaticFiles scripts = StaticFiles.common("/files/")
                .with(HeadTest.class, "part.js", "part.js")
                .with(HeadTest.class, "part.js", "chart.iife.min.js");
        Head head = Head.of("A", Language.ENGLISH, scripts, "part.js", "chart.iife.min.js");
        assertThat(Template.of(HeadTest.class, "page.mustache").render(Map.of("head", head, "name", "")))
                .containsSubsequence(
                        "<script defer src=\"" + scripts.address("chart.iife.min.js"),
                        "<script type=\"module\" src=\"" + scripts.address("part.js"));
    }

    /** What other sites show of a shared page, in the words that their programs read. */
    @Test
    void shouldSayWhatIsShownOfAPageThatIsShared() {
        Head head = Head.of("A \"vote\"", Language.ENGLISH, StaticFiles.common("/files/"));
        assertThat(Template.of(HeadTest.class, "page.mustache").render(Map.of("head", head, "name", "")))
                .doesNotContain("og:", "canonical");
        Share share = new Share("Pick <two>.", "https://vote.example/a?lang=en", "https://vote.example/p.png");
        assertThat(Template.of(HeadTest.class, "page.mustache").render(Map.of("head", head.shared(share), "name", "")))
                .contains(
                        "<meta name=\"description\" content=\"Pick &lt;two&gt;.\">",
                        "<meta property=\"og:title\" content=\"A &quot;vote&quot;\">",
                        "<meta property=\"og:url\" content=\"https://vote.example/a?lang=en\">",
                        "<meta property=\"og:image\" content=\"https://vote.example/p.png\">",
                        "<meta itemprop=\"image\" content=\"https://vote.example/p.png\">",
                        "<link rel=\"canonical\" href=\"https://vote.example/a?lang=en\">");
    }
}
