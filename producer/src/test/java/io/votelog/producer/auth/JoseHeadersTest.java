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
    private static final List<String> TOKENS = IntStream.range(0, 1000)
            .mapToObj(i -> token("{\"alg\":\"HS256\",\"kid\":\"%d\"}".formatted(i)))
            .toList();

    private final JoseHeaders headers = new JoseHeaders();

    @Test
    void shouldRememberNothingOfTokensThatNobodySigned() {
        for (String token : TOKENS) {
            Jws.parse(token, headers);
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
        for (String token : TOKENS) {
            Jws.parse(token, headers).payload(headers);
            assertThat(remembered()).isBetween(1L, (long) JoseHeaders.MAX_HEADERS);
        }
    }

    @Test
    void shouldRefuseWhatIsTooLong() {
        String token = token("{\"alg\":\"HS256\"}");
        Jws.parse(token + "A".repeat(Jws.MAX_LENGTH - token.length()), headers);
        assertThatThrownBy(() -> Jws.parse(token + "A".repeat(Jws.MAX_LENGTH + 1 - token.length()), headers))
                .hasMessageContaining("more than 8192 characters");
    }

    /** How many of the tokens' headers are remembered. */
    private long remembered() {
        return TOKENS.stream()
                .filter(token -> headers.known(token.substring(0, token.indexOf('.'))) != null)
                .count();
    }

    private static String token(String header) {
        return segment(header) + ".e30.AAAA";
    }

    private static String segment(String header) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8));
    }
}
