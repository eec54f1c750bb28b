// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.cluster;

import io.votelog.schemas.cluster.UnfitLogException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints why the log is unfit in place of a stack trace. */
final class UnfitLogAnalyzer extends AbstractFailureAnalyzer<UnfitLogException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnfitLogException cause) {
        String action = cause.getCause() == null
                ? "Put it right and start again. The same command with %s lists all that is found, and starts nothing."
                        .formatted(CheckCommand.ARGUMENT)
                : "Brokers must answer at spring.kafka.bootstrap-servers, and let this client ask.";
        return new FailureAnalysis(String.valueOf(cause.getMessage()), action, cause);
    }
}
