// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.release;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Date;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPObjectFactory;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.PGPDigestCalculator;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** An OpenPGP key as whoever makes a release has one: Ed25519, with a passphrase. */
final class SigningKey {
    private final PGPKeyRingGenerator rings;

    private SigningKey(PGPKeyRingGenerator rings) {
        this.rings = rings;
    }

    static SigningKey drawn(String user, String passphrase) throws PGPException {
        Ed25519KeyPairGenerator pairs = new Ed25519KeyPairGenerator();
        pairs.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        PGPKeyPair pair = new BcPGPKeyPair(
                PublicKeyPacket.VERSION_4, PublicKeyAlgorithmTags.EDDSA_LEGACY, pairs.generateKeyPair(), new Date());
        PGPSignatureSubpacketGenerator says = new PGPSignatureSubpacketGenerator();
        says.setKeyFlags(true, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
        BcPGPDigestCalculatorProvider digests = new BcPGPDigestCalculatorProvider();
        // The checksum of a secret key is SHA-1's in OpenPGP of RFC 4880.
        PGPDigestCalculator checksum = digests.get(HashAlgorithmTags.SHA1);
        return new SigningKey(new PGPKeyRingGenerator(
                PGPSignature.POSITIVE_CERTIFICATION,
                pair,
                user,
                checksum,
                says.generate(),
                null,
                new BcPGPContentSignerBuilder(pair.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA512),
                new BcPBESecretKeyEncryptorBuilder(
                                SymmetricKeyAlgorithmTags.AES_256, digests.get(HashAlgorithmTags.SHA256))
                        .build(passphrase.toCharArray())));
    }

    /** As {@code gpg --armor --export-secret-keys} writes it. */
    String secret() throws IOException {
        return armoured(rings.generateSecretKeyRing().getEncoded());
    }

    /** As {@code gpg --armor --export} writes it. */
    String open() throws IOException {
        return armoured(publicKeys().getEncoded());
    }

    /** Whether a detached signature is this key's, and of that file. */
    boolean signed(Path file, Path signature) throws IOException, PGPException {
        PGPSignature read = read(signature);
        PGPPublicKey key = publicKeys().getPublicKey(read.getKeyID());
        if (key == null) {
            return false;
        }
        read.init(new BcPGPContentVerifierBuilderProvider(), key);
        read.update(Files.readAllBytes(file));
        return read.verify();
    }

    private PGPPublicKeyRing publicKeys() {
        return rings.generatePublicKeyRing();
    }

    private static PGPSignature read(Path signature) throws IOException {
        try (InputStream from = PGPUtil.getDecoderStream(Files.newInputStream(signature))) {
            Object read = new PGPObjectFactory(from, new BcKeyFingerprintCalculator()).nextObject();
            if (read instanceof PGPSignatureList signatures && signatures.size() == 1) {
                return signatures.get(0);
            }
            throw new IOException("no signature, or more than one, in " + signature);
        }
    }

    private static String armoured(byte[] key) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ArmoredOutputStream out = ArmoredOutputStream.builder().build(bytes)) {
            out.write(key);
        }
        return bytes.toString(StandardCharsets.US_ASCII);
    }
}
