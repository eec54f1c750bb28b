// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.voters;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    Path dir;

    private final List<Integer> signed = new ArrayList<>();

    private TokenStore store(TokenAlgorithm algorithm, long seed, Instant now) {
        return new TokenStore(
                dir.resolve("tokens"),
                SigningKey.readOrMake(dir.resolve("keys"), algorithm),
                seed,
                Clock.fixed(now, ZoneOffset.UTC));
    }

    private static String token(TokenStore store, int voter) {
        ByteBuf to = Unpooled.buffer();
        store.write(voter, to);
        return to.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void shouldGiveEachVoterATokenThatVerifies() throws Exception {
        TokenStore hs256 = store(TokenAlgorithm.HS256, 5, NOW);
        hs256.ensure(0, TokenStore.SEGMENT + 1, signed::add);
        assertThat(hs256.has(0, 2 * TokenStore.SEGMENT)).isTrue();
        assertThat(hs256.has(TokenStore.SEGMENT, TokenStore.SEGMENT + 1)).isFalse();
        for (int voter : new int[] {0, TokenStore.SEGMENT - 1, TokenStore.SEGMENT, 2 * TokenStore.SEGMENT - 1}) {
            SignedJWT jwt = SignedJWT.parse(token(hs256, voter));
            assertThat(jwt.verify(new MACVerifier(hs256.key().secretText()))).isTrue();
            assertThat(jwt.getJWTClaimsSet().getSubject()).isEqualTo(Claims.user(5, voter));
            assertThat(jwt.getJWTClaimsSet().getIssuer()).isEqualTo(Claims.ISSUER);
            assertThat(jwt.getJWTClaimsSet().getAudience()).containsExactly(Claims.AUDIENCE);
            assertThat(jwt.getJWTClaimsSet().getExpirationTime()).isEqualTo(NOW.plus(Duration.ofDays(30)));
        }
        SigningKey es256 = SigningKey.readOrMake(dir.resolve("keys"), TokenAlgorithm.ES256);
        SignedJWT jwt = SignedJWT.parse(new String(es256.sign(Claims.ofVoter(5, 3, NOW)), StandardCharsets.US_ASCII));
        assertThat(jwt.verify(new ECDSAVerifier(es256.publicKey().toECKey()))).isTrue();
        assertThat(jwt.getHeader().getKeyID()).isEqualTo(es256.publicKey().getKeyID());
    }

    @Test
    void shouldSignOnceForAKeyAndASeed() {
        TokenStore first = store(TokenAlgorithm.HS256, 5, NOW);
        first.ensure(0, 1, signed::add);
        assertThat(signed).hasSize(1);
        TokenStore again = store(TokenAlgorithm.HS256, 5, NOW.plus(Duration.ofDays(28)));
        again.ensure(0, TokenStore.SEGMENT, signed::add);
        assertThat(signed).hasSize(1);
        assertThat(token(again, 17)).isEqualTo(token(first, 17));

        store(TokenAlgorithm.HS256, 6, NOW).ensure(0, 1, signed::add);
        assertThat(signed).hasSize(2);
    }

    @Test
    void shouldSignNoneThatNobodyAskedFor() {
        int third = 2 * TokenStore.SEGMENT;
        TokenStore store = store(TokenAlgorithm.HS256, 5, NOW);
        store.ensure(third + 3, 1, signed::add);
        assertThat(signed).containsExactly(TokenStore.SEGMENT);
        assertThat(store.has(third, TokenStore.SEGMENT)).isTrue();
        assertThat(store.has(0, 1)).isFalse();
        assertThat(token(store, third + 3))
                .isEqualTo(new String(store.key().sign(Claims.ofVoter(5, third + 3, NOW)), StandardCharsets.US_ASCII));
    }

    @Test
    void shouldSignAgainWithLessThanADayLeft() {
        store(TokenAlgorithm.HS256, 5, NOW).ensure(0, 1, signed::add);
        Instant late = NOW.plus(Duration.ofDays(29)).plusSeconds(1);
        TokenStore again = store(TokenAlgorithm.HS256, 5, late);
        again.ensure(0, 1, signed::add);
        assertThat(signed).hasSize(2);
        assertThat(token(again, 0))
                .isEqualTo(new String(again.key().sign(Claims.ofVoter(5, 0, late)), StandardCharsets.US_ASCII));
    }
}
