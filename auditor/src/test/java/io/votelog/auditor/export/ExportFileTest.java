// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportFileTest {
    @TempDir
    private Path dir;

    /** An id may begin with a dash, and a spreadsheet then takes {@code -A1} for another cell's value. */
    @Test
    void shouldGiveSpreadsheetsNoFormula() throws IOException {
        try (ExportFile file = new ExportFile(dir, "rows", List.of("option", "votes"))) {
            file.add(Map.of("option", "-A1"), "-A1", -3L);
            for (String start : List.of("=", "+", "@", "\t", "＝", "＋", "－", "＠")) {
                file.add(Map.of("option", start), start + "A1", 1L);
            }
            file.add(Map.of("option", "a-1"), "a-1 -b", 1L);
            file.finish();
        }
        assertThat(Files.readAllLines(dir.resolve("rows.csv")))
                .containsExactly(
                        "option,votes",
                        "'-A1,-3",
                        "'=A1,1",
                        "'+A1,1",
                        "'@A1,1",
                        "'\tA1,1",
                        "'＝A1,1",
                        "'＋A1,1",
                        "'－A1,1",
                        "'＠A1,1",
                        "a-1 -b,1");
        assertThat(Files.readAllLines(dir.resolve("rows.jsonl"))).contains("{\"option\":\"-A1\"}");
    }
}
