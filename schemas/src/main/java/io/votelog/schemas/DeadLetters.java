// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Dead letters: records of votes that are no valid events, kept as they came, with headers that say where they stood and what is wrong. */
public final class DeadLetters {
    /** The partition of votes, in decimal digits. */
    public static final String PARTITION = "votelog-partition";
    /** The offset there, in decimal digits. */
    public static final String OFFSET = "votelog-offset";
    /** The broker's append time, milliseconds since 1970 in decimal digits. */
    public static final String TIMESTAMP = "votelog-timestamp";
    /** The {@link Cause}'s name. */
    public static final String CAUSE = "votelog-cause";
    /** What is wrong, in words. */
    public static final String DETAIL = "votelog-detail";
    /** Bytes of the key as it came, in decimal digits; there only where it was too long to be kept whole. */
    public static final String KEY_LENGTH = "votelog-key-length";
    /** Bytes of the value as it came, in decimal digits; there only where it was too long to be kept whole. */
    public static final String VALUE_LENGTH = "votelog-value-length";

    /**
     * Longest key and value that are kept whole, together with room for headers in a batch of the topic. A record of votes may be
     * longer where an older log holds compressed batches; its position says where the rest of it stands.
     */
    private static final int MAX_KEY_BYTES = 64 * 1024;

    private static final int MAX_VALUE_BYTES = Topics.MAX_VOTES_BATCH_BYTES;

    /** In characters, each of up to four bytes. */
    private static final int MAX_DETAIL_LENGTH = 1_000;

    private static final int REPLACEMENT = 0xFFFD;

    private DeadLetters() {}

    /** What makes a record of votes no event. */
    public enum Cause {
        /** The value is no event of a known schema. */
        UNDECODABLE,
        /** An event that does not belong into votes. */
        FOREIGN_EVENT,
        /** A vote's key is not 16 bytes. */
        BAD_KEY,
        /** A vote for a text that cannot be a ballot's id; see {@link io.votelog.rules.Ballot#isId}. */
        BAD_BALLOT_ID,
        /** A vote's key belongs into another partition. */
        WRONG_PARTITION,
        /** The vote was written with a schema that its ballot does not name. */
        SCHEMA_NOT_NAMED,
        /** A control record without a valid signature of a known key. */
        BAD_SIGNATURE,
        /** A signed control record that says something untrue: a digest or partition that does not fit, no ballot. */
        BAD_CONTROL_RECORD,
        /** Another definition under an id that is taken. */
        CONFLICTING_DEFINITION
    }

    /**
     * A dead letter: the record's key and value as they came, with headers that say where it stood and why it is here.
     *
     * @param timestampMs the broker's append time, milliseconds since 1970
     */
    public static Letter of(
            byte @Nullable [] key,
            byte @Nullable [] value,
            int partition,
            long offset,
            long timestampMs,
            Cause cause,
            String detail) {
        Headers headers = new RecordHeaders()
                .add(PARTITION, utf8(Integer.toString(partition)))
                .add(OFFSET, utf8(Long.toString(offset)))
                .add(TIMESTAMP, utf8(Long.toString(timestampMs)))
                .add(CAUSE, utf8(cause.name()))
                .add(DETAIL, utf8(harmless(detail)));
        return new Letter(
                cut(key, MAX_KEY_BYTES, KEY_LENGTH, headers),
                cut(value, MAX_VALUE_BYTES, VALUE_LENGTH, headers),
                headers);
    }

    /** A dead letter's parts. */
    public record Letter(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {}

    private static byte @Nullable [] cut(byte @Nullable [] bytes, int limit, String lengthHeader, Headers headers) {
        if (bytes == null || bytes.length <= limit) {
            return bytes;
        }
        headers.add(lengthHeader, utf8(Integer.toString(bytes.length)));
        return Arrays.copyOf(bytes, limit);
    }

    /** The first 1,000 characters of a text that may quote the record, with control characters replaced, which a terminal would obey. */
    private static String harmless(String detail) {
        StringBuilder shown = new StringBuilder();
        detail.codePoints()
                .limit(MAX_DETAIL_LENGTH)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? REPLACEMENT : c)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
