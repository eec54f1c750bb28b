// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Shows people what became of a vote. */
public interface ReceiptPages {
    /**
     * The page of a receipt, also where there is none of that kind or nothing is known of it: then it says so.
     *
     * @param receipt as it came
     * @param offset where the attempt was recorded, as it came; null for the accepted vote or the latest attempt
     * @param language the one that the reader has chosen, as it came
     */
    Mono<ResponseEntity<byte[]>> of(
            String ballotId,
            String receipt,
            @Nullable String offset,
            @Nullable String language,
            ServerWebExchange exchange);
}
