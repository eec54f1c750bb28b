// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.web.headers.MediaRanges;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code GET /v1/ballots/{id}/receipts/{receipt}} and {@code …/voters/{voterRef}}. */
@RestController
final class VotersController {
    private final VoterAnswers answers;
    private final ReceiptPages pages;

    VotersController(VoterAnswers answers, ReceiptPages pages) {
        this.answers = answers;
        this.pages = pages;
    }

    /** JSON for programs, and for whoever would rather have HTML, as browsers do, the page of the receipt. */
    @GetMapping("/v1/ballots/{ballotId}/receipts/{receipt}")
    Mono<ResponseEntity<byte[]>> receipt(
            @PathVariable String ballotId,
            @PathVariable String receipt,
            @RequestParam(name = "offset", required = false) @Nullable String offset,
            @RequestParam(name = "lang", required = false) @Nullable String language,
            @RequestHeader(name = "Prefer", required = false) @Nullable List<String> prefer,
            @RequestHeader HttpHeaders request,
            ServerWebExchange exchange) {
        exchange.getResponse().getHeaders().add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        MediaRanges accept = MediaRanges.of(request);
        return accept.quality(MediaType.TEXT_HTML) > accept.quality(MediaType.APPLICATION_JSON)
                ? pages.of(ballotId, receipt, offset, language, exchange)
                : answers.receipt(ballotId, receipt, offset, prefer, exchange);
    }

    @GetMapping("/v1/ballots/{ballotId}/voters/{voterRef}")
    Mono<ResponseEntity<byte[]>> voter(
            @PathVariable String ballotId, @PathVariable String voterRef, ServerWebExchange exchange) {
        return answers.voter(ballotId, voterRef, exchange);
    }
}
