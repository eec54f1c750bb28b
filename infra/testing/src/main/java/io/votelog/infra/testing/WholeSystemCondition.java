// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Leaves the tests of {@link WholeSystem} out where the build says so, unless the run names its tests. */
final class WholeSystemCondition implements ExecutionCondition {
    /** Set by {@code -Dit.test}. */
    static final String NAMED = "it.test";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return evaluate(context.getRequiredTestClass());
    }

    static ConditionEvaluationResult evaluate(Class<?> tests) {
        return System.getProperty(NAMED) != null || TestsToRun.startWholeSystems(topLevel(tests))
                ? ConditionEvaluationResult.enabled("whole systems are started")
                : ConditionEvaluationResult.disabled("it starts whole systems, which ./mvnw verify -Pall does");
    }

    private static Class<?> topLevel(Class<?> tests) {
        return tests.getEnclosingClass() == null ? tests : topLevel(tests.getEnclosingClass());
    }
}
