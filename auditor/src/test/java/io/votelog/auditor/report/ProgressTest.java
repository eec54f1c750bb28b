// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String said(Progress progress) {
        progress.begin("copying votes", 5_000);
        for (int done = 1; done <= 5_000; done++) {
            progress.at(done);
        }
        progress.end();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldWriteOverItsLineOnATerminal() {
        assertThat(said(new Progress(out, true, true, 0)))
                .contains("\r\u001b[Kcopying votes: 1,024 of 5,000 records\r\u001b[K")
                .doesNotContain("\n")
                .endsWith("\r\u001b[K");
    }

    @Test
    void shouldWritePlainLinesElsewhere() {
        assertThat(said(new Progress(out, false, true, 0)).lines())
                .containsExactly(
                        "copying votes: 1,024 of 5,000 records",
                        "copying votes: 2,048 of 5,000 records",
                        "copying votes: 3,072 of 5,000 records",
                        "copying votes: 4,096 of 5,000 records");
    }

    @Test
    void shouldSayNothingBeforeItsTime() {
        assertThat(said(new Progress(out, false, true))).isEmpty();
    }

    @Test
    void shouldSayNothingWhenItIsNotAsked() {
        assertThat(said(new Progress(out, true, false, 0)) + said(new Progress(out, false, false, 0)))
                .isEmpty();
    }
}
