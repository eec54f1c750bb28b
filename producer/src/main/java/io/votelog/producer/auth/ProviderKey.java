// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import org.jspecify.annotations.Nullable;

/** One of a provider's public keys, checked once and then used for many tokens. */
final class ProviderKey implements TokenKey {
    /** Fewest bits of an RSA key (RFC 7518, section 3.3). */
    static final int MIN_RSA_BITS = 2048;

    /** The most bits of an RSA key: a check with a longer one takes too long, and nobody uses such keys. */
    private static final int MAX_RSA_BITS = 8192;

    private static final int P256_BYTES = 32;

    private final @Nullable String id;
    private final TokenAlgorithm algorithm;
    private final PublicKey key;
    private final ThreadLocal<Signature> perThread;

    private ProviderKey(@Nullable String id, TokenAlgorithm algorithm, PublicKey key, SignatureProvider signatures) {
        this.id = id;
        this.algorithm = algorithm;
        this.key = key;
        // A Signature object is used with one key for good: when it is given another key, ACCP destroys the first one.
        this.perThread = ThreadLocal.withInitial(() -> signatures.verifier(algorithm, key));
    }

    /**
     * Reads a key in the form of RFC 7517.
     *
     * @throws IllegalArgumentException when no RS256 or ES256 token may be checked with it; the message says why and shows
     *     nothing of the key
     */
    static ProviderKey of(JWK jwk, SignatureProvider signatures) {
        TokenAlgorithm algorithm = algorithm(jwk);
        if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
            throw new IllegalArgumentException("its use is not sig");
        }
        if (jwk.getKeyOperations() != null && !jwk.getKeyOperations().contains(KeyOperation.VERIFY)) {
            throw new IllegalArgumentException("its key_ops lack verify");
        }
        if (jwk.getAlgorithm() != null && !jwk.getAlgorithm().getName().equals(algorithm.name())) {
            throw new IllegalArgumentException("its alg is not " + algorithm);
        }
        ProviderKey key = new ProviderKey(jwk.getKeyID(), algorithm, publicKey(jwk), signatures);
        try {
            // If the cryptographic provider refuses the key, that shows here and not at a vote.
            signatures.verifier(algorithm, key.key);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("it is no usable key", e);
        }
        return key;
    }

    private static TokenAlgorithm algorithm(JWK jwk) {
        if (jwk instanceof RSAKey) {
            return TokenAlgorithm.RS256;
        }
        if (jwk instanceof ECKey ec && ec.getCurve().equals(Curve.P_256)) {
            return TokenAlgorithm.ES256;
        }
        throw new IllegalArgumentException("it is neither RSA nor EC with P-256");
    }

    private static PublicKey publicKey(JWK jwk) {
        try {
            if (jwk instanceof RSAKey rsa) {
                RSAPublicKey key = rsa.toRSAPublicKey();
                int bits = key.getModulus().bitLength();
                if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
                    throw new IllegalArgumentException(
                            "it has %d bits; allowed: %d to %d".formatted(bits, MIN_RSA_BITS, MAX_RSA_BITS));
                }
                BigInteger exponent = key.getPublicExponent();
                if (!exponent.testBit(0) || exponent.bitLength() < 2 || exponent.bitLength() > 64) {
                    throw new IllegalArgumentException("its exponent is not odd, 3 or more, and of at most 64 bits");
                }
                return key;
            }
            return jwk.toECKey().toECPublicKey();
        } catch (JOSEException e) {
            throw new IllegalArgumentException("it is no usable key", e);
        }
    }

    @Nullable
    String id() {
        return id;
    }

    TokenAlgorithm algorithm() {
        return algorithm;
    }

    @Override
    public boolean signed(byte[] text, int length, byte[] signature) {
        if (!wellFormed(signature)) {
            return false;
        }
        Signature verifier = perThread.get();
        try {
            verifier.update(text, 0, length);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            // After an exception the state of a Signature object is not specified, so it is dropped.
            perThread.remove();
            return false;
        }
    }

    private boolean wellFormed(byte[] signature) {
        if (key instanceof RSAPublicKey rsa) {
            return signature.length == (rsa.getModulus().bitLength() + 7) / 8;
        }
        return signature.length == 2 * P256_BYTES && inRange(signature, 0) && inRange(signature, P256_BYTES);
    }

    /** Whether this half of an ECDSA signature is from 1 to the group's order less 1, as it must be. */
    private boolean inRange(byte[] signature, int from) {
        BigInteger half = new BigInteger(1, signature, from, P256_BYTES);
        return half.signum() > 0
                && half.compareTo(((ECPublicKey) key).getParams().getOrder()) < 0;
    }

    /** Without the key itself. */
    @Override
    public String toString() {
        return algorithm + (id == null ? " without an id" : " " + id);
    }
}
