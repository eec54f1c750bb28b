// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.files;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** SHA-256, and what is taken of it. */
public final class Hashes {
    private static final byte[] OF_THIS_RUN = new byte[32];

    static {
        new SecureRandom().nextBytes(OF_THIS_RUN);
    }

    private Hashes() {}

    /** A new one. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * The first 16 bytes of a hash of these words, as two numbers. A secret of this run goes into it, since two sets of words that
     * have such a short hash in common could be searched for otherwise.
     *
     * @param sha256 is reset by it
     */
    public static long[] of(MessageDigest sha256, long[] words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES);
        bytes.asLongBuffer().put(words);
        sha256.update(OF_THIS_RUN);
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest(bytes.array()));
        return new long[] {digest.getLong(), digest.getLong()};
    }
}
