// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.routes;

import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import io.votelog.web.problem.ProblemType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Answers every failure, ours and the framework's, with a problem document; what is not foreseen is logged and tells nothing. An app
 * adds what it knows of failures of its own.
 */
public abstract class ProblemHandler implements WebExceptionHandler, Ordered {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);

    /** Before Spring Boot's own, which has -1. */
    private static final int ORDER = -2;

    private final Problem unforeseen;

    /** @param unforeseen what a failure that nobody foresaw is told as */
    protected ProblemHandler(Problem unforeseen) {
        this.unforeseen = unforeseen;
    }

    /** What a failure of the app's own means; null when it is not foreseen. */
    protected abstract @Nullable Problem known(ServerWebExchange exchange, Throwable failure);

    /** How the framework's refusal of a request (400 to 499) is told; in the framework's words unless the app has others. */
    protected Problem refused(ServerWebExchange exchange, ErrorResponse refusal) {
        return ProblemType.ofStatus(refusal.getStatusCode().value())
                .because(refusal.getBody().getDetail())
                .headers(refusal.getHeaders().toSingleValueMap());
    }

    @Override
    public final int getOrder() {
        return ORDER;
    }

    @Override
    public final Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(failure);
        }
        return write(exchange, problem(exchange, failure));
    }

    private Problem problem(ServerWebExchange exchange, Throwable failure) {
        if (failure instanceof ProblemException refusal) {
            return refusal.problem();
        }
        Problem known = known(exchange, failure);
        if (known != null) {
            return known;
        }
        if (failure instanceof ErrorResponse refusal && refusal.getStatusCode().is4xxClientError()) {
            return refused(exchange, refusal);
        }
        LOG.error(
                "{} {} failed",
                exchange.getRequest().getMethod(),
                exchange.getRequest().getPath(),
                failure);
        return unforeseen;
    }

    /** Writes the problem as the answer. */
    public static Mono<Void> write(ServerWebExchange exchange, Problem problem) {
        ServerHttpResponse response = exchange.getResponse();
        response.setRawStatusCode(problem.status());
        HttpHeaders headers = response.getHeaders();
        // What a handler had said of its answer is not true of the problem, which no cache may keep.
        headers.setETag(null);
        headers.remove(HttpHeaders.CONTENT_ENCODING);
        headers.remove(HttpHeaders.CONTENT_DISPOSITION);
        headers.setCacheControl(CacheControl.noStore());
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        problem.headers().forEach(headers::set);
        byte[] json = problem.json();
        headers.setContentLength(json.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(json)));
    }
}
