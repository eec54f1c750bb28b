// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.nist;

/** How far a ballot's count is. */
public enum CountProgress {
    /** The ballot takes no votes yet. */
    NOT_BEGUN("pre-election", "not-processed"),
    /** Votes come in, or are not all counted. */
    UNDER_WAY("unofficial-partial", "in-process"),
    /** All votes are counted. Whether a result is official is for an authority to say, and no count says it. */
    COMPLETE("unofficial-complete", "completed");

    private final String resultsStatus;
    private final String countStatus;

    CountProgress(String resultsStatus, String countStatus) {
        this.resultsStatus = resultsStatus;
        this.countStatus = countStatus;
    }

    /** The value of {@code ResultsStatus}. */
    String resultsStatus() {
        return resultsStatus;
    }

    /** The value of {@code CountItemStatus}. */
    String countStatus() {
        return countStatus;
    }
}
