package io.votelog.producer;

import java.time.Instant;

/** What became of a record on its way to the log. */
sealed interface AppendOutcome {
    /**
     * The log has it, durably.
     *
     * @param appendedAt the broker's append time
     */
    record Appended(int partition, long offset, Instant appendedAt) implements AppendOutcome {}

    /** It was not sent: as much as this gateway takes is under way. */
    record NoRoom() implements AppendOutcome {}

    /** The log did not confirm it in time; it may have it or not. */
    record Unknown(Exception cause) implements AppendOutcome {}
}
