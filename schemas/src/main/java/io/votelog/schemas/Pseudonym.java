// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.common.utils.Utils;

/**
 * A voter in the log: 16 bytes that stand for one user on one ballot and say nothing of who that is. It is the key of the
 * voter's records, so it also says which partition they are in.
 */
public final class Pseudonym {
    /** Bytes in a pseudonym. */
    public static final int LENGTH = 16;

    private final byte[] bytes;

    private Pseudonym(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The pseudonym of these bytes.
     *
     * @param bytes a copy of which is kept
     * @throws IllegalArgumentException when they are not {@link #LENGTH}
     */
    public static Pseudonym of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a pseudonym has %d bytes, not %d".formatted(LENGTH, bytes.length));
        }
        return new Pseudonym(bytes.clone());
    }

    /** The pseudonym that {@link #toString()} wrote, or nothing when the text is none. */
    public static Optional<Pseudonym> parse(String reference) {
        return Base64Url.decode(reference, LENGTH).map(Pseudonym::new);
    }

    /** A copy of the 16 bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /**
     * The partition that Kafka's own clients choose for this key: murmur2, made positive, modulo the count.
     *
     * @param partitionCount at least 1
     */
    public int partition(int partitionCount) {
        return partition(bytes, partitionCount);
    }

    /** As {@link #partition(int)}, for a record's key. */
    public static int partition(byte[] key, int partitionCount) {
        return Utils.toPositive(Utils.murmur2(key)) % partitionCount;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Pseudonym that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The voter's reference in URLs: base64url without padding (RFC 4648, section 5), 22 characters. */
    @Override
    public String toString() {
        return Base64Url.encode(bytes);
    }
}
