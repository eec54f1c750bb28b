// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.votelog.producer.problem.Problems;
import io.votelog.producer.votes.BatchDesk;
import io.votelog.web.connections.PublicPort;
import io.votelog.web.problem.ProblemException;
import org.reactivestreams.Publisher;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * The route of batches: many votes in one request, with a line of JSON for each vote and for each answer, as streams ({@code
 * application/x-ndjson}).
 */
final class BatchRoute implements NettyRouteProvider {
    private static final AsciiString NDJSON = AsciiString.cached(BatchDesk.MEDIA_TYPE);

    private final BatchDesk desk;
    private final VoteResponses responses;

    BatchRoute(BatchDesk desk, VoteResponses responses) {
        this.desk = desk;
        this.responses = responses;
    }

    @Override
    public HttpServerRoutes apply(HttpServerRoutes routes) {
        return routes.route(request -> VoteRoute.serves(request, VotePaths.BATCH), this::cast);
    }

    private Publisher<Void> cast(HttpServerRequest request, HttpServerResponse response) {
        return desk.admit(VoteRoute.head(request, VotePaths.BATCH, responses))
                .map(batch -> stream(request, response, batch))
                .onErrorResume(failure -> Mono.just(responses.write(
                        request,
                        response,
                        failure instanceof ProblemException refused
                                ? refused.problem()
                                : VoteRoute.unforeseen(failure))))
                .flatMap(answered -> answered);
    }

    private Mono<Void> stream(HttpServerRequest request, HttpServerResponse response, BatchDesk.Batch batch) {
        if (BoundedBody.isCoded(request)) {
            return responses.write(request, response, Problems.codedBody());
        }
        responses.begin(request, response, HttpResponseStatus.OK, NDJSON);
        if (request.requestHeaders().containsValue(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE, true)) {
            // The answer begins before the body is read, so a client that waits for 100 (Continue) gets it here;
            // otherwise it would never send the body.
            EventLoopExecutor.channel(request)
                    .writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        PublicPort.leaveTimeToRoute(EventLoopExecutor.channel(request));
        return response.chunkedTransfer(true)
                .sendHeaders()
                .then(new BatchStream.Run(request, batch))
                .then();
    }
}
