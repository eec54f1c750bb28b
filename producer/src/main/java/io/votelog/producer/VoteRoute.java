package io.votelog.producer;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.AsciiString;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/** Votes over HTTP, one a request. The hot route: the bare server calls it, past all of Spring's layers. */
final class VoteRoute implements NettyRouteProvider {
    private static final Logger LOG = LoggerFactory.getLogger(VoteRoute.class);
    private static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached(IdempotencyKey.HEADER);

    private final VoteDesk desk;
    private final VoteResponses responses;
    private final Handback.All handbacks = new Handback.All();

    VoteRoute(VoteDesk desk, VoteResponses responses) {
        this.desk = desk;
        this.responses = responses;
    }

    @Override
    public HttpServerRoutes apply(HttpServerRoutes routes) {
        return routes.route(request -> serves(request, VotePaths.ONE), this::cast);
    }

    /** Preflights are left to the framework, which has the rules for them. */
    static boolean serves(HttpServerRequest request, String ending) {
        return VotePaths.ballotId(request.uri(), ending) != null && !HttpMethod.OPTIONS.equals(request.method());
    }

    private Publisher<Void> cast(HttpServerRequest request, HttpServerResponse response) {
        if (!HttpMethod.POST.equals(request.method())) {
            return responses.write(request, response, onlyPost(request));
        }
        String ballotId = String.valueOf(VotePaths.ballotId(request.uri(), VotePaths.ONE));
        HttpHeaders headers = request.requestHeaders();
        Mono<byte[]> body = BoundedBody.of(request, VoteBody.MAX_BYTES);
        VoteRequest vote = new VoteRequest(
                ballotId,
                headers.get(HttpHeaderNames.AUTHORIZATION),
                headers.get(HttpHeaderNames.CONTENT_TYPE),
                headers.getAll(IDEMPOTENCY_KEY),
                body,
                handbacks.to(request));
        return desk.cast(vote)
                .onErrorResume(failure -> Mono.just(new VoteAnswer.NotRecorded(unforeseen(failure))))
                .flatMap(answer -> responses.write(request, response, answer));
    }

    static Problem onlyPost(HttpServerRequest request) {
        return Problem.http(405, "%s is not allowed here; allowed: POST".formatted(request.method()))
                .header("Allow", "POST, OPTIONS");
    }

    static Problem unforeseen(Throwable failure) {
        LOG.error("A vote failed", failure);
        return Problem.http(500, "the request failed; the gateway's log says why");
    }
}
