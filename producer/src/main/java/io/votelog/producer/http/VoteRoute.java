// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.opentelemetry.context.Context;
import io.votelog.producer.problem.Problems;
import io.votelog.producer.votes.Admission;
import io.votelog.producer.votes.VoteAnswer;
import io.votelog.producer.votes.VoteBody;
import io.votelog.producer.votes.VoteDesk;
import io.votelog.producer.votes.VoteTraces;
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

/** The route of single votes. It is the hot route, so the server calls it directly, past all of Spring's layers. */
final class VoteRoute implements NettyRouteProvider {
    private static final Logger LOG = LoggerFactory.getLogger(VoteRoute.class);

    private final VoteDesk desk;
    private final VoteResponses responses;
    private final VoteTraces traces;
    private final EventLoopExecutor.PerLoop executors = new EventLoopExecutor.PerLoop();

    VoteRoute(VoteDesk desk, VoteResponses responses, VoteTraces traces) {
        this.desk = desk;
        this.responses = responses;
        this.traces = traces;
    }

    @Override
    public HttpServerRoutes apply(HttpServerRoutes routes) {
        return routes.route(request -> serves(request, VotePaths.ONE), this::cast);
    }

    /** Whether the request is one for this route. Preflight requests are left to Spring, which has the rules for them. */
    static boolean serves(HttpServerRequest request, String ending) {
        return VotePaths.ballotId(request.uri(), ending) != null
                && !(HttpMethod.OPTIONS.equals(request.method())
                        && request.requestHeaders().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD));
    }

    private Publisher<Void> cast(HttpServerRequest request, HttpServerResponse response) {
        Context trace = traces.request();
        VoteDesk.Request vote = new VoteDesk.Request(
                head(request, VotePaths.ONE, responses),
                BoundedBody.of(request, VoteBody.MAX_BYTES),
                executors.of(request),
                trace);
        Mono<VoteDesk.Reply> cast = desk.cast(vote)
                .onErrorResume(failure -> Mono.just(
                        new VoteDesk.Reply(new VoteAnswer.NotRecorded(unforeseen(failure)), Optional.empty())));
        return traces.follow(trace, cast).flatMap(reply -> responses.write(request, response, reply));
    }

    static Admission.Head head(HttpServerRequest request, String ending, VoteResponses responses) {
        // The address of the connection's other end, whatever headers say.
        InetSocketAddress peer = EventLoopExecutor.channel(request).remoteAddress() instanceof InetSocketAddress address
                ? address
                : null;
        HttpHeaders headers = request.requestHeaders();
        return new Admission.Head(
                String.valueOf(VotePaths.ballotId(request.uri(), ending)),
                peer,
                headers::getAll,
                fault(request, responses));
    }

    /** What is wrong with the request's origin, method or query, or null. */
    private static @Nullable Problem fault(HttpServerRequest request, VoteResponses responses) {
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
