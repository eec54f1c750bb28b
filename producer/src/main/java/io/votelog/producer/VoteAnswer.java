package io.votelog.producer;

/** What this gateway says of a vote. */
sealed interface VoteAnswer permits RecordedVote, VoteAnswer.NotRecorded {
    /**
     * It is refused, or its outcome is unknown.
     *
     * @param problem says which, and why
     */
    record NotRecorded(Problem problem) implements VoteAnswer {}
}
