// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.votelog.rules.Annulment;
import io.votelog.rules.Reason;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a receipt: what became of the vote.
 *
 * @param reason why the vote is rejected
 * @param detail the reason in a sentence for people
 * @param partition the partition of votes
 * @param offset the offset of the attempt that the answer is about
 * @param recordedAt the broker's append time of that attempt; null while it is pending, since its record is not read then
 * @param acceptedAt the broker's append time of the accepted vote, when the attempt is that vote or a retry of it
 * @param annulled how that vote was annulled, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReceiptDocument(
        UUID voteId,
        Outcome status,
        @Nullable Reason reason,
        @Nullable String detail,
        int partition,
        long offset,
        @Nullable String recordedAt,
        @Nullable String acceptedAt,
        @Nullable Annulled annulled) {

    /**
     * An annulment.
     *
     * @param reason the reason that the annulling operator gave
     * @param offset the offset of the annulment, in the partition of the vote
     * @param at the broker's append time of the annulment
     */
    public record Annulled(String reason, long offset, String at) {}

    /** What became of the attempt. */
    public enum Outcome {
        PENDING,
        ACCEPTED,
        RETRIED,
        REJECTED;

        @JsonValue
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static ReceiptDocument pending(UUID voteId, int partition, long offset) {
        return new ReceiptDocument(voteId, Outcome.PENDING, null, null, partition, offset, null, null, null);
    }

    static ReceiptDocument accepted(UUID voteId, int partition, long offset, long recordedAtMs) {
        String at = time(recordedAtMs);
        return new ReceiptDocument(voteId, Outcome.ACCEPTED, null, null, partition, offset, at, at, null);
    }

    static ReceiptDocument retried(UUID voteId, int partition, long offset, long recordedAtMs, long acceptedAtMs) {
        return new ReceiptDocument(
                voteId, Outcome.RETRIED, null, null, partition, offset, time(recordedAtMs), time(acceptedAtMs), null);
    }

    static ReceiptDocument rejected(
            UUID voteId, int partition, long offset, long recordedAtMs, Reason reason, String detail) {
        return new ReceiptDocument(
                voteId, Outcome.REJECTED, reason, detail, partition, offset, time(recordedAtMs), null, null);
    }

    /** The same document with the annulment of the accepted vote, if it was annulled. */
    ReceiptDocument with(@Nullable Annulment annulment) {
        Annulled shown = annulment == null
                ? null
                : new Annulled(annulment.reason(), annulment.offset(), time(annulment.recordedAtMs()));
        return new ReceiptDocument(voteId, status, reason, detail, partition, offset, recordedAt, acceptedAt, shown);
    }

    boolean isPending() {
        return status == Outcome.PENDING;
    }

    private static String time(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }
}
