// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.schemas.DeadLetters.Cause;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLettersTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a vote",
                "a\u0000b\r\nc\u001b[2J",
                "\uD83D\uDE00",
                "x\uD83D\uDE00",
                "\uD83D",
                "\uDE00\uD83D",
                "\uFFFD"
            })
    void shouldQuoteNothingInItsDetailThatHarmsAReader(String part) throws CharacterCodingException {
        for (int times : new int[] {1, 999, 1_000, 1_001, 500_000}) {
            byte[] detail = DeadLetters.of(null, null, 0, 0, 0, Cause.UNDECODABLE, part.repeat(times))
                    .headers()
                    .lastHeader(DeadLetters.DETAIL)
                    .value();
            // A decoder of its own throws at what is no UTF-8.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(detail))
                    .toString();
            assertThat(text.codePointCount(0, text.length())).isLessThanOrEqualTo(1_000);
            assertThat(text.codePoints().noneMatch(Character::isISOControl)).isTrue();
            assertThat(detail.length).isLessThanOrEqualTo(4_000);
            if (part.equals("x\uD83D\uDE00")) {
                assertThat(text).isEqualTo(part.repeat(Math.min(times, 500)));
            }
        }
    }
}
