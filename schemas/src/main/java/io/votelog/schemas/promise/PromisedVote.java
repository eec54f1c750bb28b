// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.promise;

import io.votelog.schemas.Receipt;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;

/**
 * What a gateway promises of a vote: that the log has this record at this place, with this time.
 *
 * @param partition of votes
 * @param offset in that partition
 * @param recordedAtMs the broker's append time, milliseconds since 1970
 * @param recordHash {@link #recordHash} of the record
 */
public record PromisedVote(
        String ballotId, Receipt receipt, int partition, long offset, long recordedAtMs, byte[] recordHash) {
    /** The length of a record's hash in bytes. */
    public static final int HASH = 32;

    private static final String FIRST_LINE = "votelog promise v1\n";

    private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    });

    /**
     * SHA-256 of a record's key and value, one behind the other. A vote's key has 16 bytes. It gives no choices away, since the
     * value has 32 random ones.
     */
    public static byte[] recordHash(byte[] key, byte[] value) {
        MessageDigest sha256 = SHA256.get();
        sha256.reset();
        sha256.update(key);
        return sha256.digest(value);
    }

    /** A hash as answers and {@link #text} have it: base64url without padding. */
    public static String hashText(byte[] hash) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    /** The time as answers and {@link #text} have it, such as {@code 2021-12-05T01:02:03.004Z}. */
    public static String timeText(long recordedAtMs) {
        return Instant.ofEpochMilli(recordedAtMs).toString();
    }

    /**
     * The entry in the tree that a gateway signs, in UTF-8: a line that says what it is, then ballot id, receipt, partition, offset, time
     * and the record's hash, each as the answer to the vote has it and in a line of its own.
     */
    public byte[] text() {
        return (FIRST_LINE + ballotId + "\n" + receipt + "\n" + partition + "\n" + offset + "\n"
                        + timeText(recordedAtMs) + "\n" + hashText(recordHash) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
