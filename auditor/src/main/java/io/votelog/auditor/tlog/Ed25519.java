package io.votelog.auditor.tlog;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 with raw keys (RFC 8032): the JDK has it with keys in X.509 and PKCS #8 form (RFC 8410). */
final class Ed25519 {
    static final int KEY = 32;
    static final int SIGNATURE = 64;

    private static final String NAME = "Ed25519";
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private Ed25519() {}

    static byte[] newSeed() {
        byte[] seed = new byte[KEY];
        new SecureRandom().nextBytes(seed);
        return seed;
    }

    /** The public key of a private one. */
    static byte[] publicKey(byte[] seed) {
        try {
            // The JDK makes a key pair of 32 random bytes, and these are the ones.
            KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME);
            generator.initialize(NamedParameterSpec.ED25519, new Given(seed));
            byte[] x509 = generator.generateKeyPair().getPublic().getEncoded();
            return Arrays.copyOfRange(x509, x509.length - KEY, x509.length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] sign(byte[] seed, byte[] message) {
        try {
            PrivateKey key = KeyFactory.getInstance(NAME).generatePrivate(new PKCS8EncodedKeySpec(joined(PKCS8, seed)));
            Signature signature = Signature.getInstance(NAME);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean verifies(byte[] publicKey, byte[] message, byte[] signature) {
        try {
            PublicKey key =
                    KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(joined(X509, publicKey)));
            Signature verifier = Signature.getInstance(NAME);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    static byte[] joined(byte[]... parts) {
        byte[] joined =
                new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    private static final class Given extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] seed;

        Given(byte[] seed) {
            this.seed = seed.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }
}
