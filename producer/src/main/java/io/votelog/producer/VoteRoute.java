package io.votelog.producer;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Votes over HTTP. */
@RestController
class VoteRoute {
    private final VoteDesk desk;

    VoteRoute(VoteDesk desk) {
        this.desk = desk;
    }

    @PostMapping(path = "/v1/ballots/{ballotId}/votes", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> cast(@PathVariable String ballotId, ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        VoteRequest vote = new VoteRequest(
                ballotId,
                headers.getFirst(HttpHeaders.AUTHORIZATION),
                headers.getFirst(HttpHeaders.CONTENT_TYPE),
                headers.getOrEmpty(IdempotencyKey.HEADER),
                Bodies.read(request, VoteBody.MAX_BYTES));
        return desk.cast(vote).map(recorded -> ResponseEntity.status(HttpStatus.ACCEPTED)
                .location(recorded.location())
                .contentType(MediaType.APPLICATION_JSON)
                .body(recorded.json()));
    }
}
