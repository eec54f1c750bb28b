// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RanksTest {
    @Test
    void shouldShareRanksAndLeaveAGapBehindThem() {
        assertThat(Ranks.of(new long[] {5, 3, 3, 1})).containsExactly(1, 2, 2, 4);
        assertThat(Ranks.of(new long[] {0, 7, 0, 9, 7})).containsExactly(4, 2, 4, 1, 2);
        assertThat(Ranks.of(new long[] {0, 0})).containsExactly(1, 1);
        assertThat(Ranks.of(new long[] {})).isEmpty();
    }
}
