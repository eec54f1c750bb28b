// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.Reason;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pseudonyms and receipts. */
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

    @ParameterizedTest
    @EnumSource
    void shouldKnowEachReasonOnTheWire(Reason reason) {
        assertThat(Reasons.toWire(reason).name()).isEqualTo(reason.name());
        assertThat(Reasons.fromWire(Reasons.toWire(reason))).contains(reason);
    }
}
