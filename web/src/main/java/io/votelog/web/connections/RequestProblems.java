// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemType;
import java.util.function.Consumer;

/** Why what came in is no request. */
final class RequestProblems {
    private RequestProblems() {}

    static Problem malformed(String detail) {
        return ProblemType.MALFORMED_REQUEST.because(detail);
    }

    static Problem lineTooLong(int limitBytes) {
        return ProblemType.URI_TOO_LONG.because(
                "the request line has more than the %d bytes that are allowed".formatted(limitBytes));
    }

    static Problem headersTooLarge(int limitBytes) {
        return ProblemType.HEADERS_TOO_LARGE.because(
                "the headers have more than the %d bytes that are allowed for all of them".formatted(limitBytes));
    }

    static Problem timedOut() {
        return ProblemType.REQUEST_TIMEOUT.because("the request stopped coming in");
    }

    static Problem tooManyAhead(int limit) {
        return ProblemType.TOO_MANY_REQUESTS
                .because(
                        "at most %d requests of a connection may wait for the answers to earlier ones; nothing was done for this one or those behind it"
                                .formatted(limit))
                .retryAfter(1);
    }

    /**
     * The answer, which ends the connection.
     *
     * @param protection sets the headers that all answers have
     */
    static FullHttpResponse answer(Problem problem, Consumer<HttpHeaders> protection) {
        byte[] body = problem.json();
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(problem.status()), Unpooled.wrappedBuffer(body));
        protection.accept(response.headers());
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        problem.headers().forEach(response.headers()::set);
        return response;
    }
}
