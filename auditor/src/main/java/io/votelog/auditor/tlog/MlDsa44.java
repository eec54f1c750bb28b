// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Signatures ML-DSA-44 (FIPS 204) over checkpoints, as c2sp.org/tlog-cosignature has them. Java has the algorithm from
 * version 24 on (JEP 497), so it is looked up by its name; on an older Java no such key can be used.
 */
final class MlDsa44 {
    static final int KEY = 1312;
    static final int SIGNATURE = 2420;

    private static final String NAME = "ML-DSA-44";
    private static final int LONGEST_NAME = 255;
    private static final byte[] LABEL = StrictEncoding.utf8("subtree/v1\n\0");

    /** The JDK encodes a key as this prefix and the raw bytes (RFC 9881, section 4). */
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("30820532300b06096086480165030403110382052100");

    private MlDsa44() {}

    /** Whether this Java has the algorithm. */
    static boolean known() {
        try {
            KeyFactory.getInstance(NAME);
            return true;
        } catch (NoSuchAlgorithmException older) {
            return false;
        }
    }

    /**
     * The public key of these 1,312 raw bytes.
     *
     * @throws TlogException when this Java does not have the algorithm, or the bytes are no key
     */
    static PublicKey publicKey(String name, byte[] raw) {
        if (!known()) {
            throw new TlogException(
                    "the key of %s is of the algorithm ML-DSA-44, which Java has from version 24 on; this is %s"
                            .formatted(name, Runtime.version().feature()));
        }
        try {
            byte[] encoded = ByteBuffer.allocate(X509_PREFIX.length + raw.length)
                    .put(X509_PREFIX)
                    .put(raw)
                    .array();
            return KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new TlogException("the key of %s is no ML-DSA-44 key".formatted(name), e);
        }
    }

    /** Whether this is the key's signature of that message. */
    static boolean verifies(PublicKey key, byte[] message, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(NAME);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    /**
     * The bytes that are signed: the structure {@code cosigned_message} of a whole tree. Lines of the checkpoint after the
     * third are not part of it.
     *
     * @param cosigner the name of the key
     * @param time seconds since 1970; 0 where the signer does not state that this is the largest tree
     * @return empty where a name is longer than the format allows
     */
    static Optional<byte[]> message(String cosigner, long time, Checkpoint checkpoint) {
        byte[] name = StrictEncoding.utf8(cosigner);
        byte[] origin = StrictEncoding.utf8(checkpoint.origin());
        byte[] root = checkpoint.root();
        if (name.length == 0 || name.length > LONGEST_NAME || origin.length == 0 || origin.length > LONGEST_NAME) {
            return Optional.empty();
        }
        return Optional.of(ByteBuffer.allocate(
                        LABEL.length + 1 + name.length + Long.BYTES + 1 + origin.length + 2 * Long.BYTES + root.length)
                .put(LABEL)
                .put((byte) name.length)
                .put(name)
                .putLong(time)
                .put((byte) origin.length)
                .put(origin)
                .putLong(0)
                .putLong(checkpoint.size())
                .put(root)
                .array());
    }
}
