// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.producer.ballots.LogUnavailableException;
import io.votelog.producer.problem.Problem;
import io.votelog.producer.problem.ProblemException;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Answers every failure, ours and the framework's, with a problem document; what is not foreseen is logged and tells nothing. */
@Component
@Order(-2)
final class ProblemRenderer implements WebExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemRenderer.class);

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(failure);
        }
        return write(exchange, problem(exchange, failure));
    }

    /** Writes the problem as the answer. */
    static Mono<Void> write(ServerWebExchange exchange, Problem problem) {
        ServerHttpResponse response = exchange.getResponse();
        response.setRawStatusCode(problem.status());
        // What a handler had said of its answer is not true of the problem, which no cache may keep.
        response.getHeaders().setETag(null);
        response.getHeaders().setCacheControl(CacheControl.noStore());
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        problem.headers().forEach(response.getHeaders()::set);
        byte[] json = problem.json();
        response.getHeaders().setContentLength(json.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(json)));
    }

    private static Problem problem(ServerWebExchange exchange, Throwable failure) {
        String path = exchange.getRequest().getPath().value();
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        if (failure instanceof LogUnavailableException) {
            LOG.warn("{} {}: {}", exchange.getRequest().getMethod(), path, failure.getMessage());
            return Problem.unavailable(
                    "the log did not confirm it in time; it may be recorded or not, and sending it again is safe");
        }
        if (failure instanceof RejectedExecutionException) {
            return Problem.overloaded();
        }
        if (failure instanceof MethodNotAllowedException wrongMethod) {
            Set<HttpMethod> supported = wrongMethod.getSupportedMethods();
            String allowed = supported.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
            return Problem.http(
                            405, "%s is not allowed here; allowed: %s".formatted(wrongMethod.getHttpMethod(), allowed))
                    .header("Allow", allowed);
        }
        if (failure instanceof NotAcceptableStatusException notAcceptable) {
            return Problem.http(406, "the Accept header allows none of: " + notAcceptable.getSupportedMediaTypes());
        }
        if (failure instanceof ResponseStatusException status
                && status.getStatusCode().is4xxClientError()) {
            int code = status.getStatusCode().value();
            return Problem.http(code, code == 404 ? "nothing is at " + path : detail(status));
        }
        LOG.error("{} {} failed", exchange.getRequest().getMethod(), path, failure);
        return Problem.http(500, "the request failed; the gateway's log says why");
    }

    private static String detail(ResponseStatusException status) {
        String detail = status.getBody().getDetail();
        return detail == null ? status.getStatusCode().toString() : detail;
    }
}
