// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RecentVotesTest {
    @Test
    void shouldKnowTheEightLatestOfALine() {
        RecentVotes recent = new RecentVotes(8);
        for (long vote = 1; vote <= 100; vote++) {
            assertThat(recent.has(vote)).isFalse();
            recent.add(vote);
            for (long before = 1; before <= vote; before++) {
                assertThat(recent.has(before)).isEqualTo(before > vote - 8);
            }
        }
    }

    @Test
    void shouldForgetAVoteThatWasNotAppended() {
        RecentVotes recent = new RecentVotes(8);
        for (long vote = 1; vote <= 8; vote++) {
            recent.add(vote);
        }
        recent.remove(4);
        recent.remove(100);
        for (long vote = 1; vote <= 8; vote++) {
            assertThat(recent.has(vote)).isEqualTo(vote != 4);
        }
    }

    @Test
    void shouldForgetNothingUntilItIsFull() {
        RecentVotes recent = new RecentVotes(1 << 16);
        Random random = new Random(4711);
        List<Long> votes = new ArrayList<>();
        for (int i = 0; i < 1 << 14; i++) {
            votes.add(random.nextLong());
            recent.add(votes.get(i));
        }
        assertThat(votes.stream().filter(recent::has).count()).isGreaterThan((1 << 14) - 200);
        assertThat(random.longs(1 << 14).filter(recent::has).count()).isZero();
    }

    /** No thread finds a vote that was not added, however threads interfere. */
    @Test
    void shouldFindNoVoteThatWasNotAdded() throws Exception {
        RecentVotes recent = new RecentVotes(64);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Integer>> works = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(thread);
                works.add(() -> {
                    int found = 0;
                    for (int i = 0; i < 200_000; i++) {
                        recent.add(random.nextLong() | 1);
                        found += recent.has(random.nextLong() & ~1L) ? 1 : 0;
                    }
                    return found;
                });
            }
            for (Future<Integer> work : threads.invokeAll(works)) {
                assertThat(work.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldRefuseATableThatHasNoLines() {
        assertThatThrownBy(() -> new RecentVotes(4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RecentVotes(24)).isInstanceOf(IllegalArgumentException.class);
    }
}
