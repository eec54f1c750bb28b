package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BearerTokensTest {
    private static final AtomicInteger FETCHES = new AtomicInteger();

    private static RSAKey rsa;
    private static ECKey ec;
    private static HttpServer provider;
    private static URI jwkSetUri;
    private static BearerTokens both;
    private static BearerTokens providerOnly;
    private static BearerTokens secretOnly;

    @BeforeAll
    static void start() throws JOSEException, IOException {
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        byte[] keys = new JWKSet(List.of(rsa, ec)).toString(true).getBytes(StandardCharsets.UTF_8);
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext("/keys", exchange -> {
            FETCHES.incrementAndGet();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        provider.start();
        jwkSetUri = URI.create("http://127.0.0.1:" + provider.getAddress().getPort() + "/keys");
        both = BearerTokens.of(new AuthSettings(jwkSetUri, Gateway.SECRET, "https://id.example", "votelog"));
        providerOnly = BearerTokens.of(new AuthSettings(jwkSetUri, null, "https://id.example", "votelog"));
        secretOnly = BearerTokens.of(new AuthSettings(null, Gateway.SECRET, null, null));
    }

    @AfterAll
    static void stop() {
        provider.stop(0);
    }

    @Test
    void shouldTrustTheProvidersKeys() throws JOSEException {
        for (BearerTokens tokens : List.of(both, providerOnly)) {
            assertThat(authenticate(tokens, rsa256(claims -> {})).userId()).isEqualTo("alice");
            assertThat(authenticate(tokens, es256()).userId()).isEqualTo("alice");
        }
        refused(secretOnly, rsa256(claims -> {}), "accepted: HS256");
    }

    @Test
    void shouldTrustTheSharedSecret() {
        assertThat(authenticate(both, hs256(claims -> {})).userId()).isEqualTo("alice");
        assertThat(authenticate(secretOnly, hs256(claims -> {})).userId()).isEqualTo("alice");
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

    /** With the public key as the secret of an HMAC, in the forms in which libraries were tricked. */
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
        assertThat(authenticate(both, hs256(claims -> claims.subject("x".repeat(255))))
                        .userId())
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

    /** Whoever makes up key names must not make this gateway beat upon the provider. */
    @Test
    void shouldNotFetchTheKeysForEveryUnknownName() throws JOSEException {
        BearerTokens tokens = BearerTokens.of(new AuthSettings(jwkSetUri, null, "https://id.example", "votelog"));
        int before = FETCHES.get();
        for (int i = 0; i < 20; i++) {
            refused(
                    tokens,
                    TestTokens.signed(
                            JWSAlgorithm.RS256,
                            "unknown-" + i,
                            new RSASSASigner(rsa),
                            TestTokens.claims("mallory").build()),
                    "");
        }
        assertThat(authenticate(tokens, rsa256(claims -> {})).userId()).isEqualTo("alice");
        assertThat(FETCHES.get() - before).isEqualTo(1);
    }

    @Test
    void shouldBeUnavailableWhileTheProviderIs() {
        BearerTokens cutOff = BearerTokens.of(
                new AuthSettings(URI.create("http://127.0.0.1:1/keys"), null, "https://id.example", "votelog"));
        assertThatThrownBy(() -> authenticate(cutOff, rsa256(claims -> {})))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused -> assertThat(refused.problem().status()).isEqualTo(503));
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
