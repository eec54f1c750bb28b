// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.Sha256;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResultsAgeTest {
    private static final BallotResults FINAL = results(BallotStatus.FINAL, 0, at(0, 30, 10L), at(1, 20, 20L));

    @Test
    void shouldKnowThemByVersionAndRevision() {
        assertThat(goesBack(FINAL)).isFalse();
        assertThat(goesBack(results(BallotStatus.FINAL, 1, at(0, 30, 10L), at(1, 20, 20L))))
                .isFalse();
        assertThat(goesBack(results(BallotStatus.OPEN, 0, at(0, 9, null), at(1, 20, null))))
                .isTrue();
        assertThat(ResultsAge.goesBack(
                        results(BallotStatus.FINAL, 2, at(0, 30, 10L), at(1, 20, 20L)),
                        results(BallotStatus.FINAL, 1, at(0, 31, 10L), at(1, 20, 20L))))
                .isTrue();
    }

    /** Behind the end the version stands still, and a merge that starts anew meets all snapshots again. */
    @Test
    void shouldKnowThemBehindTheEndToo() {
        assertThat(goesBack(results(BallotStatus.FINAL, 0, at(0, 31, 10L), at(1, 20, 20L))))
                .isFalse();
        assertThat(goesBack(results(BallotStatus.FINAL, 0, at(0, 29, 10L), at(1, 20, 20L))))
                .isTrue();
        assertThat(goesBack(results(BallotStatus.CLOSED, 0, at(0, 30, 10L), at(1, 20, null))))
                .isTrue();
        assertThat(goesBack(results(BallotStatus.FINAL, 0, at(0, 30, 10L), at(2, 20, 20L))))
                .isTrue();
    }

    @Test
    void shouldKnowAVersionThatIsNotTheSumOfItsPositions() {
        assertThat(ResultsAge.isSound(FINAL)).isTrue();
        assertThat(ResultsAge.isSound(results(BallotStatus.OPEN, Long.MAX_VALUE, 0, at(0, 5, null))))
                .isFalse();
        assertThat(ResultsAge.isSound(results(BallotStatus.OPEN, 0, at(0, -5, null), at(1, 5, null))))
                .isFalse();
    }

    private static boolean goesBack(BallotResults come) {
        return ResultsAge.goesBack(FINAL, come);
    }

    private static CountedPosition at(int partition, long nextOffset, @Nullable Long endOffset) {
        return new CountedPosition(partition, nextOffset, endOffset);
    }

    private static BallotResults results(BallotStatus status, long revision, CountedPosition... positions) {
        long version = 0;
        for (CountedPosition position : positions) {
            Long end = position.getEndOffset();
            version += end == null ? position.getNextOffset() : Math.min(end, position.getNextOffset());
        }
        return results(status, version, revision, positions);
    }

    private static BallotResults results(
            BallotStatus status, long version, long revision, CountedPosition... positions) {
        return new BallotResults(
                "fruits",
                new Sha256(new byte[32]),
                status,
                version,
                revision,
                Instant.EPOCH,
                0L,
                0L,
                0L,
                List.of(),
                revision,
                0L,
                0L,
                0L,
                List.of(1L),
                List.of(positions));
    }
}
