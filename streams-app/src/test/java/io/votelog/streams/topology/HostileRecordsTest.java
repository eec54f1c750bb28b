// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static io.votelog.streams.topology.LogFixture.DURING;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotEnded;
import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.PartitionTally;
import io.votelog.events.Salt;
import io.votelog.events.VoteAnnulled;
import io.votelog.events.VoteCast;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Topics;
import io.votelog.streams.topology.HostileRecords.Hostile;
import io.votelog.streams.topology.PartitionHarness.LogRecord;
import java.io.File;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No record in votes stops the count (law 11), and no record that is made from it is too long for its topic or store. */
class HostileRecordsTest {
    /** The longest row: a changelog has the broker's default bound, and a batch needs some bytes besides its record. */
    private static final int ROOM_IN_A_CHANGELOG = (1 << 20) - 1024;

    private static final int ROOM_IN_DEAD_LETTERS = 2 * (1 << 20) - 1024;

    private static final KeyPair PAIR = LogSigner.newKeyPair();
    private static final LogSigner SIGNER =
            LogSigner.of(LogSigner.privateKeyText(PAIR), LogKeys.publicKeyText(PAIR.getPublic()));

    @TempDir
    static File stateDir;

    @Test
    void shouldCountEveryHonestVoteBesideRecordsWithEachFieldAtItsLargestEmptyAndWrong() throws Exception {
        BallotDefinition fruits = LogFixture.ballot("fruits");
        BallotDefinition other = LogFixture.ballot("other");
        byte[] standing = LogFixture.published(SIGNER, fruits, 0, 1);
        PartitionHarness partition = new PartitionHarness(SIGNER.publicKey(), 0, stateDir);
        List<Hostile> hostile = new ArrayList<>();
        hostile.addAll(HostileRecords.of(
                new VoteCast(LogFixture.voteId(1), "fruits", List.of("a1", "b1"), new Salt(new byte[32]))));
        hostile.addAll(HostileRecords.of(
                new VoteCast(LogFixture.voteId(1), "nowhere", List.of("a1", "b1"), new Salt(new byte[32]))));
        for (var control : List.of(
                Events.decode(LogFixture.published(SIGNER, other, 0, 1), BallotPublished.class),
                Events.decode(SIGNER.closed("other", other.digest(), 0), BallotClosed.class),
                Events.decode(SIGNER.ended("other", other.digest(), 0), BallotEnded.class),
                Events.decode(LogFixture.annulled(SIGNER, fruits, 1, 999, 0), VoteAnnulled.class),
                Events.decode(
                        SIGNER.ready("fruits", fruits.digest(), io.votelog.events.BallotStage.PUBLISHED),
                        BallotReady.class))) {
            hostile.addAll(HostileRecords.of(control));
            hostile.addAll(HostileRecords.signed(control, PAIR.getPrivate()));
        }
        assertThat(hostile).hasSizeGreaterThan(200);

        int offset = 0;
        partition.process(new LogRecord(null, standing, DURING.toEpochMilli()), offset++);
        int honest = 0;
        Set<String> outcomes = new HashSet<>();
        for (Hostile record : hostile) {
            byte[][] keys = {null, new byte[0], LogFixture.voter(1), new byte[100_000]};
            for (byte[] key : keys) {
                outcomes.add(partition.process(new LogRecord(key, record.value(), DURING.toEpochMilli()), offset++));
            }
            String verdict = partition.process(
                    new LogRecord(
                            LogFixture.voter(1000 + honest),
                            LogFixture.vote("fruits", 5, "a1", "b1"),
                            DURING.toEpochMilli()),
                    offset++);
            assertThat(verdict).as(record.what()).isEqualTo("ACCEPTED");
            honest++;
        }

        PartitionTally tally = partition.emit().get("fruits");
        // A hostile vote of voter 1 may be valid, once.
        assertThat(tally.getAccepted()).isBetween((long) honest, honest + 1L);
        assertThat(tally.getNextOffset()).isEqualTo(offset);
        assertThat(outcomes)
                .contains("BAD_KEY", "BAD_BALLOT_ID", "BAD_SIGNATURE", "BAD_CONTROL_RECORD", "FOREIGN_EVENT")
                .contains("CONFLICTING_DEFINITION");
        assertThat(partition.longestDecision()).isLessThan(1024);
        assertThat(partition.longestDeadLetter()).isLessThan(ROOM_IN_DEAD_LETTERS);
        assertThat(partition.longestRow()).isLessThan(ROOM_IN_A_CHANGELOG);
        // The stores can be read back, with the same content.
        partition.restart();
        assertThat(partition.emit().get("fruits")).isEqualTo(tally);
    }

    @Test
    void shouldPlaceWhatComesOfAVoteByWhereItStoodAndNotByItsKey() {
        int stood = 3;
        byte[] stranger = LogFixture.voter(7);
        assertThat(Pseudonym.partition(stranger, 4)).isNotEqualTo(stood);
        PartitionHarness partition = new PartitionHarness(SIGNER.publicKey(), stood, stateDir);
        // The harness asserts that the value goes to the partition of its vote.
        LogRecord unknown = new LogRecord(stranger, LogFixture.vote("nowhere", 1, "a1"), DURING.toEpochMilli());
        assertThat(partition.process(unknown, 0)).isEqualTo("REJECTED UNKNOWN_BALLOT");
        assertThat(partition.process(new LogRecord(stranger, null, DURING.toEpochMilli()), 1))
                .isEqualTo("UNDECODABLE");

        PartitionedValue placed = new PartitionedValue(stood, new byte[0]);
        assertThat(PartitionedValue.SAME_PARTITION.partitions(Topics.DECISIONS.name(), stranger, placed, 4))
                .contains(Set.of(stood));
        assertThat(PartitionedValue.PARTITION_MODULO_COUNT.partitions(Topics.DEAD_LETTERS.name(), null, placed, 2))
                .contains(Set.of(1));
    }
}
