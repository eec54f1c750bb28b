// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.voters;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.system.BallotSource;
import io.votelog.rules.Ballot;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrawnVotesTest {
    private static final Ballot SEED = BallotSource.seed(Path.of("../..")).ballot();

    @Test
    void shouldKeepTheBallotsRules() {
        DrawnVotes votes = new DrawnVotes(SEED, 7);
        Set<List<String>> distinct = new HashSet<>();
        Set<Integer> sizes = new HashSet<>();
        for (int voter = 0; voter < DrawnVotes.COUNT; voter++) {
            List<String> choices = votes.of(voter);
            assertThat(SEED.check(choices).wellFormed()).as("%s", choices).isTrue();
            distinct.add(choices);
            sizes.add(choices.size());
        }
        assertThat(sizes).containsExactlyInAnyOrder(2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(distinct).hasSizeGreaterThan(DrawnVotes.COUNT / 2);
    }

    @Test
    void shouldBeTheSameForTheSameSeed() {
        DrawnVotes first = new DrawnVotes(SEED, 7);
        DrawnVotes again = new DrawnVotes(SEED, 7);
        DrawnVotes other = new DrawnVotes(SEED, 8);
        assertThat(again.of(12_345)).isEqualTo(first.of(12_345));
        assertThat(again.of(12_345 + DrawnVotes.COUNT)).isEqualTo(first.of(12_345));
        assertThat(List.of(other.of(0), other.of(1), other.of(2)))
                .isNotEqualTo(List.of(first.of(0), first.of(1), first.of(2)));
    }
}
