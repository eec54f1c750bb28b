// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static io.votelog.streams.topology.LogFixture.DURING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.events.PartitionTally;
import io.votelog.schemas.BallotDefinition;
import io.votelog.streams.topology.PartitionHarness.LogRecord;
import io.votelog.streams.topology.rows.PartitionPosition;
import io.votelog.streams.topology.voters.LogTruncatedException;
import io.votelog.streams.topology.voters.VotesTopic;
import java.io.File;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log is cut, or made anew, under a count: a record in the place of a counted one is a fault, and is not counted. */
class ReplacedRecordsTest {
    private static final int COUNTED = 11;

    @TempDir
    static File stateDir;

    private final LogFixture fixture = new LogFixture();
    private final BallotDefinition ballot = LogFixture.ballot("fruits");
    private final List<LogRecord> log = new ArrayList<>();
    private PartitionHarness partition;

    @BeforeEach
    void count() {
        partition = new PartitionHarness(fixture.keys(), 0, stateDir);
        log.add(record(null, fixture.published(ballot, 0, 1), DURING));
        for (int voter = 1; voter < COUNTED; voter++) {
            // Every third vote is refused.
            log.add(vote(voter, DURING.plusSeconds(voter), voter % 3 == 0 ? new String[] {"a1"} : good()));
        }
        partition.processAll(log, 0);
        assertThat(tally().getAccepted()).isEqualTo(7);
    }

    /**
     * The replacing records have later times, as brokers give them; or the same times; or earlier ones, from a leader whose
     * clock is behind.
     */
    @ParameterizedTest
    @ValueSource(longs = {3_600, 0, -3_600})
    void shouldSeeOtherVotesInThePlaceOfCountedOnes(long secondsLater) {
        PartitionTally before = tally();
        partition.restart();
        for (int offset = 5; offset < COUNTED; offset++) {
            Instant at = DURING.plusSeconds(offset + secondsLater);
            assertThat(partition.process(
                            vote(100 + offset, at, offset % 2 == 0 ? good() : new String[] {"b1"}), offset))
                    .isEqualTo(offset % 2 == 0 ? "ACCEPTED" : "REJECTED TOO_FEW_PICKS");
        }

        PartitionTally after = tally();
        assertThat(after.getReplaced()).isEqualTo(COUNTED - 5);
        assertThat(PartitionTally.newBuilder(after).setReplaced(0L).build()).isEqualTo(before);

        // Behind the position the count goes on, and the fault stays known.
        partition.process(vote(500, DURING.plusSeconds(7_200), good()), COUNTED);
        assertThat(tally().getAccepted()).isEqualTo(8);
        partition.restart();
        assertThat(tally().getReplaced()).isEqualTo(COUNTED - 5);
    }

    @Test
    void shouldSeeAnotherVoteOfTheSameVoterInThePlaceOfTheCountedOne() {
        partition.restart();
        partition.process(vote(1, DURING.plusSeconds(1), "a2", "b2"), 1);
        assertThat(tally().getReplaced()).isEqualTo(1);
        partition.process(vote(3, DURING.plusSeconds(3), "a1", "b9"), 3);
        assertThat(tally().getReplaced()).isEqualTo(2);
    }

    @Test
    void shouldNotAccuseALogThatIsReadAgainHoweverOften() {
        PartitionTally before = tally();
        for (int times = 0; times < 3; times++) {
            partition.restart();
            partition.processAll(log, times);
            partition.restart();
            assertThat(tally()).isEqualTo(before);
        }
    }

    @Test
    void shouldCountAReplacedRecordOnceThoughItIsReadAgain() {
        log.set(4, vote(77, DURING.plusSeconds(4), good()));
        partition.processAll(log, 0);
        partition.restart();
        partition.processAll(log, 0);
        assertThat(tally().getReplaced()).isEqualTo(1);
    }

    @Test
    void shouldGoOnWithABallotThatCameInThePlaceOfCountedRecordsAndWithOneThatEndedThere() {
        BallotDefinition other = LogFixture.ballot("other");
        partition.process(record(null, fixture.published(other, 0, 1), DURING), 5);
        partition.process(record(null, fixture.closed(ballot, 0), DURING), 6);
        partition.process(
                record(LogFixture.voter(1), LogFixture.vote("other", 1, good()), DURING.plusSeconds(60)), COUNTED);
        partition.process(vote(40, DURING.plusSeconds(61), good()), COUNTED + 1);

        var emitted = partition.emit();
        assertThat(emitted.get("other").getAccepted()).isEqualTo(1);
        assertThat(emitted.get("other").getReplaced()).isEqualTo(2);
        assertThat(emitted.get("fruits").getEndOffset()).isEqualTo(COUNTED);
        assertThat(emitted.get("fruits").getLate()).isEqualTo(1);
        assertThat(emitted.get("fruits").getAccepted()).isEqualTo(7);
    }

    @Test
    void shouldNotStartOnAnotherTopicThanTheOneThatWasCounted() {
        Topic first = new Topic(Uuid.randomUuid());
        partition.restart(first);
        // The store was written before topics' ids were kept, and takes this one even when no record comes.
        assertThat(partition.position().topicId()).isNull();
        partition.emit();
        assertThat(partition.position().topicId()).isEqualTo(first.id);
        partition.restart(first);
        assertThatThrownBy(() -> partition.restart(new Topic(Uuid.randomUuid())))
                .isInstanceOf(LogTruncatedException.class)
                .hasMessageContaining(
                        "votes is another topic than the one of which 11 offsets of partition 0 are counted")
                .hasMessageContaining(first.id.toString());
    }

    @Test
    void shouldSayThatAllIsReplacedWhenTheTopicIsMadeAnewUnderIt() {
        Topic topic = new Topic(Uuid.randomUuid());
        partition.restart(topic);
        partition.emit();
        topic.noticed = topic.id;
        partition.process(vote(40, DURING.plusSeconds(60), good()), COUNTED);
        assertThat(tally().getReplaced()).isZero();

        topic.noticed = Uuid.randomUuid();
        partition.process(vote(41, DURING.plusSeconds(61), good()), COUNTED + 1);
        partition.process(vote(42, DURING.plusSeconds(62), good()), COUNTED + 2);
        assertThat(tally().getReplaced()).isEqualTo(COUNTED + 1);
        assertThat(tally().getAccepted()).isEqualTo(10);
        assertThat(partition.position().topicId()).isEqualTo(topic.id);
    }

    @Test
    void shouldGoOnFromAPositionOfABuildThatKnewNoTimes() {
        partition.putPosition(
                ByteBuffer.allocate(16).putLong(COUNTED).putLong(2).array());
        partition.restart();
        // Times show nothing about records that were counted before times were kept; the stores show that these are the
        // same.
        partition.processAll(log, 0);
        partition.process(vote(40, DURING.plusSeconds(60), good()), COUNTED);
        partition.restart();
        partition.process(vote(40, DURING.plusSeconds(60), good()), COUNTED);
        assertThat(tally().getMissing()).isEqualTo(2);
        assertThat(tally().getReplaced()).isZero();

        // A retry leaves no trace in the stores; its time shows that it is another record.
        partition.process(vote(1, DURING.plusSeconds(90), good()), COUNTED);
        assertThat(tally().getReplaced()).isEqualTo(1);
    }

    @Test
    void shouldReadBackAPositionAndNoneOfAVersionThatIsNotKnown() {
        PartitionPosition position =
                new PartitionPosition(7, 1, 2, 6, 1_638_748_800_000L, 3, new Uuid(0x0102030405060708L, 9));
        byte[] row = position.encode();
        assertThat(PartitionPosition.decode(row)).isEqualTo(position);
        assertThat(PartitionPosition.decode(PartitionPosition.START.encode())).isEqualTo(PartitionPosition.START);
        assertThat(PartitionPosition.decode(null)).isEqualTo(PartitionPosition.START);
        row[0] = 3;
        assertThatThrownBy(() -> PartitionPosition.decode(row)).hasMessageContaining("version 3");
    }

    /** The topic as an administrator would describe it. */
    private static final class Topic implements VotesTopic {
        private final Uuid id;
        private @Nullable Uuid noticed;

        Topic(Uuid id) {
            this.id = id;
        }

        @Override
        public long endOffset(int partition) {
            return Long.MAX_VALUE;
        }

        @Override
        public Uuid id() {
            return id;
        }

        @Override
        public @Nullable Uuid lastSeenId() {
            return noticed;
        }
    }

    private PartitionTally tally() {
        PartitionTally tally = partition.emit().get("fruits");
        if (tally == null) {
            // Nothing has changed since the last snapshot.
            partition.restart();
            return partition.emit().get("fruits");
        }
        return tally;
    }

    private static String[] good() {
        return new String[] {"a1", "b1"};
    }

    private static LogRecord vote(int voter, Instant at, String... choices) {
        return record(LogFixture.voter(voter), LogFixture.vote("fruits", voter, choices), at);
    }

    private static LogRecord record(byte @Nullable [] key, byte[] value, Instant at) {
        return new LogRecord(key, value, at.toEpochMilli());
    }
}
