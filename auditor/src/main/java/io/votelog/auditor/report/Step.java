// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.report;

/**
 * One step of an audit, as its report says it.
 *
 * @param number from 1
 * @param title what is looked at
 * @param detail what was found; where it failed, the first difference; where it was skipped or not asked for, the reason
 */
public record Step(int number, String title, Outcome outcome, String detail) {
    /** What came of it. */
    public enum Outcome {
        PASS,
        FAIL,
        /** It was asked for, and could not be looked at. */
        SKIPPED,
        /** It takes what was not given. */
        NOT_ASKED;

        /** As a report says it. */
        public String text() {
            return name().replace('_', ' ');
        }
    }
}
