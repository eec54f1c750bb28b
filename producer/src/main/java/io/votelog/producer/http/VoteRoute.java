// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.votelog.producer.problem.Problems;
import io.votelog.producer.votes.Admission;
import io.votelog.producer.votes.VoteAnswer;
import io.votelog.producer.votes.VoteBody;
import io.votelog.producer.votes.VoteDesk;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemType;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

    private final VoteDesk desk;
    private final VoteResponses responses;
    private final EventLoopExecutor.All handbacks = new EventLoopExecutor.All();

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
        return VotePaths.ballotId(request.uri(), ending) != null
                && !(HttpMethod.OPTIONS.equals(request.method())
                        && request.requestHeaders().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD));
    }

    private Publisher<Void> cast(HttpServerRequest request, HttpServerResponse response) {
        VoteDesk.Request vote = new VoteDesk.Request(
                head(request, VotePaths.ONE, responses),
                BoundedBody.of(request, VoteBody.MAX_BYTES),
                handbacks.to(request));
        return desk.cast(vote)
                .onErrorResume(failure -> Mono.just(
                        new VoteDesk.Reply(new VoteAnswer.NotRecorded(unforeseen(failure)), Optional.empty())))
                .flatMap(reply -> responses.write(request, response, reply));
    }

    static Admission.Head head(HttpServerRequest request, String ending, VoteResponses responses) {
        // The other end of the connection itself, whatever headers say.
        InetSocketAddress peer = EventLoopExecutor.channel(request).remoteAddress() instanceof InetSocketAddress address
                ? address
                : null;
        HttpHeaders headers = request.requestHeaders();
        return new Admission.Head(
                String.valueOf(VotePaths.ballotId(request.uri(), ending)),
                peer,
                headers::getAll,
                misput(request, responses));
    }

    /** What is wrong with how a request asks, whatever it asks for. */
    private static @Nullable Problem misput(HttpServerRequest request, VoteResponses responses) {
        if (responses.mayNotCall(request)) {
            return Problems.originNotAllowed();
        }
        if (!HttpMethod.POST.equals(request.method())) {
            return ProblemType.METHOD_NOT_ALLOWED
                    .because("%s is not allowed here; allowed: POST".formatted(request.method()))
                    .header("Allow", "POST");
        }
        return QueryParameters.fault(VotePaths.query(request.uri())).orElse(null);
    }

    static Problem unforeseen(Throwable failure) {
        LOG.error("A vote failed", failure);
        return Problems.unforeseen();
    }
}
