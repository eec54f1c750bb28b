package io.votelog.auditor;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, and what is taken of it. */
final class Hashes {
    private Hashes() {}

    /** A new one. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * The first 16 bytes of the hash of these words, as two numbers.
     *
     * @param sha256 is reset by it
     */
    static long[] of(MessageDigest sha256, long[] words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES);
        bytes.asLongBuffer().put(words);
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest(bytes.array()));
        return new long[] {digest.getLong(), digest.getLong()};
    }
}
