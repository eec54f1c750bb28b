// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Step;
import io.votelog.auditor.report.Step.Outcome;
import io.votelog.auditor.report.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a check found.
 *
 * @param detail what was found; of a check that failed the first difference
 */
record Finding(Outcome outcome, String detail) {
    private static final int MOST_SHOWN = 10;

    static Finding pass(String detail) {
        return new Finding(Outcome.PASS, detail);
    }

    static Finding fail(String firstDifference) {
        return new Finding(Outcome.FAIL, firstDifference);
    }

    static Finding skip(String reason) {
        return new Finding(Outcome.SKIPPED, reason);
    }

    static Finding notAsked(String reason) {
        return new Finding(Outcome.NOT_ASKED, reason);
    }

    /** Failed where there are differences. */
    static Finding of(List<String> differences, String detail) {
        return differences.isEmpty() ? pass(detail) : fail(Texts.first(MOST_SHOWN, differences));
    }

    /**
     * The steps of another audit as one check: failed where one of them failed, else skipped where one was.
     *
     * @param detail what is said where all of them passed
     */
    static Finding of(Report audit, Predicate<Step> which, String detail) {
        List<String> told = new ArrayList<>();
        Outcome worst = Outcome.PASS;
        for (Outcome outcome : List.of(Outcome.FAIL, Outcome.SKIPPED)) {
            for (Step step : audit.steps()) {
                if (which.test(step) && step.outcome() == outcome) {
                    worst = worst == Outcome.PASS ? outcome : worst;
                    told.add("%s: %s".formatted(step.title(), step.detail()));
                }
            }
        }
        return worst == Outcome.PASS ? pass(detail) : new Finding(worst, Texts.first(MOST_SHOWN, told));
    }

    /** Adds this as the step of a check. */
    void addTo(Report report, Check check) {
        switch (outcome) {
            case PASS -> report.pass(check.title(), detail);
            case FAIL -> report.fail(check.title(), detail);
            case SKIPPED -> report.skip(check.title(), detail);
            case NOT_ASKED -> report.notAsked(check.title(), detail);
        }
    }
}
