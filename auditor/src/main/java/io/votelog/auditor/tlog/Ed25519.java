// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
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

/** Ed25519 (RFC 8032) with the JDK's implementation: keys are 32 raw bytes, signatures 64. */
public final class Ed25519 {
    static final int KEY = 32;
    static final int SIGNATURE = 64;

    private static final String NAME = "Ed25519";

    /** The JDK encodes a key as this prefix and the raw bytes (RFC 8410, sections 4 and 7). */
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final byte[] PKCS8_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private Ed25519() {}

    /** The public key of these 32 raw bytes. */
    public static PublicKey publicKey(byte[] raw) throws GeneralSecurityException {
        return KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(join(X509_PREFIX, raw)));
    }

    static PrivateKey privateKey(byte[] seed) throws GeneralSecurityException {
        return KeyFactory.getInstance(NAME).generatePrivate(new PKCS8EncodedKeySpec(join(PKCS8_PREFIX, seed)));
    }

    static byte[] newSeed() {
        byte[] seed = new byte[KEY];
        new SecureRandom().nextBytes(seed);
        return seed;
    }

    /**
     * The raw public key of a seed, which is the private key. The JDK derives a public key only when it generates a key
     * pair from 32 random bytes, so it is given a random source that returns the seed.
     */
    static byte[] publicKeyOf(byte[] seed) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME);
        generator.initialize(NamedParameterSpec.ED25519, new FixedBytes(seed));
        KeyPair pair = generator.generateKeyPair();
        if (!Arrays.equals(pair.getPrivate().getEncoded(), join(PKCS8_PREFIX, seed))) {
            throw new GeneralSecurityException(
                    "this Java generates Ed25519 keys in another way than from 32 drawn bytes");
        }
        byte[] x509 = pair.getPublic().getEncoded();
        return Arrays.copyOfRange(x509, x509.length - KEY, x509.length);
    }

    static byte[] sign(PrivateKey key, byte[] message) {
        try {
            Signature signature = Signature.getInstance(NAME);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that was read can't sign", e);
        }
    }

    /**
     * Whether this is the key's signature of that message. The JDK takes a signature with zeros behind it as well, or without the zeros
     * that it ends with, so that one signature would have several texts; other verifiers take none of them.
     */
    public static boolean verifies(PublicKey key, byte[] message, byte[] signed) {
        if (signed.length != SIGNATURE) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(NAME);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    private static byte[] join(byte[] prefix, byte[] raw) {
        byte[] joined = Arrays.copyOf(prefix, prefix.length + raw.length);
        System.arraycopy(raw, 0, joined, prefix.length, raw.length);
        return joined;
    }

    /** A random source that returns fixed bytes. */
    private static final class FixedBytes extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        FixedBytes(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] out) {
            if (out.length != bytes.length) {
                throw new IllegalStateException("asked for %d bytes, not %d".formatted(out.length, bytes.length));
            }
            System.arraycopy(bytes, 0, out, 0, out.length);
        }
    }
}
