// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.votelog.producer.ballots.PublicUrls;
import io.votelog.producer.limits.FairUse;
import io.votelog.producer.votes.RecordedVote;
import io.votelog.producer.votes.VoteAnswer;
import io.votelog.producer.votes.VoteDesk;
import io.votelog.web.headers.SafetyHeaders;
import io.votelog.web.origins.Origins;
import io.votelog.web.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Writes the answers of the votes' routes. They bypass Spring's filters, so the headers for browsers' safety and for CORS are
 * set here.
 */
final class VoteResponses {
    private static final AsciiString JSON = AsciiString.cached("application/json");
    private static final AsciiString PROBLEM_JSON = AsciiString.cached(Problem.MEDIA_TYPE);
    private static final AsciiString LIMITS = AsciiString.cached(FairUse.POLICY_HEADER);
    private static final AsciiString LEVEL = AsciiString.cached(FairUse.LEVEL_HEADER);

    private final PublicUrls publicUrls;
    private final Origins origins;
    private final String exposed;
    private final @Nullable String limits;

    VoteResponses(PublicUrls publicUrls, Origins origins, FairUse fairUse) {
        this.limits = fairUse.policy().orElse(null);
        this.publicUrls = publicUrls;
        this.origins = origins;
        List<String> exposedHeaders = origins.allowed().getExposedHeaders();
        this.exposed = exposedHeaders == null ? "" : String.join(", ", exposedHeaders);
    }

    /** Answers with what became of the vote. */
    Mono<Void> write(HttpServerRequest request, HttpServerResponse response, VoteDesk.Reply reply) {
        reply.rateLimit().ifPresent(left -> response.responseHeaders().set(LEVEL, left));
        if (reply.answer() instanceof RecordedVote recorded) {
            String receipt = recorded.receipt().toString();
            HttpHeaders headers = begin(request, response, HttpResponseStatus.ACCEPTED, JSON);
            headers.set(HttpHeaderNames.LOCATION, publicUrls.receipt(recorded.ballotId(), receipt, recorded.offset()));
            return end(response, recorded.json(receipt));
        }
        return write(request, response, ((VoteAnswer.NotRecorded) reply.answer()).problem());
    }

    /** Answers with the problem. */
    Mono<Void> write(HttpServerRequest request, HttpServerResponse response, Problem problem) {
        HttpHeaders headers = begin(request, response, HttpResponseStatus.valueOf(problem.status()), PROBLEM_JSON);
        problem.headers().forEach(headers::set);
        return end(response, problem.json());
    }

    /** Sets the status and the headers that every answer has. */
    HttpHeaders begin(
            HttpServerRequest request, HttpServerResponse response, HttpResponseStatus status, AsciiString type) {
        response.status(status);
        HttpHeaders headers = response.responseHeaders();
        headers.set(HttpHeaderNames.CONTENT_TYPE, type);
        SafetyHeaders.set(headers);
        if (limits != null) {
            headers.set(LIMITS, limits);
        }
        if (request.requestHeaders().contains(HttpHeaderNames.ORIGIN)) {
            allow(request.requestHeaders().getAll(HttpHeaderNames.ORIGIN), headers);
        }
        return headers;
    }

    /**
     * Whether the request comes from a page whose origin may not call. Without an {@code Origin} header this costs one look-up.
     */
    boolean mayNotCall(HttpServerRequest request) {
        HttpHeaders headers = request.requestHeaders();
        if (!headers.contains(HttpHeaderNames.ORIGIN)) {
            return false;
        }
        List<String> values = headers.getAll(HttpHeaderNames.ORIGIN);
        return !origins.areOwn(values, request.scheme().equals("https"), headers.get(HttpHeaderNames.HOST))
                && origins.allowance(values) == null;
    }

    private void allow(List<String> values, HttpHeaders headers) {
        @Nullable String allowed = origins.allowance(values);
        if (allowed != null) {
            headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            headers.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }

    private static Mono<Void> end(HttpServerResponse response, byte[] body) {
        ByteBuf bytes = Unpooled.wrappedBuffer(body);
        return response.sendObject(bytes).then();
    }
}
