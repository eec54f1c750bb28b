// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/**
 * Why a vote is rejected, in order of precedence: of all the reasons that hold for a vote, the first one declared here is
 * the one that its verdict names. A retry of an accepted vote is judged before all of them.
 */
public enum Reason {
    /** No ballot of that id was published in this partition before the vote. */
    UNKNOWN_BALLOT,
    /** The vote was appended before the ballot opened. */
    NOT_OPEN,
    /** The vote was appended at or after the end of the ballot. */
    CLOSED,
    /** The vote picks nothing. */
    NO_CHOICE,
    /** The vote picks something that the ballot does not offer. */
    UNKNOWN_OPTION,
    /** The vote names an option more than once. */
    REPEATED_OPTION,
    /** More distinct options than the ballot allows. */
    TOO_MANY_PICKS,
    /** Fewer distinct options than the ballot asks for. */
    TOO_FEW_PICKS,
    /** More options of one section than that section allows. */
    SECTION_TOO_MANY,
    /** Fewer options of one section than that section asks for. */
    SECTION_TOO_FEW,
    /** The id of the voter's accepted vote, with other choices. */
    VOTE_ID_REUSED,
    /** The voter already has an accepted vote. */
    ALREADY_VOTED;

    /** Whether the choices and the ballot alone show that it holds, as {@link Form} says; of the others place, time or order do. */
    public boolean isOfForm() {
        return switch (this) {
            case NO_CHOICE,
                    UNKNOWN_OPTION,
                    REPEATED_OPTION,
                    TOO_MANY_PICKS,
                    TOO_FEW_PICKS,
                    SECTION_TOO_MANY,
                    SECTION_TOO_FEW -> true;
            case UNKNOWN_BALLOT, NOT_OPEN, CLOSED, VOTE_ID_REUSED, ALREADY_VOTED -> false;
        };
    }
}
