// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.schemas.Receipt;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A vote that the log has. Whether it counts is the read side's to say.
 *
 * @param receipt as it is told
 * @param partition of the votes topic
 * @param offset in that partition
 * @param recordedAtMs the broker's append time, in milliseconds since 1970
 */
public record RecordedVote(String ballotId, Receipt receipt, int partition, long offset, long recordedAtMs)
        implements VoteAnswer {

    /**
     * The answer's body, UTF-8. It is put together by hand, since nothing in it needs escaping: ids, digits and base64url.
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
