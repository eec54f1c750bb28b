// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.schemas.Receipt;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A vote that the log has. Whether it counts is decided on the read side.
 *
 * @param receipt the vote's receipt
 * @param partition the partition of the votes topic
 * @param offset the offset in that partition
 * @param recordedAtMs the broker's append time, milliseconds since 1970
 */
public record RecordedVote(String ballotId, Receipt receipt, int partition, long offset, long recordedAtMs)
        implements VoteAnswer {

    /**
     * The body of the answer: JSON in UTF-8. It is concatenated, since ids, digits and base64url need no escaping.
     *
     * @param receiptText {@link Receipt#toString()} of the receipt
     */
    public byte[] json(String receiptText) {
        return ("{\"voteId\":\"" + receipt.voteId() + "\",\"ballotId\":\"" + ballotId + "\",\"receipt\":\""
                        + receiptText
                        + "\",\"partition\":" + partition + ",\"offset\":" + offset + ",\"recordedAt\":\""
                        + Instant.ofEpochMilli(recordedAtMs) + "\"}")
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
