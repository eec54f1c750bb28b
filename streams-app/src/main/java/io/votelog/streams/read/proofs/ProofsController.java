// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.proofs;

import io.votelog.streams.read.problem.Problems;
import io.votelog.streams.read.receipts.ReceiptDocument;
import io.votelog.streams.read.receipts.VoterAnswers;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** {@code GET /v1/ballots/{id}/receipts/{receipt}/proof}: that the vote is in the sealed log, and the verdict on it. */
@RestController
final class ProofsController {
    private final VoterAnswers answers;
    private final SealerClient sealers;
    private final JsonMapper json;

    ProofsController(VoterAnswers answers, SealerClient sealers, JsonMapper json) {
        this.answers = answers;
        this.sealers = sealers;
        this.json = json;
    }

    /** What is asked, and refused, as {@code …/receipts/{receipt}} is; a sealer answers for the place that this one tells. */
    @GetMapping("/v1/ballots/{ballotId}/receipts/{receipt}/proof")
    Mono<ResponseEntity<byte[]>> proof(
            @PathVariable String ballotId,
            @PathVariable String receipt,
            @RequestParam(name = "offset", required = false) @Nullable String offset,
            ServerWebExchange exchange) {
        if (!sealers.isKnown()) {
            return Mono.error(Problems.notSealed().exception());
        }
        return answers.receipt(ballotId, receipt, offset, null, exchange)
                .flatMap(answer -> answer.getStatusCode().is2xxSuccessful()
                        ? proof(ballotId, receipt, json.readValue(answer.getBody(), ReceiptDocument.class))
                        : Mono.just(answer));
    }

    private Mono<ResponseEntity<byte[]>> proof(String ballotId, String receipt, ReceiptDocument of) {
        return sealers.ask("/v1/ballots/%s/receipts/%s/proof?partition=%d&offset=%d"
                        .formatted(ballotId, receipt, of.partition(), of.offset()))
                .switchIfEmpty(Mono.error(() -> Problems.sealersAway().exception()));
    }
}
