// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.rules.Ballot;
import io.votelog.rules.Range;
import io.votelog.rules.Reason;

/**
 * Tells the voter why a vote does not count. The texts say nothing of the choices, since a receipt says nothing of them (law
 * 13).
 */
final class ReasonTexts {
    private ReasonTexts() {}

    static String of(Reason reason, Ballot ballot) {
        Range picks = ballot.picks();
        return switch (reason) {
            case UNKNOWN_BALLOT -> "The vote was recorded before the ballot was published.";
            case NOT_OPEN -> "The vote was recorded before the ballot opened, at %s.".formatted(ballot.opensAt());
            case CLOSED ->
                "The vote was recorded after the ballot had ended; its window ends at %s, or earlier when its organiser ends it."
                        .formatted(ballot.closesAt());
            case NO_CHOICE -> "The vote picks nothing; at least %d options must be picked.".formatted(picks.min());
            case UNKNOWN_OPTION -> "The vote picks an option that is not on the ballot.";
            case REPEATED_OPTION -> "The vote names an option more than once; an option can be picked once.";
            case TOO_MANY_PICKS ->
                "The vote picks more options than are allowed; at most %d are.".formatted(picks.max());
            case TOO_FEW_PICKS ->
                "The vote picks fewer options than are asked for; at least %d are.".formatted(picks.min());
            case SECTION_TOO_MANY -> "The vote picks more options of one section than that section allows.";
            case SECTION_TOO_FEW -> "The vote picks fewer options of one section than that section asks for.";
            case VOTE_ID_REUSED -> "The accepted vote has this vote id too, but other choices; it counts as it was.";
            case ALREADY_VOTED -> "The voter's first valid vote counts; this is another one.";
        };
    }
}
