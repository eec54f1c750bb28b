// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JoseHeadersTest {
    private static final List<String> SEGMENTS =
            IntStream.range(0, 1000).mapToObj(number -> segment(header(number))).toList();

    private final JoseHeaders headers = new JoseHeaders();

    @Test
    void shouldRememberNothingOfTokensThatNobodySigned() {
        for (int i = 0; i < 1000; i++) {
            Jws.parse(token(header(i)), headers);
        }
        assertThat(remembered()).isZero();
    }

    @Test
    void shouldRememberTheHeadersOfThoseThatHold() {
        Jws jws = Jws.parse(token("{\"alg\":\"HS256\"}"), headers);
        jws.payload(headers);
        assertThat(Jws.parse(token("{\"alg\":\"HS256\"}"), headers).header()).isSameAs(jws.header());
    }

    @Test
    void shouldHaveAnEnd() {
        for (int i = 0; i < 1000; i++) {
            Jws.parse(token(header(i)), headers).payload(headers);
            assertThat(remembered()).isBetween(1L, (long) JoseHeaders.MOST);
        }
    }

    @Test
    void shouldRefuseWhatIsTooLong() {
        String token = token("{\"alg\":\"HS256\"}");
        Jws.parse(token + "A".repeat(Jws.MAX_LENGTH - token.length()), headers);
        assertThatThrownBy(() -> Jws.parse(token + "A".repeat(Jws.MAX_LENGTH + 1 - token.length()), headers))
                .hasMessageContaining("more than 8192 characters");
    }

    private static String header(int number) {
        return "{\"alg\":\"HS256\",\"kid\":\"%d\"}".formatted(number);
    }

    /** How many of the headers that these tests make are remembered. */
    private long remembered() {
        return SEGMENTS.stream()
                .filter(segment -> headers.known(segment) != null)
                .count();
    }

    private static String token(String header) {
        return segment(header) + ".e30.AAAA";
    }

    private static String segment(String header) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8));
    }
}
