// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.system.BallotSource;
import io.votelog.rules.Ballot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AcknowledgedTest {
    private static final Ballot SEED = BallotSource.seed(Path.of("../..")).ballot();
    private static final DrawnVotes VOTES = new DrawnVotes(SEED, 7);

    private final Acknowledged acknowledged = new Acknowledged();

    @Test
    void shouldTakeWhatWasAcknowledgedAndNothingElse() {
        acknowledge(0, 1, 2);
        acknowledged.refused(3, 409);

        assertThatCode(() -> require(counts(0, 1, 2))).doesNotThrowAnyException();
        assertThatThrownBy(() -> require(counts(0, 1))).isInstanceOf(BenchException.class);
        assertThatThrownBy(() -> require(counts(0, 1, 2, 3)))
                .isInstanceOf(BenchException.class)
                .hasMessage("it has counted 4 votes, where 3 were acknowledged and 0 are unknown");
    }

    @Test
    void shouldTakeAnUnknownVoteOnceAtMost() {
        acknowledge(0);
        acknowledged.unknown(1);

        assertThatCode(() -> require(counts(0))).doesNotThrowAnyException();
        assertThatCode(() -> require(counts(0, 1))).doesNotThrowAnyException();
        assertThatThrownBy(() -> require(counts(0, 1, 1))).isInstanceOf(BenchException.class);
    }

    @Test
    void shouldSeeAVoteOnAnotherOption() {
        acknowledge(0);
        Counts right = counts(0);
        List<Long> moved = new ArrayList<>(right.options());
        int from = moved.indexOf(1L);
        int to = moved.indexOf(0L);
        moved.set(from, 0L);
        moved.set(to, 1L);

        assertThatThrownBy(() -> require(new Counts(1, moved)))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("votes for option ");
    }

    private void acknowledge(int... voters) {
        for (int voter : voters) {
            acknowledged.acked(voter, 0, 0, new UUID(0, 0), 0);
        }
    }

    private void require(Counts counts) {
        acknowledged.require("it", counts, SEED, VOTES);
    }

    private static Counts counts(int... voters) {
        long[] options = new long[SEED.optionCount()];
        IntStream.of(voters).forEach(voter -> VOTES.of(voter).forEach(choice -> options[SEED.optionIndex(choice)]++));
        return new Counts(
                voters.length,
                IntStream.range(0, options.length).mapToObj(i -> options[i]).toList());
    }
}
