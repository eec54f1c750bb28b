// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.streams.topology.PartitionHarness.LogRecord;
import io.votelog.streams.topology.voters.LogTruncatedException;
import io.votelog.streams.topology.voters.VotesTopic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store of voters that is not where the tally, the group's offsets or the log are: nobody may vote twice for it. */
final class VotersAccidentsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // injected
    private Path stateDir;

    private final LogFixture fixture = new LogFixture();

    /** A ballot at offset 0, and the vote of voter n at offset n. */
    private List<LogRecord> log(int votes) {
        List<LogRecord> log = new ArrayList<>();
        byte[] published = fixture.published(LogFixture.ballot("one"), 0, 1);
        log.add(new LogRecord(null, published, LogFixture.DURING.toEpochMilli()));
        for (int voter = 1; voter <= votes; voter++) {
            log.add(vote(voter, voter));
        }
        return log;
    }

    private static LogRecord vote(int voter, int id) {
        return new LogRecord(
                LogFixture.voter(voter), LogFixture.vote("one", id, "a1", "b1"), LogFixture.DURING.toEpochMilli());
    }

    private PartitionHarness partition() {
        return new PartitionHarness(fixture.keys(), 0, stateDir.toFile());
    }

    /** The brokers say for a moment that the group has committed nothing, and the consumer then goes on where the group is. */
    @Test
    void shouldBeRestoredAgainWhenARestoreEndedTooSoon() {
        List<LogRecord> log = log(10);
        PartitionHarness partition = partition();
        partition.processAll(log, 0);
        partition.kill(false, Accidents::delete, log, 0);

        assertThatThrownBy(() -> partition.process(vote(3, 99), 11)).isInstanceOf(TaskCorruptedException.class);

        partition.kill(false, file -> {}, log, 11);
        assertThat(partition.process(vote(3, 99), 11)).isEqualTo("REJECTED ALREADY_VOTED");
        assertThat(partition.position().missing()).isZero();
    }

    /** There is a gap before the record with which the count goes on, the file is lost, and the group's offset is below the tally's. */
    @Test
    void shouldGoOnWhereTheLogHasNothingThatCouldBeRestored() {
        List<LogRecord> log = log(10);
        PartitionHarness partition = partition();
        partition.processAll(log, 0);
        partition.kill(false, Accidents::delete, log, 5);
        for (int restore = 0; restore < 10; restore++) {
            assertThatThrownBy(() -> partition.process(log.get(8), 8)).isInstanceOf(TaskCorruptedException.class);
            partition.kill(false, file -> {}, log, 5);
        }
        assertThat(partition.process(log.get(8), 8)).isEqualTo("ACCEPTED");
        assertThat(partition.process(log.get(9), 9)).isEqualTo("ACCEPTED");
    }

    /** Somebody has deleted the first records of votes, and an instance has no file that would still know their voters. */
    @Test
    void shouldNotCountOnWhereCountedVotesCannotBeReadAnyMore() {
        List<LogRecord> log = log(10);
        PartitionHarness partition = partition();
        partition.processAll(log, 0);
        VotesTopic trimmed = new VotesTopic() {
            @Override
            public long startOffset(int ofPartition) {
                return 5;
            }

            @Override
            public long endOffset(int ofPartition) {
                return 11;
            }
        };
        partition.setTopic(trimmed);
        partition.kill(false, file -> {}, log, 11);
        assertThat(partition.process(vote(3, 99), 11)).as("the file knows them").isEqualTo("REJECTED ALREADY_VOTED");
        assertThatThrownBy(() -> partition.kill(false, Accidents::delete, log, 11))
                .isInstanceOf(LogTruncatedException.class)
                .hasMessageContaining(
                        "partition 0 of votes begins at offset 5, but the voters here are known up to 0 of the 12 offsets"
                                + " that are counted");
    }

    /** The changelog of the tallies lost its last commits in a loss of power, and the group's offsets did not. */
    @Test
    void shouldCountAgainWhatTheTallyHasLost() {
        List<LogRecord> log = log(200);
        PartitionHarness partition = partition();
        partition.processAll(log.subList(0, 8), 0);
        Map<String, byte[]> older = partition.committedTallies();
        partition.processAll(log, 8);
        partition.setCommittedTallies(older);
        partition.kill(false, file -> {}, log, 201);
        long goesOn = partition.goesOnAt(201);
        assertThat(goesOn).isLessThanOrEqualTo(8);
        partition.processAll(log, (int) goesOn);

        assertThat(partition.process(vote(9, 999), 201)).isEqualTo("REJECTED ALREADY_VOTED");
        assertThat(partition.position().nextOffset()).isEqualTo(202);
        assertThat(partition.position().missing()).isZero();
    }

    /** An instance dies within a commit; another one commits less than that; the partition comes back. */
    @Test
    void shouldGoOnWhereAnotherInstanceHasCommittedLessThanStandsInTheFile() {
        List<LogRecord> log = log(10);
        PartitionHarness partition = partition();
        partition.processAll(log.subList(0, 5), 0);
        PartitionHarness other = partition();
        other.processAll(log.subList(0, 8), 0);
        for (int offset = 5; offset < 11; offset++) {
            partition.processUncommitted(log.get(offset), offset);
        }
        partition.setCommittedTallies(other.committedTallies());
        partition.kill(true, file -> {}, log, 8);

        assertThat(partition.process(vote(7, 99), 8)).isEqualTo("REJECTED ALREADY_VOTED");
        assertThat(partition.process(log.get(9), 9)).isEqualTo("ACCEPTED");
    }

    /** What was decided and not committed is lost from the log and written anew; another instance counts that; the partition comes back. */
    @Test
    void shouldForgetVotesThatTheLogLostBeforeTheyWereCommitted() {
        List<LogRecord> log = log(10);
        PartitionHarness partition = partition();
        partition.processAll(log.subList(0, 5), 0);
        for (int offset = 5; offset < 8; offset++) {
            partition.processUncommitted(log.get(offset), offset);
        }
        List<LogRecord> anew = new ArrayList<>(log.subList(0, 5));
        for (int offset = 5; offset < 15; offset++) {
            anew.add(vote(100 + offset, 100 + offset));
        }
        PartitionHarness other = partition();
        other.processAll(anew, 0);
        partition.setCommittedTallies(other.committedTallies());
        partition.kill(true, file -> {}, anew, 15);

        assertThat(partition.process(vote(5, 98), 15)).isEqualTo("ACCEPTED");
        assertThat(partition.process(vote(105, 99), 16)).isEqualTo("REJECTED ALREADY_VOTED");
        assertThat(partition.position().replaced() + partition.position().missing())
                .isZero();
    }
}
