package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.Reason;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pseudonyms, receipts and vote ids. */
class IdentityTest {
    private static final Pseudonym VOTER = Pseudonym.of(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));
    private static final UUID VOTE_ID = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");

    @Test
    void shouldWriteAReceiptInFortyThreeCharactersAndReadItBack() {
        String text = new Receipt(VOTER, VOTE_ID).toString();

        assertThat(text).isEqualTo("AAECAwQFBgcICQoLDA0ODwGJCl2slndLvM6zAgmagFc");
        assertThat(Receipt.parse(text)).contains(new Receipt(VOTER, VOTE_ID));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "AAECAwQFBgcICQoLDA0ODwGJCl2slndLvM6zAgmagF",
                "AAECAwQFBgcICQoLDA0ODwGJCl2slndLvM6zAgmagFd",
                "AAECAwQFBgcICQoLDA0ODwGJCl2slndLvM6zAgmagFc=",
                "AAECAwQFBgcICQoLDA0ODwGJCl2slndLvM6zAgmagFcA",
                "AAECAwQFBgcICQoLDA0ODwGJCl2slndLvM6zAgmag+c",
                "not a receipt at all, whatever its length is"
            })
    void shouldReadNoReceiptFromAnythingElse(String text) {
        assertThat(Receipt.parse(text)).isEmpty();
    }

    @Test
    void shouldGoToThePartitionThatKafkasOwnClientsChoose() {
        for (int partitions = 1; partitions < 40; partitions++) {
            assertThat(VOTER.partition(partitions))
                    .isEqualTo(BuiltInPartitioner.partitionForKey(VOTER.bytes(), partitions));
        }
    }

    @Test
    void shouldRefuseAPseudonymOfAnotherLength() {
        assertThatThrownBy(() -> Pseudonym.of(new byte[15])).hasMessage("a pseudonym has 16 bytes, not 15");
        assertThat(Pseudonym.parse(VOTER.toString())).contains(VOTER);
        assertThat(Pseudonym.parse("AAEC")).isEmpty();
    }

    /** The expected id was computed with Python's hashlib from the derivation that the method documents. */
    @Test
    void shouldDeriveOneVoteIdFromChoicesInAnyOrder() {
        assertThat(VoteIds.derive(VOTER, List.of("25", "01")))
                .isEqualTo(VoteIds.derive(VOTER, List.of("01", "25")))
                .isEqualTo(UUID.fromString("1faec0fd-81af-80ac-80e5-9d7b51171a63"))
                .isNotEqualTo(VoteIds.derive(VOTER, List.of("0", "125")));
        assertThat(VoteIds.derive(VOTER, List.of("01")).version()).isEqualTo(8);
        assertThat(VoteIds.derive(VOTER, List.of("01")).variant()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldKnowEachReasonOnTheWire(Reason reason) {
        assertThat(Reasons.toWire(reason).name()).isEqualTo(reason.name());
        assertThat(Reasons.fromWire(Reasons.toWire(reason))).contains(reason);
    }
}
