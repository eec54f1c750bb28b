// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The JDK and ACCP, where that runs, give the same verdicts. */
class SignatureProviderTest {
    private static final byte[] DIGEST_INFO = HexFormat.of().parseHex("3031300d060960864801650304020105000420");

    @Test
    void shouldSayWhoseArithmeticItIs() {
        assertThat(SignatureProvider.jdk()).hasToString("the JDK");
        boolean linux = System.getProperty("os.name").equals("Linux");
        boolean builtFor = List.of("amd64", "aarch64").contains(System.getProperty("os.arch"));
        if (linux && builtFor && !Files.exists(Path.of("/etc/alpine-release"))) {
            assertThat(SignatureProvider.fastest().toString()).startsWith("AmazonCorrettoCryptoProvider");
        }
    }

    @Test
    void shouldAcceptAndRefuseTheSameOnBothRoads() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RSAKey rsa = new RSAKeyGenerator(2048).generate();
        ECKey ec = new ECKeyGenerator(Curve.P_256).generate();
        for (JWK jwk : List.of(rsa, ec)) {
            ProviderKey jdk = ProviderKey.of(jwk, SignatureProvider.jdk());
            ProviderKey fastest = ProviderKey.of(jwk, SignatureProvider.fastest());
            for (int i = 0; i < 40; i++) {
                byte[] text = new byte[random.nextInt(2000)];
                random.nextBytes(text);
                byte[] good = sign(jwk, text);
                assertThat(jdk.signed(text, text.length, good)).isTrue();
                assertThat(fastest.signed(text, text.length, good)).isTrue();
                for (byte[] bad : bad(random, good)) {
                    assertThat(jdk.signed(text, text.length, bad)).isFalse();
                    assertThat(fastest.signed(text, text.length, bad)).isFalse();
                }
                if (text.length > 0) {
                    assertThat(jdk.signed(text, text.length - 1, good)).isFalse();
                    assertThat(fastest.signed(text, text.length - 1, good)).isFalse();
                }
                // No failed check may affect the next one.
                assertThat(jdk.signed(text, text.length, good)).isTrue();
                assertThat(fastest.signed(text, text.length, good)).isTrue();
            }
        }
    }

    /** The padding is checked and not only skipped (Bleichenbacher's forgery of 2006, and similar ones). */
    @Test
    void shouldRefuseOtherPaddings() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).generate();
        byte[] text = "header.payload".getBytes(StandardCharsets.US_ASCII);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
        byte[] right = padded(1, 0xff, DIGEST_INFO, hash, 0);
        for (SignatureProvider signatures : List.of(SignatureProvider.jdk(), SignatureProvider.fastest())) {
            ProviderKey key = ProviderKey.of(rsa, signatures);
            assertThat(key.signed(text, text.length, raw(rsa, right))).isTrue();
            assertThat(key.signed(text, text.length, raw(rsa, padded(1, 0xff, DIGEST_INFO, hash, 100))))
                    .isFalse();
            assertThat(key.signed(text, text.length, raw(rsa, padded(2, 0xff, DIGEST_INFO, hash, 0))))
                    .isFalse();
            assertThat(key.signed(text, text.length, raw(rsa, padded(1, 0xfe, DIGEST_INFO, hash, 0))))
                    .isFalse();
            assertThat(key.signed(text, text.length, raw(rsa, padded(1, 0xff, new byte[0], hash, 0))))
                    .isFalse();
        }
    }

    private static List<byte[]> bad(Random random, byte[] good) {
        List<byte[]> bad = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] flipped = good.clone();
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            bad.add(flipped);
        }
        bad.add(new byte[0]);
        bad.add(new byte[good.length]);
        byte[] ones = new byte[good.length];
        Arrays.fill(ones, (byte) 0xff);
        bad.add(ones);
        bad.add(Arrays.copyOf(good, good.length - 1));
        bad.add(Arrays.copyOf(good, good.length + 1));
        byte[] zeroHalf = good.clone();
        Arrays.fill(zeroHalf, 0, good.length / 2, (byte) 0);
        bad.add(zeroHalf);
        byte[] noise = new byte[good.length];
        random.nextBytes(noise);
        bad.add(noise);
        return bad;
    }

    private static byte[] sign(JWK jwk, byte[] text) throws Exception {
        Signature signer =
                Signature.getInstance(jwk instanceof RSAKey ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
        signer.initSign(
                jwk instanceof RSAKey rsa ? rsa.toPrivateKey() : jwk.toECKey().toPrivateKey());
        signer.update(text);
        return signer.sign();
    }

    private static byte[] padded(int type, int fill, byte[] digestInfo, byte[] hash, int trailing) {
        byte[] padded = new byte[256];
        int end = 256 - hash.length - digestInfo.length - trailing;
        Arrays.fill(padded, 2, end - 1, (byte) fill);
        padded[1] = (byte) type;
        System.arraycopy(digestInfo, 0, padded, end, digestInfo.length);
        System.arraycopy(hash, 0, padded, end + digestInfo.length, hash.length);
        return padded;
    }

    private static byte[] raw(RSAKey rsa, byte[] padded) throws Exception {
        RSAPrivateKey key = rsa.toRSAPrivateKey();
        byte[] signature = new BigInteger(1, padded)
                .modPow(key.getPrivateExponent(), key.getModulus())
                .toByteArray();
        byte[] fixed = new byte[256];
        int skip = Math.max(0, signature.length - 256);
        System.arraycopy(signature, skip, fixed, 256 - signature.length + skip, signature.length - skip);
        return fixed;
    }
}
