package io.votelog.auditor;

/**
 * One step of an audit, as its report says it.
 *
 * @param number from 1
 * @param title what is looked at
 * @param detail what was found; where it failed, the first difference; where it was skipped or not asked for, the reason
 */
record Step(int number, String title, Outcome outcome, String detail) {
    /** What came of it. */
    enum Outcome {
        PASS,
        FAIL,
        /** It was asked for, and could not be looked at. */
        SKIPPED,
        /** It takes what was not given. */
        NOT_ASKED;

        /** As a report says it. */
        String text() {
            return name().replace('_', ' ');
        }
    }
}
