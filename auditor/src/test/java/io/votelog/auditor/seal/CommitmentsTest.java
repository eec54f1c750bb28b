// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class CommitmentsTest {
    private static final UUID ID = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
    private static final byte[] VOTER = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
    private static final VoteCast VOTE = vote(List.of("25", "01"), 0x5e);

    private final Commitments commitments = new Commitments();

    private static VoteCast vote(List<String> choices, int salt) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) salt);
        return new VoteCast(ID, "gz-customs-2021", choices, new Salt(bytes));
    }

    private static ConsumerRecord<byte[], byte[]> record(long timestampMs, byte[] key, byte[] value) {
        return new ConsumerRecord<>(
                "votes",
                2,
                77,
                timestampMs,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private Leaf.Record leaf(VoteCast vote) {
        return commitments.leaf(record(1_638_666_123_004L, VOTER, Events.encode(vote)));
    }

    /** Computed with Python's hashlib and hmac from what the class says. */
    @Test
    void shouldCommitAsItIsWrittenDown() {
        Leaf.Record leaf = leaf(VOTE);

        assertThat(leaf.kind()).isEqualTo(Leaf.VOTE);
        assertThat(HexFormat.of().formatHex(leaf.commitments(), 0, 64))
                .isEqualTo("38e5195bd46e015e7edfe8ee9b8b5cbebc7448d8ee6c40890803ea65f3f3048c"
                        + "7e55945586dab03b9e221b2c97e7a97261100b8adfd1e09600e30503bd3eb5f2");
    }

    @Test
    void shouldBeOpenedByTheReceiptAndTheVotersSaltAlone() {
        byte[] salt = commitments.voterSalt(VOTE);

        assertThat(commitments.voter(salt, VOTER, ID)).isEqualTo(leaf(VOTE).voter());
        assertThat(commitments.voter(salt, VOTER, new UUID(1, 2)))
                .isNotEqualTo(leaf(VOTE).voter());
        assertThat(commitments.voter(salt, new byte[16], ID))
                .isNotEqualTo(leaf(VOTE).voter());
        assertThat(commitments.voter(new byte[32], VOTER, ID))
                .isNotEqualTo(leaf(VOTE).voter());
    }

    @Test
    void shouldChangeWithEachThingThatTheVerdictDependsOn() {
        byte[] value = Events.encode(VOTE);
        byte[] honest = commitments.leaf(record(5, VOTER, value)).entry();

        assertThat(commitments.leaf(record(6, VOTER, value)).entry()).isNotEqualTo(honest);
        assertThat(commitments.leaf(record(5, new byte[16], value)).entry()).isNotEqualTo(honest);
        assertThat(commitments
                        .leaf(record(5, VOTER, Events.encode(vote(List.of("25", "02"), 0x5e))))
                        .entry())
                .isNotEqualTo(honest);
        assertThat(commitments.leaf(record(5, VOTER, value)).entry()).isEqualTo(honest);
    }

    /** The same choices of two voters must not look the same. */
    @Test
    void shouldHideChoicesBehindTheSalt() {
        byte[] one = leaf(VOTE).commitments();
        byte[] other = leaf(vote(List.of("25", "01"), 0x5f)).commitments();

        assertThat(Arrays.copyOfRange(one, 32, 64)).isNotEqualTo(Arrays.copyOfRange(other, 32, 64));
    }

    @Test
    void shouldTellKindsByFormAlone() {
        byte[] vote = Events.encode(VOTE);

        assertThat(commitments.leaf(record(5, new byte[3], vote)).kind()).isEqualTo(Leaf.NO_VOTE);
        assertThat(commitments.leaf(record(5, null, vote)).kind()).isEqualTo(Leaf.NO_VOTE);
        assertThat(commitments
                        .leaf(record(5, VOTER, "junk".getBytes(StandardCharsets.UTF_8)))
                        .kind())
                .isEqualTo(Leaf.NO_VOTE);
        assertThat(commitments.leaf(record(5, VOTER, null)).kind()).isEqualTo(Leaf.NO_VOTE);
    }
}
