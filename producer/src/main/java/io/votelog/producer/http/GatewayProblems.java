// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.producer.ballots.LogUnavailableException;
import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemType;
import io.votelog.web.routes.ProblemHandler;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;

/** What this gateway says of failures: of its own, and of the framework's in its own words. */
@Component
final class GatewayProblems extends ProblemHandler {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayProblems.class);

    GatewayProblems() {
        super(Problems.unforeseen());
    }

    @Override
    protected @Nullable Problem known(ServerWebExchange exchange, Throwable failure) {
        if (failure instanceof LogUnavailableException) {
            LOG.warn(
                    "{} {}: {}",
                    exchange.getRequest().getMethod(),
                    exchange.getRequest().getPath(),
                    failure.getMessage());
            return Problems.unavailable(
                    "the log did not confirm it in time; it may be recorded or not, and sending it again is safe");
        }
        return failure instanceof RejectedExecutionException ? Problems.overloaded() : null;
    }

    @Override
    protected Problem refused(ServerWebExchange exchange, ErrorResponse refusal) {
        if (refusal instanceof MethodNotAllowedException wrongMethod) {
            String allowed = wrongMethod.getSupportedMethods().stream()
                    .map(HttpMethod::name)
                    .sorted()
                    .collect(Collectors.joining(", "));
            return ProblemType.METHOD_NOT_ALLOWED
                    .because("%s is not allowed here; allowed: %s".formatted(wrongMethod.getHttpMethod(), allowed))
                    .header("Allow", allowed);
        }
        if (refusal instanceof NotAcceptableStatusException notAcceptable) {
            return ProblemType.NOT_ACCEPTABLE.because(
                    "the Accept header allows none of: " + notAcceptable.getSupportedMediaTypes());
        }
        ProblemType type = ProblemType.ofStatus(refusal.getStatusCode().value());
        return type.because(
                type.equals(ProblemType.NOT_FOUND)
                        ? "nothing is at " + exchange.getRequest().getPath()
                        : Objects.requireNonNullElse(
                                refusal.getBody().getDetail(),
                                refusal.getStatusCode().toString()));
    }
}
