// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.rules.Decision.PartitionBallot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.streams.topology.LogFixture;
import io.votelog.streams.topology.PartitionHarness;
import io.votelog.streams.topology.PartitionHarness.LogRecord;
import java.io.File;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionBallotsTest {
    @TempDir
    private File stateDir;

    @Test
    void shouldParseADefinitionOnceForAllRequests() {
        LogFixture log = new LogFixture();
        BallotDefinition definition = LogFixture.ballot("fruits");
        PartitionHarness partition = new PartitionHarness(log.keys(), 0, stateDir);
        partition.process(record(log.published(definition, 0, 1)), 0);
        PartitionBallots ballots = new PartitionBallots();

        PartitionBallot open =
                ballots.of("fruits", 0, partition.ballotRow("fruits").orElseThrow());
        assertThat(open.ballot()).isEqualTo(definition.ballot());
        assertThat(ballots.of("fruits", 0, partition.ballotRow("fruits").orElseThrow()))
                .isSameAs(open);
        assertThat(ballots.of("fruits", 1, partition.ballotRow("fruits").orElseThrow()))
                .isNotSameAs(open);

        partition.process(record(log.closed(definition, 0)), 1);
        PartitionBallot ended =
                ballots.of("fruits", 0, partition.ballotRow("fruits").orElseThrow());
        assertThat(ended.endOffset()).isEqualTo(1);
        assertThat(ballots.of("fruits", 0, partition.ballotRow("fruits").orElseThrow()))
                .isSameAs(ended);
    }

    private static LogRecord record(byte[] value) {
        return new LogRecord(new byte[0], value, LogFixture.DURING.toEpochMilli());
    }
}
