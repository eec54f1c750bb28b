// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.schemas.Receipt;
import io.votelog.web.problem.Problem;
import org.jspecify.annotations.Nullable;

/** This gateway's answer to a vote. */
public sealed interface VoteAnswer permits RecordedVote, VoteAnswer.NotRecorded {
    /**
     * The vote is refused, or its outcome is unknown.
     *
     * @param problem tells which of the two, and why
     * @param receipt the receipt of the vote, where the sender may learn it, since the log may have the vote all the same; else null
     */
    record NotRecorded(Problem problem, @Nullable Receipt receipt) implements VoteAnswer {
        /** The sender learns no receipt. */
        public NotRecorded(Problem problem) {
            this(problem, null);
        }

        /** The receipt stands in the problem document too. */
        static NotRecorded withReceipt(Problem problem, Receipt receipt) {
            return new NotRecorded(
                    problem.with("voteId", receipt.voteId().toString()).with("receipt", receipt.toString()), receipt);
        }
    }
}
