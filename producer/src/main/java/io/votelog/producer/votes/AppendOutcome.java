// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

/** What became of a record on its way to the log. */
sealed interface AppendOutcome {
    /**
     * The log has it, durably.
     *
     * @param appendedAtMs the broker's append time, in milliseconds since 1970
     * @param tookNanos from the append to the acknowledgement
     */
    record Appended(int partition, long offset, long appendedAtMs, long tookNanos) implements AppendOutcome {}

    /** It was not sent: as much as this gateway takes is under way. */
    record NoRoom() implements AppendOutcome {}

    /** The log did not confirm it in time; it may have it or not. */
    record Unknown(Exception cause) implements AppendOutcome {}
}
