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
}
