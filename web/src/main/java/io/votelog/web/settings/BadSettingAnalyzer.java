// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/** Says a bad setting in two lines where the start would print a stack trace. */
final class BadSettingAnalyzer extends AbstractFailureAnalyzer<BadSettingException> implements Ordered {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, BadSettingException cause) {
        return new FailureAnalysis(cause.getMessage(), "Allowed: " + cause.allowed(), cause);
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
