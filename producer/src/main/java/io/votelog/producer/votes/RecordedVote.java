// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.schemas.Receipt;
import io.votelog.schemas.promise.Promise;
import io.votelog.schemas.promise.PromisedVote;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A vote that the log has. Whether it counts is decided on the read side.
 *
 * @param receipt the vote's receipt
 * @param partition the partition of the votes topic
 * @param offset the offset in that partition
 * @param recordedAtMs the broker's append time, milliseconds since 1970
 * @param evidence that the gateway promised this; null where none was asked for or could be made
 */
public record RecordedVote(
        String ballotId, Receipt receipt, int partition, long offset, long recordedAtMs, @Nullable Evidence evidence)
        implements VoteAnswer {

    /** @param recordHash {@link PromisedVote#recordHash} of the vote's record */
    public record Evidence(byte[] recordHash, Promise promise) {}

    /** What can be promised of this vote. */
    PromisedVote promised(byte[] recordHash) {
        return new PromisedVote(ballotId, receipt, partition, offset, recordedAtMs, recordHash);
    }

    /** This vote with the evidence that it was promised; without any where there is no promise. */
    RecordedVote with(byte[] recordHash, @Nullable Promise promise) {
        return promise == null
                ? this
                : new RecordedVote(
                        ballotId, receipt, partition, offset, recordedAtMs, new Evidence(recordHash, promise));
    }

    /**
     * The body of the answer: JSON in UTF-8. It is laid together, since ids, digits and base64url need no escaping.
     *
     * @param receiptText {@link Receipt#toString()} of the receipt
     */
    public byte[] json(String receiptText) {
        StringBuilder json = new StringBuilder(evidence == null ? 256 : 256 + Promise.JSON_LENGTH)
                .append("{\"voteId\":\"")
                .append(receipt.voteId())
                .append("\",\"ballotId\":\"")
                .append(ballotId)
                .append("\",\"receipt\":\"")
                .append(receiptText)
                .append('"');
        writePlace(json);
        return json.append('}').toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Writes where and when the log has the vote, and the evidence where there is any, as members of an answer that has others. */
    public void writePlace(StringBuilder json) {
        json.append(",\"partition\":")
                .append(partition)
                .append(",\"offset\":")
                .append(offset)
                .append(",\"recordedAt\":\"")
                .append(PromisedVote.timeText(recordedAtMs))
                .append('"');
        if (evidence != null) {
            json.append(",\"promise\":");
            evidence.promise().writeJson(evidence.recordHash(), json);
        }
    }
}
