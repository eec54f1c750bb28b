package io.votelog.auditor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.TreeSet;

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
     * What stands for a set of choices: the same for the same options in any order and however often named.
     *
     * @param sha256 is reset by it
     * @return the first 16 bytes, as two numbers
     */
    static long[] ofChoices(MessageDigest sha256, List<String> choices) {
        for (String choice : new TreeSet<>(choices)) {
            byte[] text = choice.getBytes(StandardCharsets.UTF_8);
            sha256.update((byte) (text.length >> 8));
            sha256.update((byte) text.length);
            sha256.update(text);
        }
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
        return new long[] {digest.getLong(), digest.getLong()};
    }
}
