// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.seal.Leaf;
import java.util.List;
import org.junit.jupiter.api.Test;

class SealedStepsTest {
    private final SealedSteps steps = new SealedSteps();

    private static Leaf ends(long sequence, long... ends) {
        return new Leaf.Ends(sequence, ends);
    }

    private static Leaf record(int partition, long offset) {
        return new Leaf.Obeyed(partition, offset);
    }

    private void take(Leaf... leaves) {
        for (Leaf leaf : leaves) {
            assertThat(steps.take(leaf)).isNull();
        }
    }

    @Test
    void shouldTakePartitionByPartitionWhatEachSealSays() {
        take(ends(0, 2, 0, 1), record(0, 0), record(0, 1), record(2, 0));
        take(ends(1, 2, 0, 1));
        take(ends(2, 2, 1, 2), record(1, 0), record(2, 1));
        take(new Leaf.Result(3, "{}"), ends(4, 3, 1, 2), record(0, 2));

        assertThat(steps.within()).isFalse();
        assertThat(steps.sealedTo()).containsExactly(3, 1, 2);
    }

    @Test
    void shouldTakePartitionsThatWereAdded() {
        take(ends(0, 1, 1), record(0, 0), record(1, 0));
        take(ends(1, 1, 2, 0), record(1, 1));
        take(ends(2, 2, 2, 2), record(0, 1), record(2, 0), record(2, 1));

        assertThat(steps.within()).isFalse();
        assertThat(steps.sealedTo()).containsExactly(2, 2, 2);
        assertThat(steps.take(ends(3, 2, 2))).isEqualTo("seal 3 is of 2 partitions, the ones before of 3");
    }

    @Test
    void shouldBeWithinASealUntilItsLastLeaf() {
        take(ends(0, 1, 1), record(0, 0));

        assertThat(steps.within()).isTrue();
    }

    @Test
    void shouldNameWhatDoesNotFollow() {
        take(ends(0, 2, 1));

        assertThat(steps.take(record(0, 1)))
                .isEqualTo("a leaf of partition 0, offset 1, where partition 0, offset 0 belongs");
        assertThat(steps.take(record(1, 0))).contains("where partition 0, offset 0 belongs");
        assertThat(steps.take(ends(1, 2, 1))).isEqualTo("a seal before the leaf of partition 0, offset 0");
    }

    @Test
    void shouldRefuseLeavesWithoutASeal() {
        assertThat(steps.take(record(0, 0))).isEqualTo("a leaf of partition 0, offset 0, which no seal says");
    }

    @Test
    void shouldRefuseSealsThatAreNotInOrder() {
        take(ends(0, 1), record(0, 0));

        assertThat(List.of(
                        String.valueOf(steps.take(ends(2, 1))), String.valueOf(steps.take(new Leaf.Result(0, "{}")))))
                .containsExactly("seal 2 where seal 1 belongs", "seal 0 where seal 1 belongs");
    }

    @Test
    void shouldRefuseASealThatGoesBackOrIsOfOtherPartitions() {
        take(ends(0, 1, 1), record(0, 0), record(1, 0));

        assertThat(steps.take(ends(1, 1, 0))).isEqualTo("seal 1 goes back in partition 1");
        assertThat(steps.take(ends(2, 1))).isEqualTo("seal 2 is of 1 partitions, the ones before of 2");
    }
}
