// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.registry;

import io.votelog.schemas.registry.UnfitRegistryException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints why there are no ids of schemas in place of a stack trace. */
final class UnfitRegistryAnalyzer extends AbstractFailureAnalyzer<UnfitRegistryException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnfitRegistryException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Have the registry answer at votelog.schema-registry with what schemas/register.py registers, or set nothing there:"
                        + " events are then written in single-object encoding.",
                cause);
    }
}
