// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LastWordsTest {
    @Test
    void shouldPreferWhatSpringBootDescribes() {
        assertThat(LastWords.meaningful(List.of(
                        "12:00 ERROR main : ",
                        "",
                        "***************************",
                        "APPLICATION FAILED TO START",
                        "***************************",
                        "",
                        "Description:",
                        "",
                        "votelog.pepper is not set; base64 of at least 32 bytes is allowed",
                        "",
                        "Action:",
                        "",
                        "Set it.")))
                .isEqualTo("votelog.pepper is not set; base64 of at least 32 bytes is allowed");
    }

    @Test
    void shouldTakeTheLastErrorAndNoStackFrame() {
        assertThat(LastWords.meaningful(List.of(
                        "12:00 WARN something",
                        "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space",
                        "\tat java.base/java.util.Arrays.copyOf(Arrays.java:1)",
                        "\t... 4 more",
                        "12:01 INFO bye")))
                .isEqualTo("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space");
    }

    @Test
    void shouldLeaveOutTheTimeTheThreadAndTheLogger() {
        assertThat(
                        LastWords.meaningful(
                                List.of(
                                        "2026-11-23T21:42:23.298Z ERROR 7871 --- [app] [main] o.s.Boot   : votes ends at 3, 5 were counted: stop",
                                        "2026-11-23T21:42:27.543Z  WARN 7871 --- [app] [main] o.a.k.Sender  : some Exception, retrying")))
                .isEqualTo("votes ends at 3, 5 were counted: stop");
    }

    @Test
    void shouldTakeTheLastLineWhereNothingSpeaksOfAnError() {
        assertThat(LastWords.meaningful(List.of("12:00 INFO started", "  ", "")))
                .isEqualTo("12:00 INFO started");
        assertThat(LastWords.meaningful(List.of())).isEmpty();
    }
}
