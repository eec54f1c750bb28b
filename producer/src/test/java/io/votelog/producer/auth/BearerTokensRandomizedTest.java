// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.votelog.producer.Gateway;
import io.votelog.web.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** This gateway's checks against Spring Security's decoder, on tokens of every kind. */
class BearerTokensRandomizedTest {
    private static final long NOW = 1_800_000_000;
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC);
    private static final String URL_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /** Tokens that this gateway refuses on purpose and the decoder accepts. No issuer makes them except by mistake. */
    private static final Set<String> STRICTER = Set.of(
            "header: crit empty",
            "header: kid null",
            "header: typ null",
            "payload: deep",
            "payload: exp beyond 2^53",
            "payload: lone surrogate in sub",
            "payload: not UTF-8",
            "payload: sub not in NFC",
            "payload: sub number",
            "payload: sub with a space behind",
            "payload: twice within",
            "text: bits left over",
            "text: line end within",
            "text: no ASCII",
            "text: padding",
            "text: token over 8 KiB");

    private static RSAKey rsa;
    private static ECKey ec;
    private static TestProvider provider;
    private static BearerTokens tokens;
    private static TokenOracle oracle;

    private record Sample(String name, String token) {}

    @BeforeAll
    static void start() throws Exception {
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        provider = new TestProvider(rsa, ec);
        AuthSettings auth = new AuthSettings(provider.uri(), Gateway.SECRET, "https://id.example", "votelog");
        tokens = new BearerTokens(
                auth, new ProviderKeys(provider.uri(), SignatureProvider.fastest(), System::nanoTime), CLOCK);
        oracle = new TokenOracle(Gateway.SECRET, List.of(rsa, ec), "https://id.example", "votelog", CLOCK);
    }

    @AfterAll
    static void stop() {
        tokens.close();
        provider.close();
    }

    @Test
    void shouldAcceptEveryHonestToken() {
        for (TokenAlgorithm algorithm : TokenAlgorithm.values()) {
            for (String typ :
                    List.of("", ",\"typ\":\"JWT\"", ",\"typ\":\"at+jwt\"", ",\"typ\":\"application/at+jwt\"")) {
                for (String user : List.of("alice", "Zoë", "名前", "😀", "\\ud83d\\ude00", "x".repeat(255))) {
                    String header = header(algorithm).replace("}", typ + "}");
                    String token = token(algorithm, header, claims().replace("alice", user));
                    assertThat(ours(token)).isPresent().isEqualTo(oracle.caller(token));
                }
            }
        }
    }

    @Test
    void shouldAgreeOnEveryVariation() {
        List<String> broken = new ArrayList<>();
        Set<String> stricter = new TreeSet<>();
        int accepted = 0;
        for (TokenAlgorithm algorithm : TokenAlgorithm.values()) {
            for (Sample sample : variations(algorithm)) {
                Optional<TokenOracle.Bearer> ours = ours(sample.token());
                Optional<TokenOracle.Bearer> theirs = oracle.caller(sample.token());
                accepted += ours.isPresent() ? 1 : 0;
                if (ours.isEmpty() && theirs.isPresent()) {
                    stricter.add(sample.name());
                } else if (!ours.equals(theirs)) {
                    broken.add(algorithm + " " + sample.name() + ": " + ours + ", theirs " + theirs);
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(stricter).isEqualTo(new TreeSet<>(STRICTER));
        assertThat(accepted).isGreaterThan(60);
    }

    @Test
    void shouldAcceptNoMutationThatTheOracleRefuses() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 1500; i++) {
            TokenAlgorithm algorithm = TokenAlgorithm.values()[random.nextInt(3)];
            String token = token(algorithm, header(algorithm), claims());
            String mutated = mutate(random, token);
            Optional<TokenOracle.Bearer> ours = ours(mutated);
            if (ours.isPresent()) {
                assertThat(ours).as(mutated).isEqualTo(oracle.caller(mutated));
                assertThat(mutated).as("it has one spelling").isEqualTo(token);
            } else {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    /** The tokens are random bytes with valid signatures, so only reading them can refuse them. */
    @Test
    void shouldReadSignedBytesAsTheOracleOrRefuseThem() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        // Claims that no check looks at: edits there do no harm, so about one token in six is accepted.
        String ignored = "{\"name\":\"Alice A. Liddell\",\"x\":{\"y\":[1,2.5e3,null,\"\\u4e2d\"]},";
        int accepted = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] claims = claims().replace("{", ignored).getBytes(StandardCharsets.UTF_8);
            byte[] head = header(TokenAlgorithm.HS256).getBytes(StandardCharsets.UTF_8);
            byte[] mutated = random.nextInt(4) == 0 ? head : claims;
            for (int edits = 1 + random.nextInt(2); edits > 0; edits--) {
                mutated[random.nextInt(mutated.length)] = random.nextBoolean()
                        ? (byte) random.nextInt(256)
                        : (byte) "{}[]\":,0123456789eE.-+ntfu\\ ".charAt(random.nextInt(28));
            }
            String token = token(TokenAlgorithm.HS256, head, claims);
            Optional<TokenOracle.Bearer> ours = ours(token);
            if (ours.isPresent()) {
                accepted++;
                assertThat(ours)
                        .as(() -> new String(head, StandardCharsets.ISO_8859_1)
                                + new String(claims, StandardCharsets.ISO_8859_1))
                        .isEqualTo(oracle.caller(token));
            }
        }
        assertThat(accepted).isBetween(100, 2900);
    }

    private static List<Sample> variations(TokenAlgorithm algorithm) {
        List<Sample> all = new ArrayList<>();
        String header = header(algorithm);
        for (String[] change : new String[][] {
            {"typ odd case", "}", ",\"typ\":\"jwt\"}"},
            {"typ other", "}", ",\"typ\":\"JWE\"}"},
            {"typ empty", "}", ",\"typ\":\"\"}"},
            {"typ number", "}", ",\"typ\":1}"},
            {"typ null", "}", ",\"typ\":null}"},
            {"crit", "}", ",\"crit\":[\"x\"],\"x\":1}"},
            {"crit empty", "}", ",\"crit\":[]}"},
            {"b64 false", "}", ",\"crit\":[\"b64\"],\"b64\":false}"},
            {"brings b64 without crit", "}", ",\"b64\":false}"},
            {"kid number", "{", "{\"kid\":1,"},
            {"kid null", "\"kid\"", "\"kid\":null,\"k\""},
            {"kid missing", "\"kid\"", "\"k\""},
            {"kid other", "\"kid\":\"", "\"kid\":\"x"},
            {"alg twice", "{", "{\"alg\":\"none\","},
            {"alg lower case", algorithm.name(), algorithm.name().toLowerCase(Locale.ROOT)},
            {"alg none", algorithm.name(), "none"},
            {"alg number", "\"" + algorithm + "\"", "1"},
            {"alg missing", "\"alg\"", "\"gla\""},
            {"unknown member", "}", ",\"x\":{\"y\":[1,2]}}"},
            {"unknown member twice", "}", ",\"x\":1,\"x\":2}"},
            {"something after", "}", "} {}"},
            {"no object", "{", "[{"},
        }) {
            // A secret has no name.
            if (!(algorithm == TokenAlgorithm.HS256
                    && change[0].startsWith("kid")
                    && !change[0].equals("kid number"))) {
                all.add(new Sample(
                        "header: " + change[0], token(algorithm, header.replace(change[1], change[2]), claims())));
            }
        }
        for (TokenAlgorithm other : TokenAlgorithm.values()) {
            all.add(new Sample("header: of " + other, token(algorithm, header(other), claims())));
        }
        for (String[] change : new String[][] {
            {"exp 31 s ago", exp(NOW + 600), exp(NOW - 31)},
            {"exp 30 s ago", exp(NOW + 600), exp(NOW - 30)},
            {"exp 29 s ago", exp(NOW + 600), exp(NOW - 29)},
            {"exp with fraction", exp(NOW + 600), "\"exp\":" + (NOW - 30) + ".9"},
            {"exp with exponent", exp(NOW + 600), "\"exp\":1.9e9"},
            {"exp string", exp(NOW + 600), "\"exp\":\"" + (NOW + 600) + "\""},
            {"exp negative", exp(NOW + 600), "\"exp\":-1"},
            {"exp 2^53", exp(NOW + 600), "\"exp\":9007199254740992"},
            {"exp beyond 2^53", exp(NOW + 600), "\"exp\":9007199254740994"},
            {"exp null", exp(NOW + 600), "\"exp\":null"},
            {"exp true", exp(NOW + 600), "\"exp\":true"},
            {"exp array", exp(NOW + 600), "\"exp\":[" + (NOW + 600) + "]"},
            {"exp missing", "\"exp\"", "\"exq\""},
            {"exp twice", "{", "{" + exp(NOW + 700) + ","},
            {"nbf in 29 s", "{", "{\"nbf\":" + (NOW + 29) + ","},
            {"nbf in 30 s", "{", "{\"nbf\":" + (NOW + 30) + ","},
            {"nbf in 31 s", "{", "{\"nbf\":" + (NOW + 31) + ","},
            {"nbf string", "{", "{\"nbf\":\"1\","},
            {"nbf null", "{", "{\"nbf\":null,"},
            {"iat in the future", "{", "{\"iat\":" + (NOW + 100) + ","},
            {"iat at exp", "{", "{\"iat\":" + (NOW + 600) + ","},
            {"iat after exp", "{", "{\"iat\":" + (NOW + 601) + ","},
            {"iat string", "{", "{\"iat\":\"1\","},
            {"sub blank", "\"alice\"", "\" \\t\""},
            {"sub empty", "\"alice\"", "\"\""},
            {"sub of 256", "alice", "x".repeat(256)},
            {"sub number", "\"alice\"", "1"},
            {"sub null", "\"alice\"", "null"},
            {"sub missing", "\"sub\"", "\"sud\""},
            {"sub twice", "{", "{\"sub\":\"mallory\","},
            {"sub with a space behind", "\"alice\"", "\"alice \""},
            {"sub not in NFC", "alice", "Zoe\u0308"},
            {"lone surrogate in sub", "alice", "ali\\ud800ce"},
            {"sub escaped", "alice", "\\u0061lice"},
            {"name escaped", "\"sub\"", "\"\\u0073ub\""},
            {"iss other", "id.example", "ie.example"},
            {"iss number", "\"https://id.example\"", "1"},
            {"iss missing", "\"iss\"", "\"isr\""},
            {"aud other", "\"votelog\"", "\"other\""},
            {"aud array", "\"votelog\"", "[\"other\",\"votelog\"]"},
            {"aud array without", "\"votelog\"", "[\"other\"]"},
            {"aud array empty", "\"votelog\"", "[]"},
            {"aud array with number", "\"votelog\"", "[\"votelog\",1]"},
            {"aud number", "\"votelog\"", "1"},
            {"aud null", "\"votelog\"", "null"},
            {"jti string", "{", "{\"jti\":\"1\","},
            {"jti number", "{", "{\"jti\":1,"},
            {"scope", "{", "{\"scope\":\" ballots:write  a a\","},
            {"scope array", "{", "{\"scope\":[\"ballots:write\"],"},
            {"unknown nested", "{", "{\"realm_access\":{\"roles\":[\"a\",{\"b\":1.5}]},"},
            {"unknown twice", "{", "{\"x\":1,\"x\":1,"},
            {"twice within", "{", "{\"x\":{\"y\":1,\"y\":1},"},
            {"deep", "{", "{\"x\":" + "[".repeat(40) + "]".repeat(40) + ","},
            {"something after", "}", "}x"},
            {"second object after", "}", "}{}"},
            {"space around", "{", " \n{"},
            {"array", "{", "[{"},
            {"cut", "}", ""},
            {"trailing comma", "}", ",}"},
            {"single quotes", "\"sub\"", "'sub'"},
            {"comment", "{", "{/* */"},
            {"NaN", "{", "{\"x\":NaN,"},
        }) {
            all.add(new Sample(
                    "payload: " + change[0], token(algorithm, header, claims().replace(change[1], change[2]))));
        }
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        byte[] notUtf8 = claims().getBytes(StandardCharsets.UTF_8);
        notUtf8[claims().indexOf("alice")] = (byte) 0xE9;
        all.add(new Sample("payload: not UTF-8", token(algorithm, bytes, notUtf8)));
        all.add(new Sample("payload: UTF-16", token(algorithm, bytes, claims().getBytes(StandardCharsets.UTF_16LE))));
        all.add(new Sample("payload: empty", token(algorithm, header, "")));
        String honest = token(algorithm, header, claims());
        int lastDot = honest.lastIndexOf('.');
        int last = URL_CHARS.indexOf(honest.charAt(honest.length() - 1));
        all.add(new Sample(
                "text: bits left over", honest.substring(0, honest.length() - 1) + URL_CHARS.charAt(last + 1)));
        all.add(new Sample("text: padding", honest + "=="));
        all.add(new Sample("text: no signature", honest.substring(0, lastDot + 1)));
        all.add(new Sample("text: no signature part", honest.substring(0, lastDot)));
        all.add(new Sample("text: fourth part", honest + ".AAAA"));
        all.add(new Sample(
                "text: line end within",
                new StringBuilder(honest).insert(lastDot + 5, '\n').toString()));
        all.add(new Sample(
                "text: no ASCII",
                new StringBuilder(honest).insert(lastDot + 5, '\u4e2d').toString()));
        all.add(new Sample(
                "text: token over 8 KiB",
                token(algorithm, header, claims().replace("{", "{\"x\":\"" + "x".repeat(8000) + "\","))));
        return all;
    }

    private static String mutate(Random random, String token) {
        StringBuilder mutated = new StringBuilder(token);
        int at = random.nextInt(token.length());
        switch (random.nextInt(8)) {
            case 0 -> mutated.deleteCharAt(at);
            case 1 -> mutated.insert(at, URL_CHARS.charAt(random.nextInt(64)));
            case 2 -> mutated.setCharAt(at, (char) random.nextInt(0x180));
            case 3 -> mutated.setLength(at);
            case 4 -> mutated.setCharAt(mutated.length() - 1, URL_CHARS.charAt(random.nextInt(64)));
            case 5 -> mutated.insert(at, '.');
            default -> mutated.setCharAt(at, URL_CHARS.charAt(random.nextInt(64)));
        }
        return mutated.toString();
    }

    private static Optional<TokenOracle.Bearer> ours(String token) {
        // That the keys could not be fetched in time, on a machine that is busy, is no answer to the token.
        return Mono.defer(() -> tokens.check(token))
                .retryWhen(Retry.fixedDelay(60, Duration.ofMillis(500)).filter(BearerTokensRandomizedTest::lacksKeys))
                .map(caller ->
                        Optional.of(new TokenOracle.Bearer(caller.userId().text(), caller.scopes())))
                .onErrorResume(ProblemException.class, refused -> {
                    assertThat(refused.problem().status()).isEqualTo(401);
                    return Mono.just(Optional.empty());
                })
                .blockOptional()
                .orElseThrow();
    }

    private static boolean lacksKeys(Throwable refused) {
        return refused instanceof ProblemException problem && problem.problem().status() == 503;
    }

    private static String header(TokenAlgorithm algorithm) {
        return switch (algorithm) {
            case HS256 -> "{\"alg\":\"HS256\"}";
            case RS256 -> "{\"alg\":\"RS256\",\"kid\":\"rsa\"}";
            case ES256 -> "{\"alg\":\"ES256\",\"kid\":\"ec\"}";
        };
    }

    private static String claims() {
        return "{\"sub\":\"alice\",\"iss\":\"https://id.example\",\"aud\":\"votelog\"," + exp(NOW + 600) + "}";
    }

    private static String exp(long seconds) {
        return "\"exp\":" + seconds;
    }

    private static String token(TokenAlgorithm algorithm, String header, String payload) {
        return token(algorithm, header.getBytes(StandardCharsets.UTF_8), payload.getBytes(StandardCharsets.UTF_8));
    }

    private static String token(TokenAlgorithm algorithm, byte[] header, byte[] payload) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String text = base64.encodeToString(header) + "." + base64.encodeToString(payload);
        return text + "." + base64.encodeToString(sign(algorithm, text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static byte[] sign(TokenAlgorithm algorithm, byte[] text) {
        try {
            if (algorithm == TokenAlgorithm.HS256) {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(Gateway.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                return mac.doFinal(text);
            }
            Signature signer = Signature.getInstance(
                    algorithm == TokenAlgorithm.RS256 ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
            signer.initSign(algorithm == TokenAlgorithm.RS256 ? rsa.toPrivateKey() : ec.toPrivateKey());
            signer.update(text);
            return signer.sign();
        } catch (GeneralSecurityException | JOSEException e) {
            throw new AssertionError(e);
        }
    }
}
