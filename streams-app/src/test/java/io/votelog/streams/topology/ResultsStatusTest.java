// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotStatus;
import io.votelog.events.PartitionTally;
import io.votelog.events.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResultsStatusTest {
    private static final Instant OPENS = Instant.parse("2021-12-05T00:00:00Z");

    @Test
    void shouldBeFinalWhenTheBallotHasEndedInEveryPartition() {
        assertThat(status(OPENS, 4L)).isEqualTo(BallotStatus.FINAL);
        assertThat(status(OPENS, 4L, 0L, 9L)).isEqualTo(BallotStatus.FINAL);
        assertThat(status(OPENS.minusMillis(1), 4L, 0L)).isEqualTo(BallotStatus.FINAL);
    }

    @Test
    void shouldBeClosedWhileTheBallotHasEndedInSomePartitions() {
        assertThat(status(OPENS, 4L, null, 9L)).isEqualTo(BallotStatus.CLOSED);
        assertThat(status(OPENS.minusMillis(1), null, 4L)).isEqualTo(BallotStatus.CLOSED);
    }

    @Test
    void shouldBeOpenFromTheBallotsOpeningByTheBrokersTime() {
        assertThat(status(OPENS.minusMillis(1), null, null)).isEqualTo(BallotStatus.SCHEDULED);
        assertThat(status(OPENS, null, null)).isEqualTo(BallotStatus.OPEN);
    }

    private static BallotStatus status(Instant asOf, @Nullable Long... endOffsets) {
        return ResultsStatus.of(
                IntStream.range(0, endOffsets.length)
                        .mapToObj(partition -> tally(partition, endOffsets.length, endOffsets[partition]))
                        .toList(),
                asOf);
    }

    private static PartitionTally tally(int partition, int partitions, @Nullable Long endOffset) {
        return new PartitionTally(
                "fruits",
                new Sha256(new byte[32]),
                partition,
                partitions,
                OPENS,
                false,
                10L,
                endOffset,
                OPENS,
                0L,
                0L,
                0L,
                List.of(),
                0L,
                0L,
                0L,
                0L,
                List.of(1L));
    }
}
