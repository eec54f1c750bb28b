// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.votelog.events.BallotResults;
import io.votelog.events.CountedPosition;
import io.votelog.streams.read.board.ResultsBoard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Metrics of the log, from committed results: up to where it is counted, and what is missing from it. */
final class LogMetrics implements MeterBinder {
    private final ResultsBoard board;
    private final int partitions;
    private final InstantSource clock;

    LogMetrics(ResultsBoard board, int partitions, InstantSource clock) {
        this.board = board;
        this.partitions = partitions;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        Gauge.builder("votelog.log.missing.offsets", board, LogMetrics::missing)
                .description("Offsets that the votes log skipped; anything but 0 is a fault of the log")
                .register(meters);
        Gauge.builder("votelog.log.replaced.records", board, LogMetrics::replaced)
                .description("Records that stand where counted ones stood; anything but 0 is a fault of the log")
                .register(meters);
        Gauge.builder("votelog.results.age", this, LogMetrics::age)
                .description("How long ago the newest record was appended that results of any ballot have counted")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("votelog.results.annulled", board, LogMetrics::annulled)
                .description("Accepted votes of all ballots that were annulled")
                .register(meters);
        for (int i = 0; i < partitions; i++) {
            int partition = i;
            Gauge.builder("votelog.log.counted.position", board, results -> countedTo(results, partition))
                    .description("The offset behind the last vote of a partition that committed results count")
                    .tag("partition", Integer.toString(partition))
                    .register(meters);
        }
    }

    /** By this machine's clock, and the brokers'. */
    private double age() {
        return board.all().stream()
                .map(BallotResults::getAsOf)
                .max(Instant::compareTo)
                .map(asOf -> Math.max(0, Duration.between(asOf, clock.instant()).toMillis() / 1e3))
                .orElse(Double.NaN);
    }

    private static double missing(ResultsBoard board) {
        return board.all().stream().mapToLong(BallotResults::getMissing).max().orElse(0);
    }

    private static double replaced(ResultsBoard board) {
        return board.all().stream().mapToLong(BallotResults::getReplaced).max().orElse(0);
    }

    private static double annulled(ResultsBoard board) {
        return board.all().stream().mapToLong(BallotResults::getAnnulled).sum();
    }

    private static double countedTo(ResultsBoard board, int partition) {
        return board.all().stream()
                .flatMap(results -> results.getPositions().stream())
                .filter(position -> position.getPartition() == partition)
                .mapToLong(CountedPosition::getNextOffset)
                .max()
                .orElse(0);
    }
}
