// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/** What becomes of one vote in the log. */
public sealed interface Verdict {
    /** It counts: it is the voter's first valid vote. */
    record Accepted(Picks picks) implements Verdict {}

    /** It is the accepted vote sent again: nothing is counted, and the sender is told of the first one. */
    record Retried(AcceptedVote first) implements Verdict {}

    /** It does not count; of all the reasons that hold, the one that comes first. */
    record Rejected(Reason reason) implements Verdict {}
}
