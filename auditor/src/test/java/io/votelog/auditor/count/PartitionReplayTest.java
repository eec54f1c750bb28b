// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.TestLog;
import io.votelog.events.PepperFingerprint;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Written from the rules in words, and not from the code that counts. */
class PartitionReplayTest {
    private static final KeyPair PAIR = LogSigner.newKeyPair();
    private static final LogSigner SIGNER =
            LogSigner.of(LogSigner.privateKeyText(PAIR), LogKeys.publicKeyText(PAIR.getPublic()));
    private static final LogSigner STRANGER = stranger();
    private static final Instant OPENS = Instant.parse("2021-12-05T00:00:00Z");
    private static final Instant CLOSES = Instant.parse("2021-12-06T00:00:00Z");
    private static final Instant DURING = OPENS.plusSeconds(60);
    private static final BallotDefinition FRUITS = fruits("A vote");

    private final PartitionReplay replay =
            new PartitionReplay(0, SIGNER.publicKey(), ballot -> Long.MAX_VALUE, Map.of());
    private long next;

    private static LogSigner stranger() {
        KeyPair pair = LogSigner.newKeyPair();
        return LogSigner.of(LogSigner.privateKeyText(pair), LogKeys.publicKeyText(pair.getPublic()));
    }

    private static BallotDefinition fruits(String title) {
        String yaml =
                """
                ballotId: fruits
                title: %s
                window: {opensAt: "%s", closesAt: "%s"}
                picks: {min: 2, max: 4}
                sections:
                  - {id: A, title: A, picks: {min: 1, max: 2}, options: [{id: a1, title: a}, {id: a2, title: b}, {id: a3, title: c}]}
                  - {id: B, title: B, picks: {min: 1}, options: [{id: b1, title: d}, {id: b2, title: e}]}
                """
                        .formatted(title, OPENS, CLOSES);
        if (BallotFile.YAML.read(yaml.getBytes(StandardCharsets.UTF_8)) instanceof Ballot.Definition.Valid valid) {
            return BallotDefinition.of(valid.ballot());
        }
        throw new AssertionError(yaml);
    }

    @Test
    void shouldLetTheFirstValidVoteCount() {
        publish();
        assertThat(vote(1, 1, DURING, "a1")).isEqualTo("REJECTED TOO_FEW_PICKS");
        assertThat(vote(1, 2, DURING, "a1", "b1")).isEqualTo("ACCEPTED");
        assertThat(vote(1, 2, DURING, "b1", "a1", "a1")).isEqualTo("RETRIED");
        assertThat(vote(1, 2, DURING, "a2", "b1")).isEqualTo("REJECTED VOTE_ID_REUSED");
        assertThat(vote(1, 3, DURING, "a1", "b1")).isEqualTo("REJECTED ALREADY_VOTED");
        assertThat(vote(2, 2, DURING, "a2", "b2")).isEqualTo("ACCEPTED");
        PartitionCount count = replay.ballot("fruits").count();
        assertThat(count.accepted()).isEqualTo(2);
        assertThat(count.retried()).isEqualTo(1);
        assertThat(List.of(count.votes(0), count.votes(1), count.votes(2), count.votes(3), count.votes(4)))
                .containsExactly(1L, 1L, 0L, 1L, 1L);
    }

    @Test
    void shouldNameTheFirstReasonThatHolds() {
        assertThat(vote(1, 1, DURING, "a1", "b1")).isEqualTo("REJECTED UNKNOWN_BALLOT");
        publish();
        assertThat(vote(1, 1, OPENS.minusMillis(1))).isEqualTo("REJECTED NOT_OPEN");
        assertThat(vote(1, 1, OPENS)).isEqualTo("REJECTED NO_CHOICE");
        assertThat(vote(1, 1, DURING, "x", "x")).isEqualTo("REJECTED UNKNOWN_OPTION");
        assertThat(vote(1, 1, DURING, "a1", "a1")).isEqualTo("REJECTED REPEATED_OPTION");
        assertThat(vote(1, 1, DURING, "a1", "a2", "a3", "b1", "b2")).isEqualTo("REJECTED TOO_MANY_PICKS");
        assertThat(vote(1, 1, DURING, "a1", "a2", "a3", "b1")).isEqualTo("REJECTED SECTION_TOO_MANY");
        assertThat(vote(1, 1, DURING, "a1", "a2")).isEqualTo("REJECTED SECTION_TOO_FEW");
        assertThat(vote(1, 1, CLOSES)).isEqualTo("REJECTED CLOSED");
    }

    /** Before its ballot is looked for, and behind the key: in whatever letters, of whatever length. */
    @Test
    void shouldHoldAVoteForWhatCanBeNoBallotsIdToBeNoVote() {
        publish();
        byte[] key = key(1);
        for (String id : List.of(
                "", "f", "Fruits", "-fruits", "fruits ", "fr\u00fcchte", "f".repeat(64), "\uFFFD".repeat(300_000))) {
            byte[] value = Events.encode(new VoteCast(new UUID(0, 1), id, List.of("a1", "b1"), new Salt(new byte[32])));
            assertThat(take(key, value, DURING)).as(id.length() + " letters").isEqualTo("no vote: BAD_BALLOT_ID");
            assertThat(take(new byte[15], value, DURING)).isEqualTo("no vote: BAD_KEY");
        }
        byte[] longest = Events.encode(new VoteCast(new UUID(0, 1), "f".repeat(63), List.of(), new Salt(new byte[32])));
        assertThat(take(key, longest, DURING)).isEqualTo("REJECTED UNKNOWN_BALLOT");
    }

    @Test
    void shouldEndWithTheFirstRecordStampedAtTheCloseWhateverItIs() {
        publish();
        vote(1, 1, DURING, "a1", "b1");
        take(new byte[] {1}, new byte[] {2}, CLOSES);
        assertThat(vote(2, 2, DURING, "a1", "b1")).isEqualTo("REJECTED CLOSED");
        assertThat(vote(1, 1, DURING, "a1", "b1")).isEqualTo("RETRIED");
        PartitionCount count = replay.ballot("fruits").count();
        assertThat(count.endOffset()).isEqualTo(2);
        assertThat(count.late()).isEqualTo(2);
        assertThat(count.accepted()).isEqualTo(1);
        assertThat(count.asOfMs()).isEqualTo(DURING.toEpochMilli());
    }

    @Test
    void shouldEndEarlyWhereTheSignedOrderStands() {
        publish();
        take(null, STRANGER.closed("fruits", FRUITS.digest(), 0), DURING);
        take(null, SIGNER.closed("fruits", FRUITS.digest(), 1), DURING);
        assertThat(vote(1, 1, DURING, "a1", "b1")).isEqualTo("ACCEPTED");
        assertThat(take(null, SIGNER.closed("fruits", FRUITS.digest(), 0), DURING))
                .isEqualTo("a control record");
        assertThat(vote(2, 2, DURING, "a1", "b1")).isEqualTo("REJECTED CLOSED");
        assertThat(replay.ballot("fruits").count().endOffset()).isEqualTo(4);
    }

    @Test
    void shouldTakeAnAnnulledVoteOutOnceWheneverItIsAnnulled() {
        publish();
        assertThat(annul(SIGNER, 1, 1)).isEqualTo("a control record");
        vote(1, 1, DURING, "a1", "b1");
        vote(2, 2, DURING, "a1", "b2");
        annul(SIGNER, 1, 2);
        annul(SIGNER, 1, 1);
        annul(SIGNER, 1, 1);
        assertThat(vote(1, 1, DURING, "b1", "a1")).isEqualTo("RETRIED");
        assertThat(vote(1, 3, DURING, "a2", "b1")).isEqualTo("REJECTED ALREADY_VOTED");
        take(null, SIGNER.closed("fruits", FRUITS.digest(), 0), DURING);
        annul(SIGNER, 2, 2);
        PartitionCount count = replay.ballot("fruits").count();
        assertThat(count.accepted()).isEqualTo(2);
        assertThat(count.late()).isZero();
        assertThat(count.annulledVotes()).extracting(AnnulledVote::offset).containsExactly(5L, 10L);
        assertThat(count.annulmentsWithoutEffect()).isEqualTo(3);
        assertThat(List.of(count.votes(0), count.votes(1), count.votes(2), count.votes(3), count.votes(4)))
                .containsOnly(0L);
    }

    @Test
    void shouldCountAnnulmentsUpToTheLimitAlone() {
        PartitionReplay cut = new PartitionReplay(0, SIGNER.publicKey(), ballot -> 3, Map.of());
        for (byte[] value : List.of(
                published(SIGNER, FRUITS, 0), cast(1, "a1", "b1"), annulled(SIGNER, 1, 1), cast(2, "a1", "b1"))) {
            long offset = next++;
            cut.take(TestLog.record(
                    Topics.VOTES, 0, offset, DURING.toEpochMilli(), offset % 2 == 0 ? null : key((int) offset), value));
        }
        cut.take(TestLog.record(Topics.VOTES, 0, next, DURING.toEpochMilli(), null, annulled(SIGNER, 3, 2)));
        PartitionCount count = cut.ballot("fruits").count();
        assertThat(count.annulledVotes()).hasSize(1);
        assertThat(count.votes(0)).isZero();
    }

    @Test
    void shouldObeyNoAnnulmentOfAStrangerNorOneThatIsNotMeantForHere() {
        publish();
        vote(1, 1, DURING, "a1", "b1");
        assertThat(annul(STRANGER, 1, 1)).isEqualTo("no vote: BAD_SIGNATURE");
        assertThat(take(null, SIGNER.annulled("fruits", FRUITS.digest(), receipt(key(1), 1), "fraud", 1), DURING))
                .isEqualTo("no vote: BAD_CONTROL_RECORD");
        assertThat(take(null, SIGNER.annulled("fruits", FRUITS.digest(), receipt(keyOf(1), 1), "fraud", 0), DURING))
                .isEqualTo("no vote: BAD_CONTROL_RECORD");
        assertThat(take(null, SIGNER.annulled("fruits", FRUITS.digest(), receipt(key(1), 1), "a\nb", 0), DURING))
                .isEqualTo("no vote: BAD_CONTROL_RECORD");
        assertThat(take(null, SIGNER.annulled("other", FRUITS.digest(), receipt(key(1), 1), "fraud", 0), DURING))
                .isEqualTo("no vote: BAD_CONTROL_RECORD");
        assertThat(take(
                        null,
                        SIGNER.annulled("fruits", fruits("Another").digest(), receipt(key(1), 1), "fraud", 0),
                        DURING))
                .isEqualTo("no vote: BAD_CONTROL_RECORD");
        assertThat(replay.ballot("fruits").count().annulledVotes()).isEmpty();
    }

    @Test
    void shouldObeyNoRecordThatIsNoEvent() {
        assertThat(take(null, published(STRANGER, FRUITS, 0), DURING)).isEqualTo("no vote: BAD_SIGNATURE");
        assertThat(take(null, published(SIGNER, FRUITS, 1), DURING)).isEqualTo("no vote: BAD_CONTROL_RECORD");
        publish();
        assertThat(take(null, published(SIGNER, FRUITS, 0), DURING)).isEqualTo("a control record");
        assertThat(take(null, published(SIGNER, fruits("Another"), 0), DURING))
                .isEqualTo("no vote: CONFLICTING_DEFINITION");
        assertThat(take(key(1), null, DURING)).isEqualTo("no vote: UNDECODABLE");
        assertThat(take(new byte[3], cast(1, "a1", "b1"), DURING)).isEqualTo("no vote: BAD_KEY");
        assertThat(take(keyOf(1), cast(1, "a1", "b1"), DURING)).isEqualTo("no vote: WRONG_PARTITION");
        byte[] ready = SIGNER.ready("fruits", FRUITS.digest(), io.votelog.events.BallotStage.PUBLISHED);
        assertThat(take(null, ready, DURING)).isEqualTo("no vote: FOREIGN_EVENT");
    }

    @Test
    void shouldNoticeThatOffsetsAreNotDense() {
        publish();
        assertThat(replay.firstGap()).isNull();
        next += 2;
        vote(1, 1, DURING, "a1", "b1");
        assertThat(replay.firstGap()).isEqualTo("partition 0: offset 1 is missing; 3 comes next");
    }

    private void publish() {
        assertThat(take(null, published(SIGNER, FRUITS, 0), OPENS.minusSeconds(60)))
                .isEqualTo("a control record");
    }

    private static byte[] published(LogSigner signer, BallotDefinition definition, int partition) {
        return signer.published(
                definition, partition, 2, List.of(Events.VOTE_CAST_FINGERPRINT), new PepperFingerprint(new byte[8]));
    }

    private String annul(LogSigner signer, int voter, int id) {
        return take(null, annulled(signer, voter, id), DURING);
    }

    private static byte[] annulled(LogSigner signer, int voter, int id) {
        return signer.annulled("fruits", FRUITS.digest(), receipt(key(voter), id), "fraud", 0);
    }

    private static Receipt receipt(byte[] voter, int id) {
        return new Receipt(Pseudonym.of(voter), new UUID(0, id));
    }

    private String vote(int voter, int id, Instant recordedAt, String... choices) {
        return take(key(voter), cast(id, choices), recordedAt);
    }

    private static byte[] cast(int id, String... choices) {
        return Events.encode(new VoteCast(new UUID(0, id), "fruits", List.of(choices), new Salt(new byte[32])));
    }

    /** The n-th key that belongs into partition 0 of 2. */
    private static byte[] key(int number) {
        return keys(0).get(number);
    }

    /** One that belongs into that partition of 2. */
    private static byte[] keyOf(int partition) {
        return keys(partition).get(0);
    }

    private static List<byte[]> keys(int partition) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; keys.size() < 4; i++) {
            byte[] key = ByteBuffer.allocate(Pseudonym.LENGTH).putInt(i).array();
            if (Pseudonym.partition(key, 2) == partition) {
                keys.add(key);
            }
        }
        return keys;
    }

    private String take(byte[] key, byte[] value, Instant recordedAt) {
        long offset = next++;
        replay.take(new ConsumerRecord<>(
                Topics.VOTES.name(),
                0,
                offset,
                recordedAt.toEpochMilli(),
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(),
                Optional.empty()));
        return RecordOutcome.text(replay.outcomes().at(offset));
    }
}
