// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.problem;

import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Answers every error with a problem document (RFC 9457), Spring's own errors too. */
@Component
@Order(-2)
final class ProblemHandler implements WebExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);

    private final JsonMapper json;

    ProblemHandler(JsonMapper json) {
        this.json = json;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(error);
        }
        if (error instanceof ProblemException problem) {
            problem.headers().forEach(response.getHeaders()::set);
            return write(response, problem.status(), problem.code(), problem.title(), problem.getMessage());
        }
        if (error instanceof InvalidStateStoreException || error instanceof RejectedExecutionException) {
            LOG.debug("a store is not available", error);
            response.getHeaders().set(HttpHeaders.RETRY_AFTER, "1");
            return write(
                    response,
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "not-available",
                    "Not available now",
                    "This instance is starting or has too much to do, or what was asked for moves to another one. Try"
                            + " again in a second.");
        }
        if (error instanceof ErrorResponse refusal) {
            HttpStatusCode status = refusal.getStatusCode();
            response.getHeaders().putAll(refusal.getHeaders());
            HttpStatus known = HttpStatus.resolve(status.value());
            String name = known == null ? "Error " + status.value() : known.getReasonPhrase();
            return write(response, status, code(name), name, refusal.getBody().getDetail());
        }
        LOG.error(
                "{} {} failed",
                exchange.getRequest().getMethod(),
                exchange.getRequest().getPath(),
                error);
        return write(
                response,
                HttpStatus.INTERNAL_SERVER_ERROR,
                "internal-server-error",
                "Internal Server Error",
                "The request met a fault of the server, which has noted it.");
    }

    private static String code(String reasonPhrase) {
        return reasonPhrase.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    private Mono<Void> write(
            ServerHttpResponse response, HttpStatusCode status, String code, String title, @Nullable String detail) {
        response.setStatusCode(status);
        HttpHeaders headers = response.getHeaders();
        headers.remove(HttpHeaders.CONTENT_ENCODING);
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.setCacheControl("no-store");
        byte[] body = ProblemDocument.json(json, status.value(), code, title, detail);
        headers.setContentLength(body.length);
        // What a handler had said of its answer is not true of the problem.
        headers.setETag(null);
        headers.remove(HttpHeaders.CONTENT_DISPOSITION);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }
}
