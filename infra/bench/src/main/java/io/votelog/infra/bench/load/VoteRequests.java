// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.infra.bench.voters.TokenStore;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * HTTP requests of voters, laid together from parts that were rendered before: what comes before the token, the token, and what
 * comes after it with the body. For one thread at a time.
 */
public final class VoteRequests {
    private final TokenStore tokens;
    private final byte[] head;
    private final byte[] tails;
    private final int[] tailAt;

    /**
     * @param votes what voters choose
     * @param tokens what voters send to say who they are; it must have them before a request is asked for
     */
    public VoteRequests(URI gateway, String ballotId, DrawnVotes votes, TokenStore tokens) {
        this.tokens = tokens;
        this.tailAt = new int[DrawnVotes.COUNT + 1];
        this.head = "POST /v1/ballots/%s/votes HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer "
                .formatted(ballotId, gateway.getRawAuthority())
                .getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < DrawnVotes.COUNT; i++) {
            // Ids of options are letters, digits, _ and -, so nothing is to be escaped.
            String body = "{\"choices\":[\"" + String.join("\",\"", votes.of(i)) + "\"]}";
            tailAt[i] = all.size();
            all.writeBytes("\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(body.length(), body)
                    .getBytes(StandardCharsets.US_ASCII));
        }
        tailAt[DrawnVotes.COUNT] = all.size();
        this.tails = all.toByteArray();
    }

    private VoteRequests(VoteRequests same, byte[] head) {
        this.tokens = same.tokens;
        this.tails = same.tails;
        this.tailAt = same.tailAt;
        this.head = head;
    }

    /** The same requests, for answers without promises. */
    public VoteRequests withoutPromises() {
        String text = new String(head, StandardCharsets.US_ASCII);
        return new VoteRequests(
                this,
                text.replace("\r\nAuthorization:", "\r\nPrefer: return=minimal\r\nAuthorization:")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether all of so many voters have a token. */
    boolean has(int firstVoter, int count) {
        return tokens.has(firstVoter, count);
    }

    /** A voter's whole request, the same each time. */
    public ByteBuf of(int voter, ByteBufAllocator allocator) {
        int tail = voter & DrawnVotes.COUNT - 1;
        int tailLength = tailAt[tail + 1] - tailAt[tail];
        ByteBuf request = allocator.directBuffer(head.length + tokens.tokenLength() + tailLength);
        request.writeBytes(head);
        tokens.write(voter, request);
        return request.writeBytes(tails, tailAt[tail], tailLength);
    }
}
