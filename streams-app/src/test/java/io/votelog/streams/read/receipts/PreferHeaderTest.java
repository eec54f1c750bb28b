// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PreferHeaderTest {
    private static final Duration MOST = Duration.ofSeconds(30);

    @Test
    void shouldReadTheWaitAndBoundIt() {
        assertThat(PreferHeader.waitOf(List.of("wait=5"), MOST)).hasSeconds(5);
        assertThat(PreferHeader.waitOf(List.of("respond-async", "Wait = \"7\""), MOST))
                .hasSeconds(7);
        assertThat(PreferHeader.waitOf(List.of("return=minimal; x=1, wait=100000"), MOST))
                .isEqualTo(MOST);
    }

    @Test
    void shouldNotWaitUnasked() {
        for (String prefer : new String[] {"", "await=5", "wait=-1", "wait=x", "wait", "wait=5s"}) {
            assertThat(PreferHeader.waitOf(List.of(prefer), MOST)).as(prefer).isZero();
        }
        assertThat(PreferHeader.waitOf(null, MOST)).isZero();
    }
}
