// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PicksTest {
    @ParameterizedTest
    @MethodSource("io.votelog.rules.Seeds#seeds")
    void shouldBeASetOfIndexes(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            int bound = 1 + random.nextInt(Ballot.MAX_OPTIONS);
            int[] indexes = random.ints(random.nextInt(12), 0, bound).toArray();
            TreeSet<Integer> expected = new TreeSet<>();
            for (int index : indexes) {
                expected.add(index);
            }

            Picks picks = Picks.of(indexes);
            List<Integer> seen = new ArrayList<>();
            picks.forEach(seen::add);
            assertThat(seen).as("seed %d, case %d", seed, i).containsExactlyElementsOf(expected);
            assertThat(picks.count()).as("seed %d, case %d", seed, i).isEqualTo(expected.size());
            assertThat(Picks.ofWords(picks.words()))
                    .as("seed %d, case %d", seed, i)
                    .isEqualTo(picks)
                    .hasSameHashCodeAs(picks);
            int probe = random.nextInt(Ballot.MAX_OPTIONS);
            assertThat(picks.contains(probe)).as("seed %d, case %d", seed, i).isEqualTo(expected.contains(probe));
        }
    }

    @Test
    void shouldHaveOneFormForEachSet() {
        assertThat(Picks.ofWords(new long[] {5, 0, 0})).isEqualTo(Picks.of(2, 0, 2));
        assertThat(Picks.of(0, 2).words()).containsExactly(5);
        assertThat(Picks.ofWords(new long[100])).isEqualTo(Picks.of());
        assertThat(Picks.of(0, 2)).isNotEqualTo(Picks.of(0, 3));
        assertThat(Picks.of(64, 0)).hasToString("{0, 64}");
    }

    @Test
    void shouldNotBeChangedThroughItsWords() {
        long[] words = {5};
        Picks picks = Picks.ofWords(words);
        words[0] = 7;
        picks.words()[0] = 8;
        assertThat(picks).isEqualTo(Picks.of(0, 2));
    }

    @Test
    void shouldRefuseWhatNoBallotHas() {
        assertThatIllegalArgumentException().isThrownBy(() -> Picks.of(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Picks.of(1024)).withMessageContaining("1024");
        long[] words = new long[17];
        words[16] = 1;
        assertThatIllegalArgumentException().isThrownBy(() -> Picks.ofWords(words));
        assertThat(Picks.of(1023).contains(1023)).isTrue();
        assertThat(Picks.of(1023).contains(1024)).isFalse();
        assertThat(Picks.of(1023).contains(-1)).isFalse();
    }
}
