// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.promise;

import io.votelog.schemas.Base64Url;
import io.votelog.schemas.Digests;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

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

    private static volatile TimeText newestTime = new TimeText(0, "1970-01-01T00:00:00Z");

    private static final byte[] FIRST_LINE = "votelog promise v2\n".getBytes(StandardCharsets.US_ASCII);
    private static final int LENGTH = FIRST_LINE.length + HASH + Pseudonym.LENGTH + 16 + 4 + 8 + 8;

    /**
     * SHA-256 of a record: its offset (8 bytes) and time (8), its key and its value, each behind its length (4; -1 where there is none), numbers
     * big-endian. The sealed log commits to each record by the same hash. It gives no choices away, since a vote has 32 random bytes.
     *
     * @param timestampMs the broker's append time, milliseconds since 1970
     */
    public static byte[] recordHash(long offset, long timestampMs, byte @Nullable [] key, byte @Nullable [] value) {
        ByteBuffer numbers = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES);
        MessageDigest sha256 = Digests.sha256();
        sha256.update(numbers.putLong(offset)
                .putLong(timestampMs)
                .putInt(key == null ? -1 : key.length)
                .array());
        if (key != null) {
            sha256.update(key);
        }
        sha256.update(numbers.clear().putInt(value == null ? -1 : value.length).array(), 0, Integer.BYTES);
        if (value != null) {
            sha256.update(value);
        }
        return sha256.digest();
    }

    /** Bytes as answers have them: base64url without padding. */
    public static String text(byte[] bytes) {
        return Base64Url.encode(bytes);
    }

    /** The time as answers have it, such as {@code 2021-12-05T01:02:03.004Z}. */
    public static String timeText(long recordedAtMs) {
        TimeText newest = newestTime;
        if (newest.ms() != recordedAtMs) {
            newest = new TimeText(
                    recordedAtMs, Instant.ofEpochMilli(recordedAtMs).toString());
            newestTime = newest;
        }
        return newest.text();
    }

    /** Votes that the broker appends together have one time. */
    private record TimeText(long ms, String text) {}

    /**
     * The entry in the tree that a gateway signs: {@code votelog promise v2} and a line feed, the record's hash (32 bytes), the receipt (32),
     * partition (4), offset (8), time (8, milliseconds since 1970), and the ballot's id in ASCII. Numbers are big-endian.
     */
    public byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH + ballotId.length())
                .put(FIRST_LINE)
                .put(recordHash)
                .put(receipt.voter().bytes())
                .putLong(receipt.voteId().getMostSignificantBits())
                .putLong(receipt.voteId().getLeastSignificantBits())
                .putInt(partition)
                .putLong(offset)
                .putLong(recordedAtMs);
        for (int at = 0; at < ballotId.length(); at++) {
            bytes.put((byte) ballotId.charAt(at));
        }
        return bytes.array();
    }
}
