// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.producer.problem.Problem;

/** This gateway's answer to a vote. */
public sealed interface VoteAnswer permits RecordedVote, VoteAnswer.NotRecorded {
    /**
     * The vote is refused, or its outcome is unknown.
     *
     * @param problem tells which of the two, and why
     */
    record NotRecorded(Problem problem) implements VoteAnswer {}
}
