// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.producer.problem.Problem;

/** What this gateway says of a vote. */
public sealed interface VoteAnswer permits RecordedVote, VoteAnswer.NotRecorded {
    /**
     * It is refused, or its outcome is unknown.
     *
     * @param problem says which, and why
     */
    record NotRecorded(Problem problem) implements VoteAnswer {}
}
