// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever waits for long is told what for, again and again, until it is there. */
class DisplayTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellWhatIsWaitedFor(boolean terminal) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Display display =
                new Display(new PrintStream(out, true, StandardCharsets.UTF_8), terminal, Duration.ofMillis(40))) {
            display.phase("starting");
            display.begin("quick", "what is there at once");
            display.done("quick");
            display.begin("slow", "the slow one; its log: slow.log");
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(text(out))
                    .containsPattern("(?s)(still waiting, [0-9.]+ s: the slow one; its log: slow.log\\R.*){3}"));
            display.done("slow");
            int told = text(out).split("still waiting", -1).length;
            display.begin("next", "the next one");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(text(out)).contains("the next one"));
            assertThat(text(out).split("the slow one", -1)).hasSize(told);
            assertThat(text(out)).doesNotContain("what is there at once");
        }
    }

    private static String text(ByteArrayOutputStream out) {
        return out.toString(StandardCharsets.UTF_8);
    }
}
