// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkTest {
    private final Mark mark = new Mark(2, 2);

    @Test
    void shouldWaitForAVoteInEachPartitionThatWasSentBehindIt() {
        long after = mark.sinceNs() + 1;
        mark.sawAcked(0, new Place(0, 5), mark.sinceNs() - 1);
        assertThat(mark.ackedBy(0)).isFalse();
        mark.sawAcked(0, new Place(0, 6), after);
        assertThat(mark.ackedBy(0)).isTrue();
        assertThat(mark.ackedBy(1)).isFalse();
        assertThat(mark.acked()).isFalse();
        mark.sawAcked(1, new Place(1, 9), after);
        assertThat(mark.acked()).isTrue();
    }

    @Test
    void shouldTakeAVoteForCountedWhenResultsAreBehindIt() {
        long after = mark.sinceNs() + 1;
        mark.sawCounted(0, 100);
        mark.sawAcked(0, new Place(0, 6), after);
        mark.sawAcked(0, new Place(0, 50), after);
        mark.sawAcked(0, new Place(1, 9), after);
        mark.sawCounted(0, 6);
        mark.sawCounted(1, 10);
        assertThat(mark.counted()).isFalse();
        mark.sawCounted(0, 7);
        assertThat(mark.counted()).isTrue();
    }

    @Test
    void shouldTakeOnlyReceiptsOfLaterVotesForTold() {
        mark.sawTold(0, mark.sinceNs() - 1);
        mark.sawTold(1, mark.sinceNs() + 1);
        assertThat(mark.told()).isFalse();
        mark.sawTold(0, mark.sinceNs() + 1);
        assertThat(mark.told()).isTrue();
    }
}
