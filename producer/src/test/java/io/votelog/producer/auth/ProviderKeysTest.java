// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.votelog.web.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProviderKeysTest {
    private static RSAKey one;
    private static RSAKey two;
    private static ECKey ec;

    private final AtomicLong nanoTime = new AtomicLong(1_000_000_000_000L);
    private TestProvider provider;
    private ProviderKeys keys;
    private BearerTokens tokens;

    @BeforeAll
    static void generate() throws JOSEException {
        one = new RSAKeyGenerator(2048).keyID("one").generate();
        two = new RSAKeyGenerator(2048).keyID("two").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
    }

    @BeforeEach
    void start() throws IOException {
        provider = new TestProvider(one, ec);
        keys = new ProviderKeys(provider.uri(), SignatureProvider.fastest(), nanoTime::get);
        tokens = new BearerTokens(
                new AuthSettings(provider.uri(), null, "https://id.example", "votelog"), keys, Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        tokens.close();
        provider.close();
    }

    @Test
    void shouldFetchAtOnce() {
        await().until(() -> keys.known() != null);
        assertThat(provider.fetches()).isEqualTo(1);
    }

    @Test
    void shouldLetTokensWaitForTheFirstKeys() throws JOSEException {
        assertThat(status(signed(one, "one"))).isEqualTo(200);
    }

    @Test
    void shouldFollowARotation() throws JOSEException {
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        provider.publish(two);
        assertThat(status(signed(two, "two"))).as("asked a moment ago").isEqualTo(401);
        pass(ProviderKeys.MIN_INTERVAL);
        assertThat(status(signed(two, "two"))).isEqualTo(200);
        assertThat(status(signed(one, "one"))).as("it is gone").isEqualTo(401);
        assertThat(provider.fetches()).isEqualTo(2);
    }

    @Test
    void shouldRefreshBesideTheVotes() throws JOSEException {
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        provider.publish(two);
        pass(ProviderKeys.REFRESH_INTERVAL);
        keys.refresh();
        await().untilAsserted(() -> assertThat(status(signed(one, "one"))).isEqualTo(401));
        assertThat(status(signed(two, "two"))).isEqualTo(200);
        assertThat(provider.fetches()).isEqualTo(2);
    }

    /** Tokens with invented key ids must not make this gateway flood the provider with requests. */
    @Test
    void shouldFetchOnceForAFloodOfUnknownNames() throws JOSEException {
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        for (int round = 1; round <= 3; round++) {
            pass(ProviderKeys.MIN_INTERVAL);
            for (int i = 0; i < 100; i++) {
                assertThat(status(signed(one, "unknown-" + i))).isEqualTo(401);
            }
            assertThat(provider.fetches()).isEqualTo(1 + round);
        }
    }

    @Test
    void shouldHoldTheLastKeysWhileTheProviderIsAway() throws JOSEException {
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        for (String answer :
                new String[] {"", "[]", "{}", "{\"keys\": 1}", "no JSON", " ".repeat(ProviderKeys.MAX_BYTES + 1)}) {
            int before = provider.fetches();
            provider.publish(200, answer);
            pass(ProviderKeys.REFRESH_INTERVAL);
            keys.refresh();
            await().until(() -> provider.fetches() > before);
            assertThat(status(signed(one, "unknown"))).isEqualTo(401);
            assertThat(status(signed(one, "one"))).as(answer.strip()).isEqualTo(200);
        }
        provider.publish(500, "{\"keys\": []}");
        pass(ProviderKeys.REFRESH_INTERVAL);
        assertThat(status(signed(one, "unknown"))).isEqualTo(401);
        assertThat(status(signed(one, "one"))).isEqualTo(200);
    }

    @Test
    void shouldComeBackWithTheProvider() throws Exception {
        tokens.close();
        provider.publish(503, "");
        keys = new ProviderKeys(provider.uri(), SignatureProvider.jdk(), nanoTime::get);
        tokens = new BearerTokens(
                new AuthSettings(provider.uri(), null, "https://id.example", "votelog"), keys, Clock.systemUTC());
        assertThat(status(signed(one, "one"))).isEqualTo(503);
        provider.publish(one);
        pass(ProviderKeys.RETRY_INTERVAL);
        keys.refresh();
        assertThat(status(signed(one, "one"))).isEqualTo(200);
    }

    @Test
    void shouldNotUseKeysThatAreForSomethingElse() throws JOSEException {
        RSAKey weak = new RSAKeyGenerator(1024, true).keyID("weak").generate();
        ECKey other = new ECKeyGenerator(Curve.P_384).keyID("p384").generate();
        provider.publish(
                weak,
                other,
                new RSAKey.Builder(one).keyID("enc").keyUse(KeyUse.ENCRYPTION).build(),
                new RSAKey.Builder(one)
                        .keyID("sign")
                        .keyOperations(Set.of(KeyOperation.SIGN))
                        .build(),
                new RSAKey.Builder(one)
                        .keyID("ps256")
                        .algorithm(JWSAlgorithm.PS256)
                        .build(),
                new RSAKey.Builder(one)
                        .keyID("fine")
                        .keyUse(KeyUse.SIGNATURE)
                        .algorithm(JWSAlgorithm.RS256)
                        .build(),
                new RSAKey.Builder(one)
                        .keyID("ops")
                        .keyOperations(Set.of(KeyOperation.VERIFY))
                        .build());
        await().until(() -> keys.known() != null);
        pass(ProviderKeys.MIN_INTERVAL);
        assertThat(status(signed(one, "fine"))).isEqualTo(200);
        assertThat(status(signed(one, "ops"))).isEqualTo(200);
        for (String id : new String[] {"enc", "sign", "ps256", "weak", "p384"}) {
            assertThat(status(signed(one, id))).as(id).isEqualTo(401);
        }
        assertThat(status(TestTokens.signed(
                        JWSAlgorithm.RS256,
                        "weak",
                        new RSASSASigner(weak.toPrivateKey(), Set.of(AllowWeakRSAKey.getInstance())),
                        TestTokens.claims("alice").build())))
                .isEqualTo(401);
    }

    /** A key set that never ends is read no further than it may be long, and votes do not wait for it. */
    @Test
    void shouldNotReadAKeySetWithoutEnd() throws JOSEException {
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        AtomicLong sent = new AtomicLong();
        CountDownLatch hungUp = new CountDownLatch(1);
        provider.answer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] some = "{\"keys\": [".getBytes(StandardCharsets.UTF_8);
            try {
                while (sent.get() < 256L * ProviderKeys.MAX_BYTES) {
                    exchange.getResponseBody().write(some);
                    sent.addAndGet(some.length);
                    some = " ".repeat(8192).getBytes(StandardCharsets.UTF_8);
                }
            } finally {
                hungUp.countDown();
            }
        });
        pass(ProviderKeys.MIN_INTERVAL);
        assertThat(status(signed(one, "unknown"))).isEqualTo(401);
        await().until(() -> hungUp.getCount() == 0);
        assertThat(sent).as("with what the sockets hold").hasValueLessThan(64L * ProviderKeys.MAX_BYTES);
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        assertComesBack();
    }

    /** While a key set trickles in, tokens of known keys are answered at once, and others within seconds. */
    @Test
    void shouldNotWaitForASlowKeySet() throws JOSEException {
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hungUp = new CountDownLatch(1);
        provider.answer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            begun.countDown();
            try {
                while (!hungUp.await(100, TimeUnit.MILLISECONDS)) {
                    exchange.getResponseBody().write(' ');
                    exchange.getResponseBody().flush();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                hungUp.countDown();
            }
        });
        pass(ProviderKeys.MIN_INTERVAL);
        CompletableFuture<Caller> unknown = tokens.check(signed(one, "unknown")).toFuture();
        await().until(() -> begun.getCount() == 0);
        assertThat(tokens.check(signed(one, "one")))
                .as("no fetch is waited for")
                .isInstanceOf(Callable.class);
        assertThatThrownBy(() -> unknown.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ProblemException.class);
        await().until(() -> hungUp.getCount() == 0);
        assertComesBack();
    }

    /** A provider that takes the request and says nothing at all. */
    @Test
    void shouldNotWaitForAKeySetThatDoesNotCome() throws JOSEException {
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        CountDownLatch over = new CountDownLatch(1);
        provider.answer(exchange -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        pass(ProviderKeys.MIN_INTERVAL);
        assertThat(status(signed(one, "unknown"))).isEqualTo(401);
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        over.countDown();
        assertComesBack();
    }

    /** Whatever a key set is like, what is published after it is fetched and used. */
    @Test
    void shouldOutliveBrokenKeySets() throws JOSEException {
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        String key = one.toPublicJWK().toString();
        for (String answer : new String[] {
            "[".repeat(500_000),
            "{\"keys\": ".repeat(50_000),
            "{\"keys\": [" + "[".repeat(400_000) + "]}",
            "{\"keys\": [1, \"key\"]}",
            "{\"keys\": [null, " + two.toPublicJWK() + "]}",
            "{\"keys\": " + key + "}",
            "{\"keys\": [" + key.substring(0, key.length() - 20),
            "\u0000".repeat(1000)
        }) {
            int before = provider.fetches();
            provider.publish(200, answer);
            pass(ProviderKeys.MIN_INTERVAL);
            assertThat(status(signed(two, "two"))).isEqualTo(401);
            assertThat(provider.fetches()).isEqualTo(before + 1);
            assertThat(status(signed(one, "one"))).as("the last keys hold").isEqualTo(200);
        }
        assertComesBack();
    }

    /** The key {@link #two} is published, and used. */
    private void assertComesBack() throws JOSEException {
        provider.publish(one, two);
        pass(ProviderKeys.MIN_INTERVAL);
        assertThat(status(signed(two, "two"))).isEqualTo(200);
    }

    /** One unusable key does not make the others unusable. */
    @Test
    void shouldSkipKeysThatCannotBeRead() throws JOSEException {
        provider.publish(
                200,
                """
                {"keys": [{"kty": "RSA"}, {"kty": "new"}, {}, {"kty": 1}, {"kty": "RSA", "n": "", "e": ""},
                {"kty": "RSA", "n": "AQAB", "e": "!"}, {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"},
                {"kty": "EC", "crv": "P-256"}, {"kty": "RSA", "kid": 7, "n": [], "e": {}},
                {"kty": "oct", "k": "AQAB"}, {"kty": "OKP", "crv": "Ed25519", "x": "AQ"},
                {"kty": "RSA", "x5c": ["no certificate"], "n": "AQAB", "e": "AQAB"},
                """
                        + two.toPublicJWK() + "]}");
        await().until(() -> keys.known() != null);
        pass(ProviderKeys.MIN_INTERVAL);
        assertThat(status(signed(two, "two"))).isEqualTo(200);
    }

    @Test
    void shouldTryTheKeysOfTheAlgorithmWhenATokenNamesNone() throws JOSEException {
        provider.publish(ec, two, one);
        await().until(() -> keys.known() != null);
        pass(ProviderKeys.MIN_INTERVAL);
        assertThat(status(signed(two, "two"))).isEqualTo(200);
        assertThat(status(signed(one, null))).isEqualTo(200);
        assertThat(status(signed(two, null))).isEqualTo(200);
        assertThat(status(TestTokens.signed(
                        JWSAlgorithm.ES256,
                        null,
                        new ECDSASigner(ec),
                        TestTokens.claims("alice").build())))
                .isEqualTo(200);
        assertThat(status(signed(new RSAKeyGenerator(2048).generate(), null))).isEqualTo(401);
    }

    @Test
    void shouldAnswerAtOnceWhenTheKeyIsKnown() throws JOSEException {
        assertThat(status(signed(one, "one"))).isEqualTo(200);
        assertThat(tokens.check(signed(one, "one"))).isInstanceOf(Callable.class);
        assertThatThrownBy(() -> tokens.check(signed(one, "unknown")).toFuture().getNow(null))
                .hasCauseInstanceOf(ProblemException.class);
    }

    private void pass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
    }

    private static String signed(RSAKey key, @Nullable String keyId) throws JOSEException {
        return TestTokens.signed(
                JWSAlgorithm.RS256,
                keyId,
                new RSASSASigner(key),
                TestTokens.claims("alice").build());
    }

    private int status(String token) {
        try {
            return tokens.check(token).block(Duration.ofSeconds(10)) == null ? 0 : 200;
        } catch (ProblemException refused) {
            return refused.problem().status();
        }
    }
}
