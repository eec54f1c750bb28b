// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.http;

import io.votelog.streams.read.problem.Problems;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemType;
import io.votelog.web.routes.ProblemHandler;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;

/** What the read side says of failures of its own. */
@Component
final class ReadSideProblems extends ProblemHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ReadSideProblems.class);

    ReadSideProblems() {
        super(ProblemType.INTERNAL_ERROR.because("The request met a fault of the server, which has noted it."));
    }

    @Override
    protected @Nullable Problem known(ServerWebExchange exchange, Throwable failure) {
        if (failure instanceof InvalidStateStoreException || failure instanceof RejectedExecutionException) {
            LOG.debug("a store is not available", failure);
            return Problems.notAvailable();
        }
        return null;
    }

    @Override
    protected Problem refused(ServerWebExchange exchange, ErrorResponse refusal) {
        // The framework's refusal of an unknown path has no detail.
        return refusal.getStatusCode().value() == 404 ? Problems.notFound() : super.refused(exchange, refusal);
    }
}
