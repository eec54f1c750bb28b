// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the page says of topics and rights is what the code has. */
class RightsPageTest {
    private static final Path PAGE = Path.of("RIGHTS.md");

    @Test
    void shouldSayWhatTheCodeHas() throws IOException {
        Map<String, String> parts = new TreeMap<>(
                Map.of("users", RightsText.table(), "topics", RightsText.topics(), "rights", RightsText.rights()));
        String page = Files.readString(PAGE);
        String right = page;
        for (Map.Entry<String, String> part : parts.entrySet()) {
            String begin = "<!-- %s: made by RightsPageTest -->\n".formatted(part.getKey());
            String end = "<!-- end of %s -->\n".formatted(part.getKey());
            assertThat(right).contains(begin, end);
            right = right.substring(0, right.indexOf(begin) + begin.length())
                    + part.getValue()
                    + right.substring(right.indexOf(end));
        }
        if (Boolean.getBoolean("votelog.write-tables")) {
            Files.writeString(PAGE, right);
        } else {
            assertThat(page).as("written anew with -Dvotelog.write-tables=true").isEqualTo(right);
        }
    }
}
