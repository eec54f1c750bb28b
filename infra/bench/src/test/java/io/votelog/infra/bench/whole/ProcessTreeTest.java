// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessTreeTest {
    @Test
    void shouldReadWhatEndedChildrenHaveTaken() {
        assertThat(ProcessTree.ended(
                        "4711 (post (gres) 1) S 1 4711 4711 0 -1 4194560 1 2 3 4 500 60 7 2 20 0 1 0 99 1\n"))
                .isEqualTo(Duration.ofMillis(90));
    }
}
