// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.seal.Leaf;
import java.util.List;
import org.junit.jupiter.api.Test;

class SealOrderCheckTest {
    private final SealOrderCheck order = new SealOrderCheck();

    private static Leaf ends(long sequence, long... ends) {
        return new Leaf.Ends(sequence, ends);
    }

    private static Leaf record(int partition, long offset) {
        return new Leaf.Obeyed(partition, offset);
    }

    private void take(Leaf... leaves) {
        for (Leaf leaf : leaves) {
            assertThat(order.take(leaf)).isNull();
        }
    }

    @Test
    void shouldTakePartitionByPartitionWhatEachSealSays() {
        take(ends(0, 2, 0, 1), record(0, 0), record(0, 1), record(2, 0));
        take(ends(1, 2, 0, 1));
        take(ends(2, 2, 1, 2), record(1, 0), record(2, 1));
        take(new Leaf.Result(3, "{}"), ends(4, 3, 1, 2), record(0, 2));

        assertThat(order.insideSeal()).isFalse();
        assertThat(order.sealedTo()).containsExactly(3, 1, 2);
    }

    @Test
    void shouldTakePartitionsThatWereAdded() {
        take(ends(0, 1, 1), record(0, 0), record(1, 0));
        take(ends(1, 1, 2, 0), record(1, 1));
        take(ends(2, 2, 2, 2), record(0, 1), record(2, 0), record(2, 1));

        assertThat(order.insideSeal()).isFalse();
        assertThat(order.sealedTo()).containsExactly(2, 2, 2);
        assertThat(order.take(ends(3, 2, 2))).isEqualTo("seal 3 is of 2 partitions, the ones before of 3");
    }

    @Test
    void shouldBeWithinASealUntilItsLastLeaf() {
        take(ends(0, 1, 1), record(0, 0));

        assertThat(order.insideSeal()).isTrue();
    }

    @Test
    void shouldNameWhatDoesNotFollow() {
        take(ends(0, 2, 1));

        assertThat(order.take(record(0, 1)))
                .isEqualTo("a leaf of partition 0, offset 1, where partition 0, offset 0 belongs");
        assertThat(order.take(record(1, 0))).contains("where partition 0, offset 0 belongs");
        assertThat(order.take(ends(1, 2, 1))).isEqualTo("a seal before the leaf of partition 0, offset 0");
    }

    @Test
    void shouldRefuseLeavesWithoutASeal() {
        assertThat(order.take(record(0, 0))).isEqualTo("a leaf of partition 0, offset 0, which no seal says");
    }

    @Test
    void shouldRefuseSealsThatAreNotInOrder() {
        take(ends(0, 1), record(0, 0));

        assertThat(List.of(
                        String.valueOf(order.take(ends(2, 1))), String.valueOf(order.take(new Leaf.Result(0, "{}")))))
                .containsExactly("seal 2 where seal 1 belongs", "seal 0 where seal 1 belongs");
    }

    @Test
    void shouldRefuseASealThatGoesBackOrIsOfOtherPartitions() {
        take(ends(0, 1, 1), record(0, 0), record(1, 0));

        assertThat(order.take(ends(1, 1, 0))).isEqualTo("seal 1 goes back in partition 1");
        assertThat(order.take(ends(2, 1))).isEqualTo("seal 2 is of 1 partitions, the ones before of 2");
    }
}
