// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/** What becomes of one vote in the log. */
public sealed interface Verdict {
    /** The vote counts: it is the voter's first valid vote. */
    record Accepted(Picks picks) implements Verdict {}

    /** The vote is the accepted vote sent again: nothing is counted, and the sender is told of the accepted one. */
    record Retried(AcceptedVote first) implements Verdict {}

    /** The vote does not count, for the first reason that holds in the order of precedence. */
    record Rejected(Reason reason) implements Verdict {}
}
