// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.votelog.producer.Gateway;
import io.votelog.web.problem.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BearerTokensTest {
    private static RSAKey rsa;
    private static ECKey ec;
    private static TestProvider provider;
    private static BearerTokens both;
    private static BearerTokens providerOnly;
    private static BearerTokens secretOnly;

    @BeforeAll
    static void start() throws JOSEException, IOException {
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        provider = new TestProvider(rsa, ec);
        URI jwkSetUri = provider.uri();
        both = BearerTokens.of(new AuthSettings(jwkSetUri, Gateway.SECRET, "https://id.example", "votelog"));
        providerOnly = BearerTokens.of(new AuthSettings(jwkSetUri, null, "https://id.example", "votelog"));
        secretOnly = BearerTokens.of(new AuthSettings(null, Gateway.SECRET, null, null));
    }

    @AfterAll
    static void stop() {
        List.of(both, providerOnly, secretOnly).forEach(BearerTokens::close);
        provider.close();
    }

    @Test
    void shouldTrustTheProvidersKeys() throws JOSEException {
        for (BearerTokens tokens : List.of(both, providerOnly)) {
            assertThat(authenticate(tokens, rsa256(claims -> {})).userId()).hasToString("alice");
            assertThat(authenticate(tokens, es256()).userId()).hasToString("alice");
        }
        refused(secretOnly, rsa256(claims -> {}), "accepted: HS256");
    }

    @Test
    void shouldTrustTheSharedSecret() {
        assertThat(authenticate(both, hs256(claims -> {})).userId()).hasToString("alice");
        assertThat(authenticate(secretOnly, hs256(claims -> {})).userId()).hasToString("alice");
        refused(providerOnly, hs256(claims -> {}), "accepted: RS256, ES256");
    }

    @Test
    void shouldReadTheScopes() {
        assertThat(authenticate(
                                both,
                                hs256(claims -> claims.claim("scope", " ballots:write  votes:submit votes:submit")))
                        .scopes())
                .containsExactlyInAnyOrder("ballots:write", "votes:submit");
        assertThat(authenticate(both, hs256(claims -> {})).scopes()).isEmpty();
        assertThat(authenticate(both, hs256(claims -> claims.claim("scope", List.of("ballots:write"))))
                        .scopes())
                .isEmpty();
    }

    @Test
    void shouldRefuseWhatNobodySigned() {
        JWTClaimsSet claims = TestTokens.claims("alice").build();
        refused(both, new PlainJWT(claims).serialize(), "the token is no signed JWT");
        String payload = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.toString().getBytes(StandardCharsets.UTF_8));
        for (String algorithm : List.of("none", "None", "HS384", "PS256")) {
            String header = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString("{\"alg\":\"%s\"}".formatted(algorithm).getBytes(StandardCharsets.UTF_8));
            refused(both, header + "." + payload + ".", "");
            refused(both, header + "." + payload + ".AAAA", "");
        }
    }

    /**
     * Tokens signed by HMAC with the provider's public key as the secret, in the forms by which libraries were once tricked.
     */
    @Test
    void shouldRefuseTheProvidersPublicKeyAsASecret() throws JOSEException {
        byte[] der = rsa.toPublicKey().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END PUBLIC KEY-----\n";
        JWTClaimsSet claims = TestTokens.claims("mallory").build();
        for (byte[] secret : List.of(
                der,
                pem.getBytes(StandardCharsets.UTF_8),
                rsa.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8))) {
            String token = TestTokens.signed(JWSAlgorithm.HS256, "rsa", new MACSigner(secret), claims);
            refused(both, token, "");
            refused(providerOnly, token, "");
        }
    }

    @Test
    void shouldRefuseAnotherKeyOfTheSameName() throws JOSEException {
        RSAKey forged = new RSAKeyGenerator(2048).keyID("rsa").generate();
        refused(
                both,
                TestTokens.signed(
                        JWSAlgorithm.RS256,
                        "rsa",
                        new RSASSASigner(forged),
                        TestTokens.claims("mallory").build()),
                "");
        refused(
                both,
                TestTokens.signed(
                        JWSAlgorithm.HS256,
                        null,
                        new MACSigner("another secret of at least thirty-two bytes"),
                        TestTokens.claims("mallory").build()),
                "");
    }

    @Test
    void shouldRefuseWhatTheRulesForbid() {
        refused(
                both,
                hs256(claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(120)))),
                "expired");
        refused(both, hs256(claims -> claims.expirationTime(null)), "exp");
        refused(
                both,
                hs256(claims -> claims.notBeforeTime(Date.from(Instant.now().plusSeconds(120)))),
                "");
        refused(both, hs256(claims -> claims.issuer("https://other.example")), "iss");
        refused(both, hs256(claims -> claims.issuer(null)), "iss");
        refused(both, hs256(claims -> claims.audience("other")), "aud");
        refused(both, hs256(claims -> claims.subject(null)), "sub");
        refused(both, hs256(claims -> claims.subject(" ")), "sub");
        refused(both, hs256(claims -> claims.subject("x".repeat(256))), "sub");
        refused(both, hs256(claims -> claims.subject("kim ")), "U+0020 as character 4, white space, at its end");
        refused(both, hs256(claims -> claims.subject("ki\u200Bm")), "U+200B as character 3, which nobody can see");
        refused(both, hs256(claims -> claims.subject("kim\n")), "U+000A as character 4");
        refused(both, hs256(claims -> claims.subject("Zoe\u0308")), "Normalization Form C");
        assertThat(authenticate(both, hs256(claims -> claims.subject("Zo\u00EB")))
                        .userId())
                .hasToString("Zo\u00EB");
        assertThat(authenticate(both, hs256(claims -> claims.subject("x".repeat(255))))
                        .userId()
                        .text())
                .hasSize(255);
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertThatThrownBy(() -> both.authenticate(null).block())
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused -> assertThat(refused.problem().detail()).contains("Authorization header is missing"));
        assertThatThrownBy(() -> both.authenticate("Basic YTpi").block())
                .isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(
                                refused.problem().headers())
                        .containsEntry("WWW-Authenticate", "Bearer realm=\"votelog\""));
        refused(both, "", "no signed JWT");
        refused(both, "a.b.c", "no signed JWT");
        refused(both, "....", "no signed JWT");
    }

    @Test
    void shouldSayWhatIsWrong() throws JOSEException {
        Instant past = Instant.now().minusSeconds(120).truncatedTo(ChronoUnit.SECONDS);
        refused(both, hs256(claims -> claims.expirationTime(Date.from(past))), "expired at " + past);
        Instant future = Instant.now().plusSeconds(120).truncatedTo(ChronoUnit.SECONDS);
        refused(both, hs256(claims -> claims.notBeforeTime(Date.from(future))), "not valid before " + future);
        refused(both, hs256(claims -> claims.issuer("x")), "iss must be https://id.example");
        refused(both, hs256(claims -> claims.audience("x")), "aud must hold votelog");
        refused(
                both,
                TestTokens.signed(
                        JWSAlgorithm.RS256,
                        "unknown",
                        new RSASSASigner(rsa),
                        TestTokens.claims("alice").build()),
                "kid");
        String token = hs256(claims -> {});
        refused(both, token.substring(0, token.length() - 8) + "AAAAAAAA", "signature");
    }

    @Test
    void shouldBeUnavailableWhileTheProviderIs() {
        AuthSettings away = new AuthSettings(
                URI.create("http://127.0.0.1:1/keys"), Gateway.SECRET, "https://id.example", "votelog");
        try (BearerTokens cutOff = BearerTokens.of(away)) {
            assertThatThrownBy(() -> authenticate(cutOff, rsa256(claims -> {})))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            refused -> assertThat(refused.problem().status()).isEqualTo(503));
            assertThat(authenticate(cutOff, hs256(claims -> {})).userId()).hasToString("alice");
        }
    }

    private static Caller authenticate(BearerTokens tokens, String token) {
        Caller caller = tokens.authenticate("Bearer " + token).block(Duration.ofSeconds(10));
        return Objects.requireNonNull(caller);
    }

    private static void refused(BearerTokens tokens, String token, String detail) {
        assertThatThrownBy(() -> authenticate(tokens, token))
                .isInstanceOfSatisfying(ProblemException.class, refused -> {
                    assertThat(refused.problem().status())
                            .as(refused.problem().detail())
                            .isEqualTo(401);
                    assertThat(refused.problem().detail()).contains(detail);
                    assertThat(refused.problem().headers().get("WWW-Authenticate"))
                            .startsWith("Bearer realm=\"votelog\", error=\"invalid_token\"");
                });
    }

    private static String rsa256(Consumer<JWTClaimsSet.Builder> change) throws JOSEException {
        JWTClaimsSet.Builder claims = TestTokens.claims("alice");
        change.accept(claims);
        return TestTokens.signed(JWSAlgorithm.RS256, "rsa", new RSASSASigner(rsa), claims.build());
    }

    private static String es256() throws JOSEException {
        return TestTokens.signed(
                JWSAlgorithm.ES256,
                "ec",
                new ECDSASigner(ec),
                TestTokens.claims("alice").build());
    }

    private static String hs256(Consumer<JWTClaimsSet.Builder> change) {
        JWTClaimsSet.Builder claims = TestTokens.claims("alice");
        change.accept(claims);
        try {
            return TestTokens.signed(JWSAlgorithm.HS256, null, new MACSigner(Gateway.SECRET), claims.build());
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }
}
