// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.lifecycle;

import io.votelog.schemas.UnfitLogException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints why the log is unfit in place of a stack trace. */
final class UnfitLogAnalyzer extends AbstractFailureAnalyzer<UnfitLogException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnfitLogException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), null, cause);
    }
}
