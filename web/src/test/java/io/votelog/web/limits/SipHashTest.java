// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SipHashTest {
    /** The key 00 to 0f, as in the authors' test vectors. */
    private final SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    /** Of the messages 00, 01 … of so many bytes; that of 15 is in the paper, the others in the authors' {@code vectors.h}. */
    @ParameterizedTest
    @CsvSource({
        "0, 726fdb47dd0e0e31",
        "1, 74f839c593dc67fd",
        "2, 0d6c8009d9a94f5a",
        "7, ab0200f58b01d137",
        "8, 93f5f5799a932462",
        "9, 9e0082df0ba9e4b0",
        "15, a129ca6149be45e5",
        "16, 3f2acc7f57c29bdb",
        "63, 958a324ceb064572"
    })
    void shouldBeWhatItsAuthorsSay(int length, String expected) {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) i;
        }
        assertThat(Long.toHexString(hash.of(message))).isEqualTo(expected.replaceFirst("^0+", ""));
    }

    @Test
    void shouldTakeTwoNumbersForTheirBytes() {
        byte[] bytes = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(-2)
                .putLong(1L << 40)
                .array();
        assertThat(hash.of(-2, 1L << 40)).isEqualTo(hash.of(bytes));
    }

    @Test
    void shouldHaveAKeyOfItsOwn() {
        byte[] message = {1, 2, 3};
        assertThat(SipHash.withRandomKey().of(message))
                .isNotEqualTo(SipHash.withRandomKey().of(message));
    }
}
