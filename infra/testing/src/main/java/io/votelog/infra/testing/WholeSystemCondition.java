// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Leaves the tests of {@link WholeSystem} out where the build says so, unless the run names its tests. */
final class WholeSystemCondition implements ExecutionCondition {
    /** The build's word: {@value #SKIPPED}, or anything else. */
    static final String PROPERTY = "votelog.whole-systems";

    static final String SKIPPED = "skipped";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        boolean skipped = SKIPPED.equals(System.getProperty(PROPERTY)) && System.getProperty("it.test") == null;
        return skipped
                ? ConditionEvaluationResult.disabled("it starts whole systems, which ./mvnw verify -Pall does")
                : ConditionEvaluationResult.enabled("whole systems are started");
    }
}
