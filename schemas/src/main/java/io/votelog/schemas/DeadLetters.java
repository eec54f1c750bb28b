package io.votelog.schemas;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Headers of a dead letter: where the record stood and why it is no event. */
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

    private DeadLetters() {}

    /** What makes a record of votes no event. */
    public enum Cause {
        /** The value is no event of a known schema. */
        UNDECODABLE,
        /** An event that does not belong into votes. */
        FOREIGN_EVENT,
        /** A vote's key is not 16 bytes. */
        BAD_KEY,
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

    /** The headers of one dead letter. */
    public static Headers headers(int partition, long offset, long timestampMs, Cause cause, String detail) {
        return new RecordHeaders()
                .add(PARTITION, utf8(Integer.toString(partition)))
                .add(OFFSET, utf8(Long.toString(offset)))
                .add(TIMESTAMP, utf8(Long.toString(timestampMs)))
                .add(CAUSE, utf8(cause.name()))
                .add(DETAIL, utf8(detail));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
