// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventsTest {
    private static final byte[] VOTE =
            Events.encode(new VoteCast(new UUID(1, 2), "fruits", List.of("a1", "b1"), new Salt(new byte[32])));

    @Test
    void shouldRefuseWhatIsNotAWholeEvent() {
        assertRefused(new byte[0], "single-object");
        assertRefused(new byte[] {(byte) 0xC3, 1, 0}, "single-object");
        assertRefused("{\"choices\":[]}".getBytes(java.nio.charset.StandardCharsets.UTF_8), "single-object");
        byte[] unknownSchema = VOTE.clone();
        unknownSchema[2] ^= 1;
        assertRefused(unknownSchema, "unknown schema");
        assertRefused(Arrays.copyOf(VOTE, VOTE.length + 1), "left over");
        for (int length = 10; length < VOTE.length; length++) {
            assertRefused(Arrays.copyOf(VOTE, length), "are not a VoteCast");
        }
        assertThatThrownBy(() -> Events.decode(null)).hasMessage("no value");
        assertThatThrownBy(() -> Events.decode(VOTE, VoteDecided.class))
                .hasMessage("a VoteCast where a VoteDecided belongs");
    }

    @Test
    void shouldNotAllocateWhatAHostileLengthAsksFor() {
        byte[] hugeString = Arrays.copyOf(VOTE, 40);
        // The ballot id's length, behind the header and the vote id: 2^31 - 8 as a zig-zag number.
        byte[] length = {(byte) 0xF0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F};
        System.arraycopy(length, 0, hugeString, 26, length.length);
        assertRefused(hugeString, "are not a VoteCast");

        byte[] hugeArray = Arrays.copyOf(VOTE, 60);
        System.arraycopy(length, 0, hugeArray, 26 + 1 + "fruits".length(), length.length);
        assertRefused(hugeArray, "are not a VoteCast");
    }

    @Test
    void shouldAnswerAnyBytesWithAnEventOrARefusal() {
        long seed = Long.getLong("votelog.seed", 20_211_205L);
        Random random = new Random(seed);
        int whole = 0;
        for (int n = 0; n < 200_000; n++) {
            byte[] bytes = VOTE.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[10 + random.nextInt(bytes.length - 10)] = (byte) random.nextInt(256);
            }
            try {
                Events.decode(bytes);
                whole++;
            } catch (MalformedEventException refused) {
                assertThat(refused.getMessage())
                        .as("seed %d, bytes %d", seed, n)
                        .isNotBlank();
            }
        }
        assertThat(whole).as("seed %d", seed).isBetween(1, 199_999);
    }

    private static void assertRefused(byte[] bytes, String why) {
        assertThatThrownBy(() -> Events.decode(bytes))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining(why);
    }
}
