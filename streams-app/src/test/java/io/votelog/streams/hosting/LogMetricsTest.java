// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.Sha256;
import io.votelog.streams.read.board.ResultsBoard;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogMetricsTest {
    private static final Instant NOON = Instant.parse("2026-12-05T12:00:00Z");

    private final ResultsBoard board = new ResultsBoard();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Instant now = NOON;

    @Test
    void theAgeShouldBeThatOfTheNewestResultsOfAnyBallot() {
        new LogMetrics(board, 1, () -> now).bindTo(meters);
        assertThat(age()).as("before the first results").isNaN();

        board.post(results("one", NOON.minusSeconds(7)));
        board.post(results("another", NOON.minusSeconds(3600)));
        assertThat(age()).isEqualTo(7);

        now = NOON.plusMillis(1500);
        assertThat(age()).isEqualTo(8.5);

        board.post(results("third", NOON.plusSeconds(60)));
        assertThat(age()).as("where the broker's clock is ahead").isZero();
    }

    private double age() {
        return meters.get("votelog.results.age").gauge().value();
    }

    private static BallotResults results(String id, Instant asOf) {
        return BallotResults.newBuilder()
                .setBallotId(id)
                .setDigest(new Sha256(new byte[32]))
                .setStatus(BallotStatus.OPEN)
                .setVersion(0)
                .setRevision(0)
                .setAsOf(asOf)
                .setReceived(0)
                .setAccepted(0)
                .setRetried(0)
                .setRejected(List.of())
                .setLate(0)
                .setPositions(List.of())
                .build();
    }
}
