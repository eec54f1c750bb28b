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
 * What has become of one vote.
 *
 * @param reason why it is rejected
 * @param detail the same, to a person
 * @param partition of votes
 * @param offset of the attempt that is spoken of
 * @param recordedAt broker time of that attempt; none while it is pending, for then it is not looked at
 * @param acceptedAt broker time of the accepted vote, when this is it or repeats it
 * @param annulled how that vote was taken out of the counts, if it was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReceiptDocument(
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
     * @param reason in the words of who annulled the vote
     * @param offset where it stands, in the partition of the vote
     * @param at broker time
     */
    record Annulled(String reason, long offset, String at) {}

    enum Outcome {
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

    /** The same, with how the accepted vote was annulled if it was. */
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
