package io.votelog.producer;

import io.votelog.schemas.Receipt;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A vote that the log has. Whether it counts is the read side's to say.
 *
 * @param partition of the votes topic
 * @param offset in that partition
 * @param recordedAt the broker's append time
 * @param location where the read side tells the verdict
 */
record RecordedVote(String ballotId, Receipt receipt, int partition, long offset, Instant recordedAt, URI location) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The answer's body, UTF-8. */
    byte[] json() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("voteId", receipt.voteId().toString());
        document.put("ballotId", ballotId);
        document.put("receipt", receipt.toString());
        document.put("partition", partition);
        document.put("offset", offset);
        document.put("recordedAt", recordedAt.toString());
        return JSON.writeValueAsBytes(document);
    }
}
