// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.report;

/**
 * One step of an audit in its report.
 *
 * @param number of the step, from 1
 * @param title what the step checks
 * @param detail what was found; for a failed step the first difference; for a step that was skipped or not asked for
 *     the reason
 */
public record Step(int number, String title, Outcome outcome, String detail) {
    /** The outcome of a step. */
    public enum Outcome {
        /** What the step checks is so. */
        PASS,
        /** What the step checks is not so. */
        FAIL,
        /** The step was asked for, but could not be run. */
        SKIPPED,
        /** The step needs an option that was not given. */
        NOT_ASKED;

        /** The outcome in words, for reports. */
        public String text() {
            return name().replace('_', ' ');
        }
    }
}
