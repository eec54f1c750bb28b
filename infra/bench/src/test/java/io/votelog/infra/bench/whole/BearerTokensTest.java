// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.bench.voters.Claims;
import io.votelog.infra.bench.voters.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class BearerTokensTest {
    private static final String SECRET = "a secret of at least thirty-two bytes";
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final BearerTokens tokens = new BearerTokens(SECRET, Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void shouldNameTheUser() {
        assertThat(tokens.user("Bearer " + signed(SECRET, "ada", NOW))).isEqualTo("ada");
        assertThat(tokens.user("Bearer " + signed(SECRET, "bob", NOW))).isEqualTo("bob");
    }

    @Test
    void shouldRefuseWhatIsNotSignedWithTheSecret() {
        String token = signed(SECRET, "ada", NOW);
        String[] parts = token.split("\\.");
        String others = encode(new String(Claims.of("bob", NOW, ""), StandardCharsets.UTF_8));

        assertThat(tokens.user("Bearer " + signed("another secret of thirty-two bytes", "ada", NOW)))
                .isNull();
        assertThat(tokens.user("Bearer " + parts[0] + "." + others + "." + parts[2]))
                .isNull();
        assertThat(tokens.user("Bearer " + encode("{\"alg\":\"none\"}") + "." + parts[1] + "."))
                .isNull();
        assertThat(tokens.user("Bearer " + parts[0] + "." + parts[1] + ".")).isNull();
    }

    @Test
    void shouldRefuseWhatHasExpired() {
        assertThat(tokens.user("Bearer " + signed(SECRET, "ada", NOW.minus(Duration.ofDays(31)))))
                .isNull();
    }

    @Test
    void shouldRefuseWhatIsNoToken() {
        assertThat(tokens.user(null)).isNull();
        assertThat(tokens.user("")).isNull();
        assertThat(tokens.user("Bearer ")).isNull();
        assertThat(tokens.user("Bearer a.b")).isNull();
        assertThat(tokens.user("Bearer a.b.c")).isNull();
        assertThat(tokens.user("Bearer *.*.*")).isNull();
        assertThat(tokens.user("Basic YTpi")).isNull();
    }

    private static String signed(String secret, String user, Instant at) {
        return new String(SigningKey.ofSecret(secret).sign(Claims.of(user, at, "")), StandardCharsets.US_ASCII);
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
