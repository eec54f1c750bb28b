// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Verifies Ed25519 as the JDK does, and each signature once. The same control records come again in thousands of histories, and to verify
 * one takes longer than to count a hundred votes.
 */
final class RememberedSignatures extends Provider {
    private static final long serialVersionUID = 1L;
    private static final String ALGORITHM = "Ed25519";
    private static final Map<Signed, Boolean> VERIFIED = new ConcurrentHashMap<>();

    private RememberedSignatures() {
        super("RememberedSignatures", "1", "Ed25519, each signature verified once");
        put("Signature." + ALGORITHM, Remembering.class.getName());
    }

    /** Has this JVM verify so from now on. */
    static void install() {
        Security.insertProviderAt(new RememberedSignatures(), 1);
    }

    private record Signed(PublicKey key, ByteBuffer text, ByteBuffer signature) {}

    /** Public since providers make such objects by their class's name. */
    public static final class Remembering extends SignatureSpi {
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private PublicKey verifies;
        private PrivateKey signs;

        @Override
        protected void engineInitVerify(PublicKey key) {
            verifies = key;
            text.reset();
        }

        @Override
        protected void engineInitSign(PrivateKey key) {
            signs = key;
            text.reset();
        }

        @Override
        protected void engineUpdate(byte next) {
            text.write(next);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int from, int length) {
            text.write(bytes, from, length);
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            try {
                Signature jdk = jdk();
                jdk.initSign(signs);
                jdk.update(text.toByteArray());
                return jdk.sign();
            } catch (InvalidKeyException e) {
                throw new SignatureException(e);
            }
        }

        @Override
        protected boolean engineVerify(byte[] signature) throws SignatureException {
            Signed signed = new Signed(verifies, ByteBuffer.wrap(text.toByteArray()), ByteBuffer.wrap(signature));
            Boolean known = VERIFIED.get(signed);
            if (known == null) {
                try {
                    Signature jdk = jdk();
                    jdk.initVerify(verifies);
                    jdk.update(signed.text().array());
                    known = jdk.verify(signature);
                } catch (InvalidKeyException e) {
                    throw new SignatureException(e);
                }
                VERIFIED.put(signed, known);
            }
            return known;
        }

        private static Signature jdk() {
            try {
                return Signature.getInstance(ALGORITHM, "SunEC");
            } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException("Ed25519 has no parameters");
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException("Ed25519 has no parameters");
        }
    }
}
