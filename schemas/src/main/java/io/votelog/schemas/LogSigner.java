// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotEnded;
import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.BallotStage;
import io.votelog.events.Ed25519PublicKey;
import io.votelog.events.Ed25519Signature;
import io.votelog.events.GatewayKeyNamed;
import io.votelog.events.KeyId;
import io.votelog.events.PepperFingerprint;
import io.votelog.events.Sha256;
import io.votelog.events.VoteAnnulled;
import io.votelog.events.VoterPseudonym;
import io.votelog.rules.Annulment;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * Writes control records as their bytes stand in a topic. The signature is a record's last field; it is Ed25519 (RFC 8032)
 * over {@link #DOMAIN} and all bytes of the value that come before it, so a verifier needs no schema.
 */
public final class LogSigner {
    /** The bytes that come first in what is signed, so that a signature is valid for control records of Votelog alone. */
    static final byte[] DOMAIN = "votelog control record v1\n".getBytes(StandardCharsets.UTF_8);

    /** The partition in a record of the ballots topic, which is for no partition of votes. */
    public static final int CLAIM = -1;

    static final int SIGNATURE_LENGTH = 64;
    private static final Ed25519Signature UNSIGNED = new Ed25519Signature(new byte[SIGNATURE_LENGTH]);

    private final PrivateKey privateKey;
    private final LogKeys publicKey;
    private final KeyId keyId;

    private LogSigner(PrivateKey privateKey, LogKeys publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
        this.keyId = publicKey.keyIds().iterator().next();
    }

    /** A new Ed25519 key pair. */
    public static KeyPair newKeyPair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The private key as configuration holds it: base64 of its PKCS #8 form (RFC 8410). */
    public static String privateKeyText(KeyPair keys) {
        return Base64.getEncoder().encodeToString(keys.getPrivate().getEncoded());
    }

    /**
     * The signer with this key pair.
     *
     * @param privateKey base64 of the PKCS #8 form
     * @param publicKey base64 of the 32 raw bytes, see {@link LogKeys#publicKeyText}
     * @throws IllegalArgumentException when one of them is no Ed25519 key, or they are not a pair
     */
    public static LogSigner of(String privateKey, String publicKey) {
        PrivateKey key;
        try {
            byte[] encoded = Base64.getDecoder().decode(privateKey.strip());
            key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("the private key is not base64 of an Ed25519 key in PKCS #8 form", e);
        }
        LogKeys keys = LogKeys.of(List.of(publicKey));
        LogSigner signer = new LogSigner(key, keys);
        if (!keys.signed(signer.ready("probe", new Sha256(new byte[32]), BallotStage.PUBLISHED), signer.keyId)) {
            throw new IllegalArgumentException(
                    "the private key and the public key %s are not a pair".formatted(publicKey));
        }
        return signer;
    }

    /** This signer's public key, as the only key whose control records are obeyed. */
    public LogKeys publicKey() {
        return publicKey;
    }

    /**
     * A {@code BallotPublished}.
     *
     * @param partition the partition of votes that it is for, or {@link #CLAIM}
     * @param partitionCount how many partitions the votes topic has
     * @param voteSchemas fingerprints of the schemas that votes may be written with
     */
    public byte[] published(
            BallotDefinition definition,
            int partition,
            int partitionCount,
            List<Long> voteSchemas,
            PepperFingerprint pepperFingerprint) {
        return sign(new BallotPublished(
                definition.ballot().id(),
                definition.json(),
                definition.digest(),
                partition,
                partitionCount,
                voteSchemas,
                pepperFingerprint,
                keyId,
                UNSIGNED));
    }

    /** A {@code BallotReady}. */
    public byte[] ready(String ballotId, Sha256 digest, BallotStage stage) {
        return sign(new BallotReady(ballotId, digest, stage, keyId, UNSIGNED));
    }

    /**
     * A {@code BallotClosed}.
     *
     * @param partition the partition of votes that it is for, or {@link #CLAIM}
     */
    public byte[] closed(String ballotId, Sha256 digest, int partition) {
        return sign(new BallotClosed(ballotId, digest, partition, keyId, UNSIGNED));
    }

    /** A {@code BallotEnded} for one partition of votes. */
    public byte[] ended(String ballotId, Sha256 digest, int partition) {
        return sign(new BallotEnded(ballotId, digest, partition, keyId, UNSIGNED));
    }

    /**
     * A {@code VoteAnnulled} for the partition of votes that the voter belongs into.
     *
     * @param receipt of the vote that shall no longer count
     * @param reason see {@link Annulment#faultOf}
     */
    public byte[] annulled(String ballotId, Sha256 digest, Receipt receipt, String reason, int partition) {
        return sign(new VoteAnnulled(
                ballotId,
                digest,
                new VoterPseudonym(receipt.voter().bytes()),
                receipt.voteId(),
                reason,
                partition,
                keyId,
                UNSIGNED));
    }

    /**
     * A {@code GatewayKeyNamed}.
     *
     * @param rawPublicKey the gateway's public key, 32 bytes
     */
    public byte[] gatewayKeyNamed(byte[] rawPublicKey) {
        return sign(new GatewayKeyNamed(new Ed25519PublicKey(rawPublicKey), keyId, UNSIGNED));
    }

    private byte[] sign(SpecificRecord unsigned) {
        byte[] value = Events.encode(unsigned);
        int signedLength = value.length - SIGNATURE_LENGTH;
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initSign(privateKey);
            ed25519.update(DOMAIN);
            ed25519.update(value, 0, signedLength);
            System.arraycopy(ed25519.sign(), 0, value, signedLength, SIGNATURE_LENGTH);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return value;
    }
}
