// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PreferTest {
    private static final Duration MOST = Duration.ofSeconds(30);

    @Test
    void shouldReadTheWaitAndBoundIt() {
        assertThat(Prefer.waitOf(List.of("wait=5"), MOST)).hasSeconds(5);
        assertThat(Prefer.waitOf(List.of("respond-async", "Wait = \"7\""), MOST))
                .hasSeconds(7);
        assertThat(Prefer.waitOf(List.of("return=minimal; x=1, wait=100000"), MOST))
                .isEqualTo(MOST);
    }

    @Test
    void shouldNotWaitUnasked() {
        for (String prefer : new String[] {"", "await=5", "wait=-1", "wait=x", "wait", "wait=5s"}) {
            assertThat(Prefer.waitOf(List.of(prefer), MOST)).as(prefer).isZero();
        }
        assertThat(Prefer.waitOf(null, MOST)).isZero();
    }
}
