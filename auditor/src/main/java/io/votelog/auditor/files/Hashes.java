// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.files;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** SHA-256, and a short keyed hash made from it. */
public final class Hashes {
    private static final byte[] OF_THIS_RUN = new byte[32];

    static {
        new SecureRandom().nextBytes(OF_THIS_RUN);
    }

    private Hashes() {}

    /** A new SHA-256 digest. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * The first 16 bytes of a hash over a secret of this run and these words, as two numbers. Without the secret,
     * somebody could search for two sets of words with the same short hash.
     *
     * @param sha256 the digest to use; it is reset
     */
    public static long[] of(MessageDigest sha256, long[] words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES);
        bytes.asLongBuffer().put(words);
        sha256.update(OF_THIS_RUN);
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest(bytes.array()));
        return new long[] {digest.getLong(), digest.getLong()};
    }
}
